// Package zenity asks and tells the person in dom0 (trusted), by the program
// that Qubes' dom0 has for it. Texts are sentences of ours with checked names
// in them, so nothing in them can be markup or an option.
package zenity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"qpay/internal/dom0/program"
)

// ErrCancelled: the person pressed the other button, or closed the window.
var ErrCancelled = errors.New("cancelled")

// ErrNoWindow: zenity is missing or failed.
var ErrNoWindow = errors.New("no window can be shown: is zenity installed, and is this a graphical session?")

// Zenity shows dialogs.
type Zenity struct{ Path string }

const title = "--title=Scan a payment code"

// Ask asks for yes or no; no is ErrCancelled.
func (z Zenity) Ask(ctx context.Context, text, yes, no string) error {
	_, err := z.run(ctx, "--question", title, "--no-markup", "--width=460", "--icon-name=camera-web",
		"--default-cancel", "--ok-label="+yes, "--cancel-label="+no, "--text="+text)
	return err
}

// Warn tells that something went wrong, or may have.
func (z Zenity) Warn(ctx context.Context, text string) error {
	_, err := z.run(ctx, "--warning", title, "--no-markup", "--width=460", "--text="+text)
	if errors.Is(err, ErrCancelled) {
		return nil // closed instead of OK
	}
	return err
}

// Choose lets the person take one row of a table, and gives back its number.
func (z Zenity) Choose(ctx context.Context, text string, columns []string, rows [][]string) (int, error) {
	args := []string{"--list", title, "--text=" + text, "--width=560", "--height=300", "--ok-label=Scan",
		"--column=", "--hide-column=1", "--print-column=1"}
	for _, c := range columns {
		args = append(args, "--column="+c)
	}
	for i, row := range rows {
		args = append(append(args, strconv.Itoa(i)), row...)
	}
	out, err := z.run(ctx, args...)
	if err != nil {
		return 0, err
	}
	// Nothing chosen, and OK pressed: an empty line. A double click may print twice.
	first, _, _ := strings.Cut(strings.TrimSpace(out), "|")
	n, err := strconv.Atoi(first)
	if err != nil || n < 0 || n >= len(rows) {
		return 0, ErrCancelled
	}
	return n, nil
}

// Busy shows a text while something takes long. The context that comes back
// ends when the person presses Cancel; done takes the window away.
func (z Zenity) Busy(ctx context.Context, text string) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	r, w, err := os.Pipe() // zenity stops pulsing when its input ends
	if err != nil {
		return ctx, func() { cancel(nil) }
	}
	window, closeWindow := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		code, err := program.Run(window, z.Path, []string{"--progress", title, "--pulsate", "--width=460", "--text=" + text}, r, nil)
		if err == nil && code == 1 {
			cancel(ErrCancelled)
		}
	}()
	return ctx, func() {
		closeWindow()
		<-gone
		r.Close()
		w.Close()
	}
}

func (z Zenity) run(ctx context.Context, args ...string) (string, error) {
	var out bytes.Buffer
	code, err := program.Run(ctx, z.Path, args, nil, &out)
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", fmt.Errorf("%w (%w)", ErrNoWindow, err)
	case code == 0:
		return out.String(), nil
	case code == 1:
		return "", ErrCancelled
	}
	return "", fmt.Errorf("%w (exit code %d)", ErrNoWindow, code)
}
