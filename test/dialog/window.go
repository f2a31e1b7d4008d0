// Package dialog runs the real qpay-dialog in the place of qpay-server: on a
// desktop of package desktop it writes pages and collects events. It imports no
// toolkit, so that the tests of the window build without cgo.
package dialog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"qpay/internal/screen"
	"qpay/test/atspi"
	"qpay/test/desktop"
)

// Title is the fixed title of the window.
const Title = "Lightning payment - qpay"

// ErrNotBuilt means that there is no qpay-dialog to run. Tests skip on it.
var ErrNotBuilt = errors.New("qpay-dialog is not built")

// Program is the file to run: $QPAY_DIALOG, or else out/bin/qpay-dialog of the
// module around the working directory.
func Program() (string, error) {
	file := os.Getenv("QPAY_DIALOG")
	if file == "" {
		root, err := Root()
		if err != nil {
			return "", err
		}
		file = filepath.Join(root, "out", "bin", "qpay-dialog")
	}
	if _, err := os.Stat(file); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotBuilt, err)
	}
	return filepath.Abs(file)
}

// Root is the folder of the module around the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			err = errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
	return "", err
}

// Window is one running qpay-dialog.
type Window struct {
	Cmd  *exec.Cmd
	In   io.WriteCloser
	Done chan struct{} // closed when the program has ended
	Err  error         // how; to be read after Done

	mu     sync.Mutex
	events []screen.Event
	bad    error // an event that was not understood
	stderr strings.Builder
}

// Open starts the program on a desktop. It shows nothing before the first page.
func Open(d *desktop.Desktop, args ...string) (*Window, error) {
	program, err := Program()
	if err != nil {
		return nil, err
	}
	w := &Window{Cmd: exec.Command(program, args...), Done: make(chan struct{})}
	w.Cmd.Env, w.Cmd.Dir, w.Cmd.Stderr = d.Env(), "/", &w.stderr
	if w.In, err = w.Cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.Cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := w.Cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		w.collect(out)
		w.Err = w.Cmd.Wait()
		close(w.Done)
	}()
	return w, nil
}

func (w *Window) collect(out io.Reader) {
	r := screen.NewReader(out)
	for {
		e, err := screen.ReadEvent(r)
		w.mu.Lock()
		switch {
		case err == nil:
			w.events = append(w.events, e)
		case !errors.Is(err, io.EOF):
			w.bad = err
		}
		w.mu.Unlock()
		if err != nil {
			_, _ = io.Copy(io.Discard, out)
			return
		}
	}
}

// Show writes a page and gives its digest.
func (w *Window) Show(p screen.Page) (string, error) { return screen.WriteLine(w.In, p) }

// Events are those that came so far.
func (w *Window) Events() ([]screen.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]screen.Event(nil), w.events...), w.bad
}

// WaitEvent waits until there are n events.
func (w *Window) WaitEvent(ctx context.Context, n int) (screen.Event, error) {
	for {
		events, err := w.Events()
		switch {
		case err != nil:
			return screen.Event{}, err
		case len(events) >= n:
			return events[n-1], nil
		}
		select {
		case <-ctx.Done():
			return screen.Event{}, fmt.Errorf("event %d did not come: %w", n, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// WaitEnd waits until the program has ended, and says how.
func (w *Window) WaitEnd(ctx context.Context) error {
	select {
	case <-w.Done:
		return w.Err
	case <-ctx.Done():
		return fmt.Errorf("the program still runs: %w", ctx.Err())
	}
}

// Stderr is what the program complained about; to be read after Done.
func (w *Window) Stderr() string { return w.stderr.String() }

// Close ends the program as a server that dies does, and if need be by force.
func (w *Window) Close() {
	w.In.Close()
	select {
	case <-w.Done:
	case <-time.After(5 * time.Second):
		_ = w.Cmd.Process.Kill()
		<-w.Done
	}
}

// Tree is the window as a screen reader sees it.
func (w *Window) Tree(ctx context.Context, bus *atspi.Bus) (*atspi.Program, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // a program that has ended will not come up
		select {
		case <-w.Done:
			cancel()
		case <-ctx.Done():
		}
	}()
	tree, err := bus.Program(ctx, "qpay-dialog", w.Cmd.Process.Pid)
	if err != nil {
		select {
		case <-w.Done:
			err = fmt.Errorf("the program has ended: %w: %s", w.Err, w.Stderr())
		default:
		}
	}
	return tree, err
}
