// Package packages tests what `make packages` built: what the packages hold,
// that they install, upgrade and leave as they should, and that what they
// installed works.
package packages

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the lists in testdata anew")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// missing skips the test, unless everything is required to be there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("QPAY_REQUIRE_TOOLS") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	must(t, err)
	return root
}

// built is the path of the one package that `make packages` made: its name,
// and the end of its file name.
func built(t *testing.T, name, ending string) string {
	t.Helper()
	between := map[bool]string{true: "_", false: "-"}[strings.HasSuffix(ending, ".deb")]
	found, err := filepath.Glob(filepath.Join(moduleRoot(t), "out/pkg", name+between+"*"+ending))
	must(t, err)
	switch {
	case len(found) == 0:
		missing(t, "no "+name+" "+ending+" in out/pkg: run make packages")
	case len(found) > 1:
		t.Fatalf("more than one: %q", found)
	}
	return found[0]
}

// kinds are all the packages.
var kinds = []struct{ name, ending string }{
	{"qpay-client", "_amd64.deb"},
	{"qpay-client", ".x86_64.rpm"},
	{"qpay-client", "_arm64.deb"},
	{"qpay-client", ".aarch64.rpm"},
	{"qpay-server", "_amd64.deb"},
	{"qpay-server", ".x86_64.rpm"},
	{"qpay-dom0", ".x86_64.rpm"},
}

// version is the packages', without the release.
func version(t *testing.T) string {
	t.Helper()
	name := filepath.Base(built(t, "qpay-client", "_amd64.deb"))
	v, _, ok := strings.Cut(strings.TrimPrefix(name, "qpay-client_"), "-1_")
	if !ok {
		t.Fatalf("no version in %s", name)
	}
	return v
}

// tool is a program of tools/build.sh.
func tool(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("QPAY_TOOLS")
	if dir == "" {
		dir = filepath.Join(moduleRoot(t), "out/tools")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		missing(t, "no "+name+": run tools/build.sh "+name)
	}
	return path
}

// standin makes a package that takes the place of one of Qubes or Fedora: a
// name, what it provides, programs with their texts, and folders (with a slash).
func standin(t *testing.T, kind, name string, provides []string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	var conf strings.Builder
	conf.WriteString("name: " + name + "\narch: amd64\nversion: 1.0.0\nmaintainer: a test <test@example.org>\n" +
		"description: stand-in\nprovides:\n")
	for _, p := range append(provides, name+"-standin") {
		conf.WriteString("  - " + p + "\n")
	}
	conf.WriteString("contents:\n  - {dst: /usr/share/standin/" + name + ", type: dir}\n")
	for path, text := range files {
		if strings.HasSuffix(path, "/") {
			conf.WriteString("  - {dst: " + path + ", type: dir}\n")
			continue
		}
		src := filepath.Join(dir, filepath.Base(path))
		must(t, os.WriteFile(src, []byte(text), 0o755))
		conf.WriteString("  - {src: " + src + ", dst: " + path + ", file_info: {mode: 0o755}}\n")
	}
	yaml := filepath.Join(dir, "nfpm.yaml")
	must(t, os.WriteFile(yaml, []byte(conf.String()), 0o644))
	out := filepath.Join(dir, name+"."+kind)
	if text, err := exec.Command(tool(t, "nfpm"), "package", "-f", yaml, "-p", kind, "-t", out).CombinedOutput(); err != nil {
		t.Fatalf("stand-in %s: %v\n%s", name, err, text)
	}
	return out
}
