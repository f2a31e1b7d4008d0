package packages

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rpmFiles are the files of an .rpm, read by rpm itself, without folders.
func rpmFiles(r *root, path string) []file {
	r.t.Helper()
	const format = `[%{FILEMODES:perms}|%{FILEUSERNAME}:%{FILEGROUPNAME}|%{FILENAMES}|%{FILELINKTOS}|%{FILEDIGESTS}|%{FILEFLAGS:fflags}\n]`
	var files []file
	for _, line := range strings.Split(r.run("rpm -qp --qf '"+format+"' "+path), "\n") {
		part := strings.Split(line, "|")
		if len(part) != 6 {
			r.t.Fatalf("%s: %q", path, line)
		}
		f := file{mode: part[0], owner: part[1], path: part[2], link: part[3], sha256: part[4], config: strings.Contains(part[5], "c")}
		switch {
		case f.mode[0] == 'd' || strings.Contains(part[5], "g"):
			continue
		case f.mode[0] == 'l' || f.link != "":
			f.mode = "link"
		case f.config && !strings.Contains(part[5], "n"):
			r.t.Errorf("%s: %s would be overwritten by an upgrade", path, f.path)
		}
		files = append(files, f)
	}
	return files
}

// filesOf are the files of any package.
func filesOf(r *root, name, ending string) []file {
	r.t.Helper()
	path := built(r.t, name, ending)
	if strings.HasSuffix(ending, ".deb") {
		return readDeb(r.t, path).files
	}
	r.put("/packages", path)
	return rpmFiles(r, "/packages/"+filepath.Base(path))
}

// What each package holds, with modes, owners and what is kept at an upgrade.
// A change of these lists is reviewed like code.
func TestPackagesHoldWhatIsListed(t *testing.T) {
	r := newRoot(t, "trixie")
	for _, kind := range kinds {
		var lines []string
		for _, f := range filesOf(r, kind.name, kind.ending) {
			lines = append(lines, f.line())
		}
		slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[strings.Index(a, " /"):], b[strings.Index(b, " /"):]) })
		golden(t, kind.name+kind.ending+".files", strings.Join(lines, "\n")+"\n")
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		must(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s has changed; look at it, then go test ./test/packages -update:\n%s", name, difference(string(want), got))
	}
}

// difference names the lines that are in one text alone.
func difference(want, got string) string {
	var s strings.Builder
	for _, side := range []struct{ sign, has, lacks string }{{"-", want, got}, {"+", got, want}} {
		others := strings.Split(side.lacks, "\n")
		for _, line := range strings.Split(side.has, "\n") {
			if !slices.Contains(others, line) {
				fmt.Fprintf(&s, "%s %s\n", side.sign, line)
			}
		}
	}
	return s.String()
}

// What .deb and .rpm of a package have at the same place is the same file.
func TestDebAndRPMHoldTheSame(t *testing.T) {
	r := newRoot(t, "trixie")
	for _, name := range []string{"qpay-client", "qpay-server"} {
		inRPM := map[string]file{}
		for _, f := range filesOf(r, name, ".x86_64.rpm") {
			inRPM[f.path] = f
		}
		for _, f := range filesOf(r, name, "_amd64.deb") {
			other, both := inRPM[f.path]
			if both && (f.sha256 != other.sha256 || f.mode != other.mode) {
				t.Errorf("%s: %s is another file in the .rpm", name, f.path)
			}
			if !both && !strings.HasPrefix(f.path, "/usr/share/doc/") && !onlyDebian[f.path] {
				t.Errorf("%s: %s is in the .deb alone", name, f.path)
			}
		}
	}
}

// onlyDebian are files that Fedora has elsewhere or does not have.
var onlyDebian = map[string]bool{
	"/usr/share/lintian/overrides/qpay-client":       true,
	"/usr/share/lintian/overrides/qpay-server":       true,
	"/usr/share/zsh/vendor-completions/_qpay":        true, // site-functions
	"/usr/share/zsh/vendor-completions/_qpay-server": true,
}

// What is trusted is not in the clients' package, what asks is not in the
// wallet's, and dom0 has neither but in the packages that it carries.
func TestPackagesDoNotMix(t *testing.T) {
	r := newRoot(t, "trixie")
	owner := map[string]string{} // what a file is, by its bytes
	for _, name := range []string{"qpay-client", "qpay-server", "qpay-dom0"} {
		endings := []string{".x86_64.rpm", "_amd64.deb"}
		if name == "qpay-dom0" {
			endings = endings[:1]
		}
		for _, ending := range endings {
			for _, f := range filesOf(r, name, ending) {
				base := filepath.Base(f.path)
				if f.sha256 == "" || base == "LICENSE" || base == "copyright" || strings.HasPrefix(base, "changelog.") {
					continue
				}
				if first := owner[f.sha256]; first != "" && first != name {
					t.Errorf("%s has %s, which %s has", name, f.path, first)
				}
				owner[f.sha256] = name
			}
		}
	}
	for program, want := range map[string]string{
		"qpay": "qpay-client", "qpay-server": "qpay-server", "qpay-dialog": "qpay-server",
		"qpay-native-host": "qpay-client", "qpay-camera": "qpay-dom0",
	} {
		path := filepath.Join(moduleRoot(t), "out/stage/amd64", program)
		if _, err := os.Stat(filepath.Join(moduleRoot(t), "cmd", program)); err != nil {
			continue // not written yet
		}
		if got := owner[sum(t, path)]; got != want {
			t.Errorf("%s is in the package %q, not in %q", program, got, want)
		}
	}
}
