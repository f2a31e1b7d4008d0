package bridge

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// runtimeDir is an empty XDG_RUNTIME_DIR; it gives the path of the folder.
func runtimeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	return filepath.Join(dir, folderName)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestToken(t *testing.T) {
	folder := runtimeDir(t)
	defer syscall.Umask(syscall.Umask(0))
	if _, err := ReadToken(); !errors.Is(err, ErrNoToken) {
		t.Error(err)
	}
	token, err := NewToken()
	must(t, err)
	if got, err := ReadToken(); err != nil || got != token.Text || len(got) != tokenLen {
		t.Errorf("%q, %v", got, err)
	}
	for path, mode := range map[string]os.FileMode{folder: os.ModeDir | 0o700, filepath.Join(folder, tokenName): 0o600} {
		info, err := os.Lstat(path)
		must(t, err)
		if info.Mode() != mode {
			t.Errorf("%s: %s", path, info.Mode())
		}
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != 1 {
		t.Errorf("left over: %v, %v", all, err)
	}
	must(t, token.Remove())
	if _, err := ReadToken(); !errors.Is(err, ErrNoToken) {
		t.Errorf("after the end: %v", err)
	}
	other, err := NewToken()
	must(t, err)
	defer other.Remove()
	if other.Text == token.Text {
		t.Error("the same token again")
	}
}

func TestSecondBridgeKeepsTheFirstOnesToken(t *testing.T) {
	runtimeDir(t)
	first, err := NewToken()
	must(t, err)
	defer first.Remove()
	if _, err := NewToken(); !errors.Is(err, ErrRunning) {
		t.Error(err)
	}
	if got, err := ReadToken(); err != nil || got != first.Text {
		t.Errorf("%q, %v", got, err)
	}
}

// A link in the place of the token is replaced, and what it points to is left
// alone.
func TestLinkIsNotFollowed(t *testing.T) {
	folder := runtimeDir(t)
	must(t, os.Mkdir(folder, 0o700))
	mine := filepath.Join(t.TempDir(), "mine")
	must(t, os.WriteFile(mine, []byte("precious"), 0o600))
	must(t, os.Symlink(mine, filepath.Join(folder, tokenName)))
	if _, err := ReadToken(); err == nil {
		t.Error("read through a link")
	}
	token, err := NewToken()
	must(t, err)
	defer token.Remove()
	if text, err := os.ReadFile(mine); err != nil || string(text) != "precious" {
		t.Errorf("%q, %v", text, err)
	}
	info, err := os.Lstat(filepath.Join(folder, tokenName))
	must(t, err)
	if !info.Mode().IsRegular() {
		t.Error(info.Mode())
	}
}

func TestFolderOfOthersIsRefused(t *testing.T) {
	for name, prepare := range map[string]func(folder string) error{
		"others may read it":  func(f string) error { return errors.Join(os.Mkdir(f, 0o700), os.Chmod(f, 0o750)) },
		"others may write it": func(f string) error { return errors.Join(os.Mkdir(f, 0o700), os.Chmod(f, 0o702)) },
		"a file":              func(f string) error { return os.WriteFile(f, nil, 0o600) },
		"a link":              func(f string) error { return os.Symlink(os.TempDir(), f) },
		"another user's":      func(f string) error { return errors.Join(os.Mkdir(f, 0o700), os.Chown(f, 12345, 12345)) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := runtimeDir(t)
			if err := prepare(folder); errors.Is(err, os.ErrPermission) {
				t.Skip("only root can give a folder away")
			} else if err != nil {
				t.Fatal(err)
			}
			if token, err := NewToken(); err == nil {
				token.Remove()
				t.Error("a token was made")
			}
			if _, err := ReadToken(); err == nil || errors.Is(err, ErrNoToken) {
				t.Errorf("read: %v", err)
			}
		})
	}
	for _, dir := range []string{"", "relative"} {
		t.Setenv("XDG_RUNTIME_DIR", dir)
		if _, err := NewToken(); !errors.Is(err, ErrNoRuntime) {
			t.Errorf("%q: %v", dir, err)
		}
	}
}

func TestTokenFileOfOthersIsRefused(t *testing.T) {
	folder := runtimeDir(t)
	must(t, os.Mkdir(folder, 0o700))
	file := filepath.Join(folder, tokenName)
	for name, prepare := range map[string]func() error{
		"others may read it": func() error {
			return errors.Join(os.WriteFile(file, []byte(testToken+"\n"), 0o600), os.Chmod(file, 0o644))
		},
		"empty":    func() error { return os.WriteFile(file, nil, 0o600) },
		"too long": func() error { return os.WriteFile(file, []byte(strings.Repeat("x", 1000)), 0o600) },
		"a pipe":   func() error { return syscall.Mkfifo(file, 0o600) },
		"a folder": func() error { return os.Mkdir(file, 0o700) },
	} {
		os.RemoveAll(file)
		must(t, prepare())
		if got, err := ReadToken(); err == nil || errors.Is(err, ErrNoToken) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
