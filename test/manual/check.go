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
	root, err := module.Root()
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		"doc/man/" + p.Name + ".1":             p.Page(),
		"completions/bash/" + p.Name:           p.Bash(),
		"completions/zsh/_" + p.Name:           p.Zsh(),
		"completions/fish/" + p.Name + ".fish": p.Fish(),
	} {
		path = filepath.Join(root, path)
		if update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		was, err := os.ReadFile(path)
		if err != nil || string(was) != text {
			t.Errorf("%s is not what the program's definitions say (%v): run go test -run Manual -update ./cmd/...", path, err)
		}
	}
}
