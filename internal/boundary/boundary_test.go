package boundary

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

const root = "../.."

func TestTree(t *testing.T) {
	complaints, err := Complaints(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range complaints {
		t.Error(c)
	}
}

// No limit: a number to look at in review.
func TestCountTrustedLines(t *testing.T) {
	rows, err := Sizes(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		t.Log(row)
	}
}

func TestEmptyRootFails(t *testing.T) {
	dir := t.TempDir()
	if _, err := Complaints(dir); err == nil {
		t.Error("a folder without go.mod passed")
	}
	write(t, dir, "go.mod", "module qpay\n\ngo 1.26.0\n")
	if _, err := Complaints(dir); !errors.Is(err, errEmpty) {
		t.Errorf("a module without Go files: %v", err)
	}
	write(t, dir, "go.mod", "module other\n")
	write(t, dir, "main.go", "package main\n")
	if _, err := Complaints(dir); err == nil {
		t.Error("another module passed")
	}
	if _, err := Complaints(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("no folder at all passed")
	}
}

func TestBrokenFileFails(t *testing.T) {
	dir := skeleton(t)
	write(t, dir, "internal/money/broken.go", "package money\n\nimport \"os\n")
	if _, err := Complaints(dir); err == nil {
		t.Error("a file that cannot be read passed")
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"net/http/...", "net/http", true},
		{"net/http/...", "net/http/httputil", true},
		{"net/http/...", "net/httpx", false},
		{"os/exec", "os/exec/internal", false},
		{"qpay/internal/server/...", "qpay/internal/serverless", false},
	} {
		if got := match(c.pattern, c.path); got != c.want {
			t.Errorf("%s, %s: %v", c.pattern, c.path, got)
		}
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
