package notices

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

// The test's own program stands for any: it says what it is linked with.
func TestWriteHasALicenceForEachModule(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("no build information")
	}
	var modules []string
	for _, m := range info.Deps {
		modules = append(modules, m.Path)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from := sources(t, "LICENSE")
	var out bytes.Buffer
	if err := from.Write(&out, self); err != nil {
		t.Fatal(err)
	}
	for _, want := range append(modules, "Go's standard library: LICENSE\n\nyou may") {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no word of %s in\n%s", want, out.String())
		}
	}
}

func TestWriteRefusesAModuleWithoutLicence(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from := sources(t, "README")
	if err := from.Write(&bytes.Buffer{}, self); err == nil || !strings.Contains(err.Error(), "has none") {
		t.Errorf("%v", err)
	}
}

func TestWriteRefusesNoPrograms(t *testing.T) {
	if err := (Sources{}).Write(&bytes.Buffer{}); err == nil {
		t.Error("no programs, and no error")
	}
}

// sources are a Go and a cache whose modules have one file.
func sources(t *testing.T, file string) Sources {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte("you may\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Sources{ModCache: dir, GoRoot: dir}
}

func TestEscapeIsTheCachesSpelling(t *testing.T) {
	if got := escape("github.com/BurntSushi/toml"); got != "github.com/!burnt!sushi/toml" {
		t.Error(got)
	}
}
