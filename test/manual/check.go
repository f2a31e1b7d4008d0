package manual

import (
	"os"
	"path/filepath"
	"testing"

	"qpay/test/module"
)

// Check holds the files of a program against its definitions, and writes them
// if update is set.
func Check(t *testing.T, p Program, update bool) {
	t.Helper()
	CheckPage(t, p, update)
	hold(t, "completions/bash/"+p.Name, p.Bash(), update)
	hold(t, "completions/zsh/_"+p.Name, p.Zsh(), update)
	hold(t, "completions/fish/"+p.Name+".fish", p.Fish(), update)
}

// CheckPage does it for the man page alone.
func CheckPage(t *testing.T, p Program, update bool) {
	t.Helper()
	hold(t, "doc/man/"+p.Name+".1", p.Page(), update)
}

func hold(t *testing.T, path, text string, update bool) {
	t.Helper()
	root, err := module.Root()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, path)
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(file)
	if err != nil || string(was) != text {
		t.Errorf("%s is not what the program's definitions say (%v): run the tests of this folder with -run Manual -update", path, err)
	}
}
