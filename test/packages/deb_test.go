package packages

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// file is one file of a package.
type file struct {
	path   string
	mode   string // as ls has it
	owner  string
	link   string // where a link leads
	sha256 string // of a plain file
	config bool   // a conffile
	bytes  []byte // .deb only
}

// line is the file as the lists in testdata have it.
func (f file) line() string {
	s := f.mode + " " + f.owner + " " + f.path
	if f.link != "" {
		s += " -> " + f.link
	}
	if f.config {
		s += " (conffile)"
	}
	return s
}

// deb is a .deb, taken apart.
type deb struct {
	control map[string]string // the control file and the scripts, by name
	fields  map[string]string // of the control file
	files   []file            // without folders
}

func readDeb(t *testing.T, name string) deb {
	t.Helper()
	d := deb{control: map[string]string{}, fields: map[string]string{}}
	parts := readAr(t, name)
	eachInTar(t, parts["control.tar.gz"], func(h *tar.Header, text []byte) {
		d.control[strings.TrimPrefix(h.Name, "./")] = string(text)
	})
	for _, line := range strings.Split(d.control["control"], "\n") {
		if key, value, ok := strings.Cut(line, ": "); ok && line[0] != ' ' {
			d.fields[key] = value
		}
	}
	conffiles := strings.Fields(d.control["conffiles"])
	eachInTar(t, parts["data.tar.gz"], func(h *tar.Header, text []byte) {
		f := file{path: "/" + strings.TrimPrefix(h.Name, "./"), owner: owner(h.Uname, h.Uid) + ":" + owner(h.Gname, h.Gid), bytes: text}
		switch h.Typeflag {
		case tar.TypeDir:
			return
		case tar.TypeSymlink:
			f.mode, f.link = "link", h.Linkname
		case tar.TypeReg:
			f.mode = h.FileInfo().Mode().String()
			f.sha256 = fmt.Sprintf("%x", sha256.Sum256(text))
		default:
			t.Errorf("%s: %s is neither file, folder nor link", name, f.path)
		}
		f.config = slices.Contains(conffiles, f.path)
		d.files = append(d.files, f)
	})
	return d
}

// owner is a name, which may be left out where the number says it.
func owner(name string, id int) string {
	if name == "" && id == 0 {
		return "root"
	}
	return name
}

func readAr(t *testing.T, name string) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	rest, ok := bytes.CutPrefix(b, []byte("!<arch>\n"))
	if !ok {
		t.Fatalf("%s is no .deb", name)
	}
	parts := map[string][]byte{}
	for len(rest) >= 60 {
		size, err := strconv.Atoi(strings.TrimSpace(string(rest[48:58])))
		must(t, err)
		parts[strings.Trim(string(rest[:16]), " /")] = rest[60 : 60+size]
		rest = rest[60+size+size%2:]
	}
	return parts
}

func eachInTar(t *testing.T, zipped []byte, do func(*tar.Header, []byte)) {
	t.Helper()
	plain, err := gzip.NewReader(bytes.NewReader(zipped))
	must(t, err)
	for r := tar.NewReader(plain); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		do(h, text)
	}
}
