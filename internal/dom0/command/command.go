// Package command is the command line of qpay-camera (dom0, trusted). It is a
// package so that its tests can run it with another qubesd; the installed
// program has no switch for that.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"qpay/internal/dom0/adminapi"
	"qpay/internal/dom0/camera"
	"qpay/internal/dom0/program"
	"qpay/internal/dom0/zenity"
)

// Places are where things are.
type Places struct {
	Qubesd, QvmRun, Zenity, Config string
	camera.Times
}

// Installed are the places in dom0.
func Installed() Places {
	return Places{adminapi.Socket, "/usr/bin/qvm-run", "/usr/bin/zenity", "/etc/qpay/camera.toml", camera.Usual}
}

// Exit codes of its own; the others are those of qpay scan.
const (
	exitFailed    = 1
	exitUsage     = 2
	exitCancelled = 3
)

// exitError ends the program with a code, after all was said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usage is a mistake in the command line or the configuration.
type usage struct{ error }

type run struct {
	Places
	stderr io.Writer
}

// Main is the program; it gives back the exit code.
func Main(version string, p Places, args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	r := &run{p, stderr}
	err := r.app(version, stdout).RunContext(ctx, args)
	var code exitError
	var wrong usage
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &wrong):
		r.say("error: " + err.Error())
		r.say("hint: see qpay-camera --help")
		return exitUsage
	}
	return r.tell(ctx, err)
}

func (r *run) say(text string) { fmt.Fprintln(r.stderr, "qpay-camera: "+text) }

// tell says an error on the terminal and, since the menu has none, in a window;
// who cancelled knows it already. It gives back the exit code.
func (r *run) tell(ctx context.Context, err error) int {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		code := exitCancelled
		for _, err := range joined.Unwrap() {
			if r.tell(ctx, err) != exitCancelled {
				code = exitFailed
			}
		}
		return code
	}
	var t *camera.Trouble
	switch {
	case errors.As(err, &t):
		r.say("error: " + t.Error())
		if t.Hint != "" {
			r.say("hint: " + t.Hint)
		}
		r.warn(ctx, t.Window())
	case errors.Is(err, zenity.ErrCancelled), errors.Is(err, context.Canceled):
		r.say("cancelled")
		return exitCancelled
	default:
		r.say("error: " + err.Error())
	}
	return exitFailed
}

func (r *run) tellOutcome(ctx context.Context, o camera.Outcome) {
	r.say(strings.ReplaceAll(o.Text, "\n\n", " "))
	if o.Window {
		r.warn(ctx, o.Text)
	}
}

// warn shows a window, but after a signal: nobody is there at a logout, and who
// pressed Ctrl-C reads the terminal.
func (r *run) warn(ctx context.Context, text string) {
	if ctx.Err() != nil {
		return
	}
	if err := r.dialogs().Warn(ctx, text); err != nil && ctx.Err() == nil {
		r.say("warning: " + err.Error())
	}
}

func (r *run) dialogs() zenity.Zenity { return zenity.Zenity{Path: r.Zenity} }

func (r *run) session() (*camera.Session, error) {
	folder, err := stateFolder()
	if err != nil {
		return nil, err
	}
	return &camera.Session{
		API:     adminapi.Client{Socket: r.Qubesd},
		Dialogs: r.dialogs(),
		Folder:  folder,
		Say:     r.say,
		Run:     r.inQube,
		Keep:    func() (func(), error) { return program.Keep("restore", "--wait") },
		Times:   r.Times,
	}, nil
}

// inQube runs a command in a qube. Without --pass-io all its streams are
// /dev/null, so that nothing it writes reaches dom0.
func (r *run) inQube(ctx context.Context, q adminapi.Qube, words ...string) (int, error) {
	args := append([]string{"--quiet", "--no-autostart", "--no-shell", "--", string(q)}, words...)
	return program.Run(ctx, r.QvmRun, args, nil, nil)
}

func stateFolder() (string, error) {
	if base := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "qpay-camera"), nil
	}
	home := os.Getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", errors.New("HOME is not set")
	}
	return filepath.Join(home, ".local", "state", "qpay-camera"), nil
}

func usageError(_ *cli.Context, err error, _ bool) error { return usage{err} }
