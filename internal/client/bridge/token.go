package bridge

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The token is in $XDG_RUNTIME_DIR/qpay, which no other user can enter and which
// the session's end removes.
const (
	folderName = "qpay"
	tokenName  = "bridge-token"
	tokenLen   = 26 // of crypto/rand.Text: 128 bits and a little more
)

// Errors of the token's folder and file.
var (
	ErrNoRuntime = errors.New("XDG_RUNTIME_DIR is not set: there is no login session")
	ErrRunning   = errors.New("another bridge of this user runs already")
	ErrNoToken   = errors.New("no token: the bridge is not running")
)

// Token is the token of a running bridge. It holds a lock on its folder, so
// that no second bridge overwrites it.
type Token struct {
	Text   string
	folder *os.Root
	lock   *os.File
}

// NewToken makes a token and writes it for the clients of this user.
func NewToken() (*Token, error) {
	root, err := openFolder(true)
	if err != nil {
		return nil, err
	}
	t := &Token{Text: rand.Text(), folder: root}
	if t.lock, err = root.Open("."); err != nil {
		return nil, errors.Join(err, t.Remove())
	}
	if err := syscall.Flock(int(t.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Text = "" // the file is the other's
		return nil, errors.Join(ErrRunning, t.Remove())
	}
	if err := t.write(); err != nil {
		return nil, errors.Join(err, t.Remove())
	}
	return t, nil
}

// write makes the file under another name first: there is no moment at which it
// is half written or readable to others, and whatever lay there under its
// name, a symlink too, is replaced and not followed.
func (t *Token) write() error {
	name := tokenName + "." + rand.Text()
	f, err := t.folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, t.Text+"\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = t.folder.Rename(name, tokenName)
	}
	if err != nil {
		t.folder.Remove(name)
	}
	return err
}

// Remove takes the token away when the bridge ends.
func (t *Token) Remove() error {
	if t.Text != "" && t.lock != nil {
		t.folder.Remove(tokenName)
	}
	if t.lock != nil {
		t.lock.Close()
	}
	return t.folder.Close()
}

// ReadToken reads the token of the running bridge.
func ReadToken() (string, error) {
	root, err := openFolder(false)
	if errors.Is(err, os.ErrNotExist) {
		return "", ErrNoToken
	}
	if err != nil {
		return "", err
	}
	defer root.Close()
	f, err := root.OpenFile(tokenName, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return "", ErrNoToken
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if err := private(info, 0); err != nil {
		return "", fmt.Errorf("%s: %w", f.Name(), err)
	}
	text, err := io.ReadAll(io.LimitReader(f, tokenLen+2))
	token := strings.TrimSuffix(string(text), "\n")
	if err != nil || len(token) != tokenLen {
		return "", fmt.Errorf("%s has no token", f.Name())
	}
	return token, nil
}

// openFolder opens the folder of the token and sees that it is private.
func openFolder(create bool) (*os.Root, error) {
	runtime := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(runtime) {
		return nil, ErrNoRuntime
	}
	path := filepath.Join(runtime, folderName)
	if create {
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, err
		}
	}
	named, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if err := private(named, os.ModeDir); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	if opened, err := root.Stat("."); err != nil || !os.SameFile(named, opened) {
		root.Close()
		return nil, fmt.Errorf("%s is being changed", path)
	}
	return root, nil
}

// private says what is wrong with a file or folder that only its owner, who is
// this user, may use.
func private(info os.FileInfo, kind os.FileMode) error {
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case info.Mode().Type() != kind:
		return errors.New("is not of the expected kind")
	case !ok || int(owner.Uid) != os.Getuid():
		return errors.New("belongs to another user")
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("others may use it (mode %#o)", info.Mode().Perm())
	}
	return nil
}
