package packages

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The release, up to where it would be uploaded: goreleaser takes its
// configuration, and lists every file with the sum that it has.
func TestReleaseListsAllFiles(t *testing.T) {
	tool(t, "goreleaser")
	if _, err := exec.LookPath("git"); err != nil {
		missing(t, "no git")
	}
	root := moduleRoot(t)
	built(t, "qpay-dom0", ".x86_64.rpm")
	cmd := exec.Command("tools/release.sh", "--snapshot")
	cmd.Dir = root
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(filepath.Join(root, "out/dist/checksums.txt"))
	must(t, err)
	entries, err := os.ReadDir(filepath.Join(root, "out/release"))
	must(t, err)
	for _, e := range entries {
		if line := sum(t, filepath.Join(root, "out/release", e.Name())) + "  " + e.Name() + "\n"; !strings.Contains(string(text), line) {
			t.Errorf("not in the list: %s", line)
		}
	}
	for _, k := range kinds {
		if !strings.Contains(string(text), "  "+filepath.Base(built(t, k.name, k.ending))+"\n") {
			t.Errorf("%s %s is not released", k.name, k.ending)
		}
	}
	for _, program := range []string{"qpay", "qpay-server", "qpay-dialog"} {
		if !strings.Contains(string(text), "  "+program+".cdx.json\n") {
			t.Errorf("no list of what is in %s", program)
		}
	}
}

// The same bytes from another folder, with another umask, language, time zone
// and home. What the compiler has in its cache is taken from there; `make
// reproduce` compiles all anew.
func TestPackagesAreReproducible(t *testing.T) {
	built(t, "qpay-dom0", ".x86_64.rpm")
	tool(t, "nfpm")
	tool(t, "cyclonedx-gomod")
	cmd := exec.Command("tools/reproduce.sh", "--cached")
	cmd.Dir = moduleRoot(t)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}
