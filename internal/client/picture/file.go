package picture

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a PNG file that is to come. It appears whole or not at all.
type File struct {
	path  string
	force bool
	tmp   *os.File
}

// Create sees that the file can be written, before anybody is asked for what
// is to be in it. Without force it refuses a path that is taken.
func Create(path string, force bool) (*File, error) {
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%q is a folder", path)
	case err == nil && !force:
		return nil, taken(path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".qpay-*.png")
	if err != nil {
		return nil, err
	}
	return &File{path, force, tmp}, nil
}

func taken(path string) error {
	return fmt.Errorf("%q is there already; --force overwrites it", path)
}

// Save writes the code and gives the file its name.
func (f *File) Save(c Code) error {
	err := errors.Join(c.WritePNG(f.tmp), f.tmp.Sync())
	if err != nil {
		return err
	}
	if f.force {
		return os.Rename(f.tmp.Name(), f.path)
	}
	// A link, since a rename would overwrite what came meanwhile.
	err = os.Link(f.tmp.Name(), f.path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return taken(f.path)
	case err != nil: // a file system without links, such as a USB stick's
		return os.Rename(f.tmp.Name(), f.path)
	}
	return nil
}

// Close takes away what was not saved.
func (f *File) Close() {
	f.tmp.Close()
	os.Remove(f.tmp.Name())
}
