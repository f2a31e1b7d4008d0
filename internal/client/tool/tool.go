// Package tool is in the asking qube, untrusted: it runs the small programs of
// the desktop, such as xsel or notify-send. What they print is bounded in
// length and by the context; no shell takes part.
package tool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Errors that callers tell apart.
var (
	ErrMissing = errors.New("not installed")
	ErrTooLong = errors.New("longer than permitted")
)

// grace is how long a program's child may hold its output after its end.
const grace = time.Second

// Failed is a program that ended with an exit code other than 0.
type Failed struct {
	Code int
	Says string // the first line of its standard error, untrusted
}

func (f *Failed) Error() string { return fmt.Sprintf("exit code %d: %q", f.Code, f.Says) }

// Installed says whether a program is in PATH.
func Installed(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// Output runs a program and returns what it printed, at most so many bytes.
func Output(ctx context.Context, limit int, name string, args ...string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = grace
	out, errs := &bounded{limit: limit, full: cancel}, &bounded{limit: 4096, full: func() {}}
	cmd.Stdout, cmd.Stderr = out, errs
	err := cmd.Run()
	if out.over {
		return "", ErrTooLong
	}
	return out.buffer.String(), explain(ctx, err, errs.buffer.String())
}

// Feed runs a program with a text on its standard input. It may leave a child
// behind, as those do that keep a selection: nothing of it is waited for.
func Feed(ctx context.Context, text, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(text)
	return explain(ctx, cmd.Run(), "")
}

func explain(ctx context.Context, err error, says string) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound):
		return ErrMissing
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &exit):
		first, _, _ := strings.Cut(strings.TrimSpace(says), "\n")
		return &Failed{exit.ExitCode(), first}
	}
	return err
}

// bounded keeps so many bytes. More end the program. The buffer is not embedded:
// its ReadFrom would go past the limit.
type bounded struct {
	buffer bytes.Buffer
	limit  int
	over   bool
	full   func()
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > b.limit {
		b.over = true
		b.full()
		return 0, io.ErrShortWrite
	}
	return b.buffer.Write(p)
}
