package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"golang.org/x/term"

	"qpay/internal/client/pay"
	"qpay/internal/client/picture"
	"qpay/internal/wire"
)

// terminal is all that qpay says and hears. Standard output has results, such
// as preimages, or with --json one object on each line, and nothing else ever.
// Standard error has lines "qpay: ..." and QR codes; an error is followed by a
// hint, and where money can move the two say whether it did.
type terminal struct {
	in            io.Reader
	out, err      io.Writer
	inIsTerminal  bool
	errIsTerminal bool
	errFd         int
	json, quiet   bool
}

func newTerminal(in, out, errs *os.File) *terminal {
	return &terminal{in: in, out: out, err: errs,
		inIsTerminal: term.IsTerminal(int(in.Fd())), errIsTerminal: term.IsTerminal(int(errs.Fd())), errFd: int(errs.Fd())}
}

const forApproval = "waiting for approval in the wallet's window"

// waiting says that a person has to decide, and on a terminal counts the
// seconds. The function that it returns ends that.
func (t *terminal) waiting(text string) (done func()) {
	if t.quiet {
		return func() {}
	}
	text = "qpay: " + text
	fmt.Fprint(t.err, text)
	if !t.errIsTerminal {
		fmt.Fprintln(t.err)
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go t.count(text, stop, stopped)
	return func() { close(stop); <-stopped }
}

func (t *terminal) count(text string, stop <-chan struct{}, stopped chan<- struct{}) {
	defer close(stopped)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for begun := time.Now(); ; {
		select {
		case <-tick.C:
			fmt.Fprintf(t.err, "\r%s (%d s)", text, int(time.Since(begun).Seconds()))
		case <-stop:
			fmt.Fprintln(t.err)
			return
		}
	}
}

// result prints what became of one invoice.
func (t *terminal) result(r pay.Result) {
	if r.PayAnswer != nil {
		t.print(r, r.Preimage)
		t.say("paid %s, fee %s", r.Amount, r.Fee)
		return
	}
	t.failWith(r, r.Error)
}

// print writes a result: v with --json, else the lines.
func (t *terminal) print(v any, lines ...string) {
	if t.json {
		text, err := json.Marshal(v)
		if err == nil {
			fmt.Fprintln(t.out, escaped(string(text)))
		}
		return
	}
	for _, line := range lines {
		fmt.Fprintln(t.out, plain(line))
	}
}

// say tells of what went well.
func (t *terminal) say(format string, args ...any) {
	if !t.quiet {
		fmt.Fprintf(t.err, "qpay: %s\n", plain(fmt.Sprintf(format, args...)))
	}
}

func (t *terminal) warn(text string) { fmt.Fprintf(t.err, "qpay: warning: %s\n", plain(text)) }

// fail says what went wrong, and gives the error that has the exit code.
func (t *terminal) fail(e *wire.Error) error {
	return t.failWith(struct {
		Error *wire.Error `json:"error"`
	}{e}, e)
}

// failWith prints v with --json besides.
func (t *terminal) failWith(v any, e *wire.Error) error {
	if t.json {
		t.print(v)
	}
	t.errorAndHint(e.Message, e.Hint)
	return exitError(wire.ExitFor(e))
}

// show draws a QR code, if there is room for it.
func (t *terminal) show(c picture.Code) {
	if wide, _, err := term.GetSize(t.errFd); err == nil && wide < c.Width() {
		t.warn(fmt.Sprintf("the QR code needs %d columns, the terminal has %d: use --png FILE, or a smaller font", c.Width(), wide))
		return
	}
	fmt.Fprint(t.err, c.Blocks(t.errIsTerminal))
}

func (t *terminal) errorAndHint(message, hint string) {
	fmt.Fprintf(t.err, "qpay: error: %s\n", plain(strings.TrimSuffix(message, ".")))
	if hint != "" {
		fmt.Fprintf(t.err, "qpay: hint: %s\n", plain(hint))
	}
}

// plain keeps control and formatting characters off the terminal: what came
// through the pipe might move the cursor or reorder the line.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsGraphic(c) {
			return c
		}
		return '?'
	}, s)
}

// escaped does the same to JSON, which stays the same to its reader: outside of
// strings there is nothing but ASCII.
func escaped(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case unicode.IsGraphic(c):
			b.WriteRune(c)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	return b.String()
}
