package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"qpay/internal/server/hint"
)

// The configuration is three files that must fit together. config.toml names
// the two others, so replacing it is the one step by which a change happens: a
// new certificate or macaroon is written beside the old one, under the name
// that config.toml does not use, before; and the old one removed after. What
// a crash leaves is the old configuration or the new one.

// beside is the name that a file's successor gets.
func beside(folder, current, name string) string {
	plain := filepath.Join(folder, name)
	if current == plain {
		return plain + ".2"
	}
	return plain
}

// lock makes the folder (0700) if it is not there and keeps other setups out of
// it until unlock.
func lock(folder string) (unlock func(), err error) {
	if err := makeFolder(folder); err != nil {
		return nil, err
	}
	d, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		d.Close()
		return nil, hint.New("Another qpay-server setup is running.", "wait for it, then try again")
	}
	return func() { d.Close() }, nil
}

func makeFolder(folder string) error {
	_, err := os.Lstat(folder)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 { // who can write to it can exchange what is in it
		if err := os.Chmod(folder, 0o700); err != nil {
			return err
		}
	}
	if isNew {
		return syncFolder(filepath.Dir(folder))
	}
	return nil
}

// place puts a file in place as a whole or not at all, readable by its owner
// alone from its first moment on, and its content on disk; its name is, after
// syncFolder.
func place(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return nil
}

// remove takes files away that are no longer used, and what a setup that was
// killed left behind. A file that a person named is left alone.
func remove(folder string, paths ...string) error {
	var errs []error
	stale, _ := filepath.Glob(filepath.Join(folder, ".new-*"))
	own := []string{"macaroon", "macaroon.2", "tls.cert", "tls.cert.2"}
	for _, p := range paths {
		if filepath.Dir(p) == folder && slices.Contains(own, filepath.Base(p)) {
			stale = append(stale, p)
		}
	}
	for _, p := range stale {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, syncFolder(folder))...)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
