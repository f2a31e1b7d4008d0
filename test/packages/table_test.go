package packages

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// belongs says in which package each file of these folders is installed, and
// as what. A file that no line names fails, as does a line that names none, and
// a file that is in another package too.
var belongs = []struct {
	source string // a file, or all below a folder that ends with "/"
	in     string // the package; "" for none
	why    string
}{
	{"desktop/qpay-history.desktop", "qpay-server", "lightningvm's menu: what became of the payments"},
	{"desktop/qpay.desktop", "qpay-client", "opens lightning: links"},
	{"desktop/invalid.qpay.qpay.metainfo.xml", "qpay-client", "what software centres show"},
	{"desktop/icons/", "qpay-client", "the icon of qpay.desktop"},
	{"desktop/native-messaging/", "qpay-client", "lets the browsers start qpay-native-host"},
	{"desktop/systemd/qpay-bridge.service", "qpay-client", "the bridge"},
	{"desktop/systemd/qpay-bridge.socket", "qpay-client", "its address"},
	{"desktop/systemd/70-qpay.preset", "qpay-client", "enables the address (the .rpm; the .deb's script does)"},
	{"extension/background/", "qpay-client", "both browsers"},
	{"extension/content.js", "qpay-client", "both browsers"},
	{"extension/page.js", "qpay-client", "both browsers"},
	{"extension/icons/qpay.svg", "", "the drawing that the icons are made from"},
	{"extension/icons/16.png", "qpay-client", "both browsers"},
	{"extension/icons/32.png", "qpay-client", "both browsers"},
	{"extension/icons/48.png", "qpay-client", "both browsers"},
	{"extension/icons/128.png", "qpay-client", "both browsers"},
	{"extension/manifest.chromium.json", "qpay-client", "as manifest.json"},
	{"extension/manifest.firefox.json", "qpay-client", "as manifest.json, in the .xpi"},
	{"extension/window/", "qpay-client", "both browsers"},
	{"extension/package.json", "", "for the tests alone"},
	{"extension/test/", "", "tests"},
	{"extension/types.d.ts", "", "for the linter alone"},
	{"doc/man/qpay.1", "qpay-client", ""},
	{"doc/man/qpay-server.1", "qpay-server", ""},
	{"doc/man/qpay-native-host.1", "qpay-client", ""},
	{"doc/man/qpay-camera.1", "qpay-dom0", ""},
	{"completions/bash/qpay-camera", "qpay-dom0", ""},
	{"completions/fish/qpay-camera.fish", "qpay-dom0", ""},
	{"completions/zsh/_qpay-camera", "qpay-dom0", ""},
	{"completions/bash/qpay", "qpay-client", ""},
	{"completions/fish/qpay.fish", "qpay-client", ""},
	{"completions/zsh/_qpay", "qpay-client", ""},
	{"completions/bash/qpay-server", "qpay-server", ""},
	{"completions/fish/qpay-server.fish", "qpay-server", ""},
	{"completions/zsh/_qpay-server", "qpay-server", ""},
	{"dom0/qpay-camera.desktop", "qpay-dom0", "dom0's menu"},
	{"dom0/qpay-camera-restore.desktop", "qpay-dom0", "started at login"},
	{"dom0/camera.toml", "qpay-dom0", "what the person sets"},
	{"salt/qpay/", "qpay-dom0", "the formula, with the policy"},
	{"salt/pillar/qpay/", "qpay-dom0", "what the person sets"},
}

// folders are what the table is about.
var folders = []string{"desktop", "extension", "doc/man", "completions", "dom0", "salt"}

func TestEveryFileIsInThePackageItBelongsTo(t *testing.T) {
	has := map[string]map[string]string{} // package, sum, path
	r := newRoot(t, "trixie")
	for _, name := range []string{"qpay-client", "qpay-server"} {
		has[name] = sums(t, readDeb(t, built(t, name, "_amd64.deb")).files)
		for _, f := range filesOf(r, name, ".x86_64.rpm") {
			has[name][f.sha256] = f.path
		}
	}
	has["qpay-dom0"] = map[string]string{}
	for _, f := range filesOf(r, "qpay-dom0", ".x86_64.rpm") {
		has["qpay-dom0"][f.sha256] = f.path
	}
	unpackPages(t, has["qpay-dom0"])
	used := map[string]bool{}
	for _, source := range sources(t) {
		var in []string
		for _, row := range belongs {
			if row.source == source || strings.HasSuffix(row.source, "/") && strings.HasPrefix(source, row.source) {
				in, used[row.source] = append(in, row.in), true
			}
		}
		if len(in) != 1 {
			t.Errorf("%s: %d lines of the table speak of it", source, len(in))
			continue
		}
		for name, content := range has {
			where, found := content[sum(t, filepath.Join(moduleRoot(t), source))]
			switch {
			case found && name != in[0]:
				t.Errorf("%s is in %s, as %s", source, name, where)
			case !found && name == in[0]:
				t.Errorf("%s is not in %s", source, name)
			}
		}
	}
	for _, row := range belongs {
		if !used[row.source] {
			t.Errorf("the table names %s, which is not there", row.source)
		}
	}
}

// unpackPages adds the digests of the man pages of which a package has the
// compressed form. An .rpm shows only the digests of what it holds.
func unpackPages(t *testing.T, has map[string]string) {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(moduleRoot(t), "out/stage/man/*.gz"))
	must(t, err)
	for _, page := range pages {
		path, ok := has[sum(t, page)]
		if !ok {
			continue
		}
		packed, err := os.ReadFile(page)
		must(t, err)
		r, err := gzip.NewReader(bytes.NewReader(packed))
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		has[fmt.Sprintf("%x", sha256.Sum256(text))] = path
	}
}

func sources(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, folder := range folders {
		top := filepath.Join(moduleRoot(t), folder)
		if _, err := os.Stat(top); err != nil {
			continue
		}
		must(t, filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				name, _ := filepath.Rel(moduleRoot(t), path)
				found = append(found, name)
			}
			return err
		}))
	}
	return found
}

// sums are the digests of all files, and of what is within compressed ones.
func sums(t *testing.T, files []file) map[string]string {
	t.Helper()
	out := map[string]string{}
	add := func(path string, text []byte) { out[fmt.Sprintf("%x", sha256.Sum256(text))] = path }
	for _, f := range files {
		if f.link != "" {
			continue
		}
		add(f.path, f.bytes)
		switch filepath.Ext(f.path) {
		case ".gz":
			r, err := gzip.NewReader(bytes.NewReader(f.bytes))
			must(t, err)
			text, err := io.ReadAll(r)
			must(t, err)
			add(f.path, text)
		case ".xpi":
			z, err := zip.NewReader(bytes.NewReader(f.bytes), int64(len(f.bytes)))
			must(t, err)
			for _, inner := range z.File {
				r, err := inner.Open()
				must(t, err)
				text, err := io.ReadAll(r)
				must(t, err)
				add(f.path+"/"+inner.Name, text)
			}
		}
	}
	return out
}

func sum(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return fmt.Sprintf("%x", sha256.Sum256(text))
}
