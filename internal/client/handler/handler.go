// Package handler is in the asking qube, untrusted: it finds out which program
// the desktop starts for a link, and makes it qpay. The desktop's own programs
// do both, xdg-mime or gio; the choice is kept in ~/.config/mimeapps.list.
package handler

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"qpay/internal/client/plain"
	"qpay/internal/client/tool"
)

// Schemes are those that desktop/qpay.desktop offers to handle. bitcoin: is not
// among them, since qpay pays nothing on the chain, nor are keyauth: and
// lnurlc:, which it refuses: who has a program for them should get that.
var Schemes = []string{"lightning", "lnurlp", "lnurlw"}

// Desktop is the name of qpay's desktop file.
const Desktop = "qpay.desktop"

// Handler says what is started for links of a scheme.
type Handler struct {
	Scheme  string `json:"scheme"`
	Program string `json:"handler"` // a desktop file's name; empty: nothing
	Ours    bool   `json:"qpay"`
}

// Error is a sentence with what to do.
type Error struct{ Message, Hint string }

func (e *Error) Error() string { return e.Message }

const patience = 10 * time.Second

// All says it for each scheme. Every error is an *Error.
func All(ctx context.Context) (all []Handler, err error) {
	for _, scheme := range Schemes {
		program, err := query(ctx, scheme)
		if err != nil {
			return nil, err
		}
		all = append(all, Handler{Scheme: scheme, Program: program, Ours: program == Desktop})
	}
	return all, nil
}

// Set makes it qpay for all of them, for this user, and sees that it worked.
// Every error is an *Error.
func Set(ctx context.Context) error {
	if !installed() {
		return &Error{Desktop + " is not installed in this qube", "install the package qpay-client in its template"}
	}
	for _, scheme := range Schemes {
		if err := set(ctx, scheme); err != nil {
			return err
		}
	}
	all, err := All(ctx)
	if err != nil {
		return err
	}
	for _, h := range all {
		if !h.Ours {
			return &Error{fmt.Sprintf("%s: links are still opened by %s", h.Scheme, h.name()), "look at ~/.config/mimeapps.list: the desktop may have one of its own beside it"}
		}
	}
	return nil
}

func (h Handler) name() string {
	if h.Program == "" {
		return "no program"
	}
	return plain.Short(h.Program, 60)
}

// installed looks for the desktop file where the desktop does.
func installed() bool {
	home := os.Getenv("XDG_DATA_HOME")
	if home == "" {
		home = filepath.Join(os.Getenv("HOME"), ".local", "share")
	}
	dirs := os.Getenv("XDG_DATA_DIRS")
	if dirs == "" {
		dirs = "/usr/local/share:/usr/share"
	}
	for _, dir := range append([]string{home}, filepath.SplitList(dirs)...) {
		if _, err := os.Stat(filepath.Join(dir, "applications", Desktop)); err == nil {
			return true
		}
	}
	return false
}

// query asks both: some programs go by the one, such as xdg-open, and some by
// the other, such as Firefox, and before the first choice the two may differ.
// It is qpay if all that are there say so.
func query(ctx context.Context, scheme string) (string, error) {
	asked, program := false, Desktop
	for _, ask := range []func(context.Context, string) (string, error){byXDG, byGIO} {
		answer, err := ask(ctx, scheme)
		switch {
		case errors.Is(err, tool.ErrMissing):
			continue
		case err != nil:
			return "", err
		}
		if asked = true; answer != Desktop && (program == Desktop || program == "") {
			program = answer
		}
	}
	if !asked {
		return "", missing()
	}
	return program, nil
}

func byXDG(ctx context.Context, scheme string) (string, error) {
	text, err := run(ctx, "xdg-mime", "query", "default", mime(scheme))
	return strings.TrimSpace(text), failed("xdg-mime", err)
}

// byGIO reads what is meant for people: untranslated, the first line ends with
// the name, if there is one.
func byGIO(ctx context.Context, scheme string) (string, error) {
	if !tool.Installed("gio") {
		return "", tool.ErrMissing // env would hide that
	}
	text, err := run(ctx, "env", "LC_ALL=C", "gio", "mime", mime(scheme))
	first, _, _ := strings.Cut(text, "\n")
	_, program, _ := strings.Cut(first, ": ")
	return strings.TrimSpace(program), failed("gio", err)
}

func set(ctx context.Context, scheme string) error {
	_, err := run(ctx, "xdg-mime", "default", Desktop, mime(scheme))
	if err = failed("xdg-mime", err); !errors.Is(err, tool.ErrMissing) {
		return err
	}
	_, err = run(ctx, "gio", "mime", mime(scheme), Desktop)
	if err = failed("gio", err); errors.Is(err, tool.ErrMissing) {
		return missing()
	}
	return err
}

func mime(scheme string) string { return "x-scheme-handler/" + scheme }

func run(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return tool.Output(ctx, 16<<10, name, args...)
}

func missing() error {
	return &Error{"neither xdg-mime nor gio is installed, which know who opens links", "install the package xdg-utils in this qube's template"}
}

// failed makes an *Error, but of no error and of a program that is missing.
func failed(name string, err error) error {
	var f *tool.Failed
	switch {
	case err == nil, errors.Is(err, tool.ErrMissing):
		return err
	case errors.As(err, &f) && f.Says != "":
		return &Error{fmt.Sprintf("%s failed and says %q", name, plain.Short(f.Says, 100)), "look whether ~/.config can be written to"}
	}
	return &Error{name + " failed", "look whether ~/.config can be written to"}
}
