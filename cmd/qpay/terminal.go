package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"qpay/internal/client/lnurl"
	"qpay/internal/client/notice"
	"qpay/internal/client/pay"
	"qpay/internal/client/picture"
	"qpay/internal/client/plain"
	"qpay/internal/client/prompt"
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
	prompt        prompt.Prompt // what the options leave open

	clicked bool                  // started for a link by the desktop: see tell
	last    *notice.Notice        // what is told then
	paid    func(preimage string) // after a payment, if not nil
}

func newTerminal(in, out, errs *os.File) *terminal {
	t := &terminal{in: in, out: out, err: errs, prompt: prompt.Nobody{},
		inIsTerminal: term.IsTerminal(int(in.Fd())), errIsTerminal: term.IsTerminal(int(errs.Fd())), errFd: int(errs.Fd())}
	if t.inIsTerminal && t.errIsTerminal {
		t.prompt = prompt.Terminal{In: in, Err: errs}
	}
	return t
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

// result prints what became of one invoice, and gives the exit code.
func (t *terminal) result(r pay.Result) wire.Exit {
	if r.PayAnswer == nil {
		return wire.ExitFor(t.told(r, r.Error))
	}
	t.print(r, r.Preimage)
	t.say("paid %s, fee %s", r.Amount, r.Fee)
	t.goodNews(r)
	if t.paid != nil {
		t.paid(r.Preimage)
	}
	if r.Action != nil {
		t.action(*r.Action)
	}
	return wire.ExitOK
}

// action shows what the payee wants shown after the payment. It is what was
// paid for, perhaps: --quiet does not keep it back.
func (t *terminal) action(s lnurl.Said) {
	for _, part := range []struct{ what, text string }{{"the payee says", s.About}, {"the payee says", s.Message}, {"the payee's link, not opened", s.URL}} {
		if part.text != "" {
			fmt.Fprintf(t.err, "qpay: %s: %s\n", part.what, plain.Text(part.text))
		}
	}
	if s.Warning != "" {
		t.warn(s.Warning)
	}
}

// print writes a result: v with --json, else the lines.
func (t *terminal) print(v any, lines ...string) {
	if t.json {
		text, err := json.Marshal(v)
		if t.clicked { // for programs that speak the protocol
			text, err = wire.EncodeAnswer(v)
		}
		if err == nil {
			fmt.Fprintln(t.out, plain.JSON(strings.TrimSuffix(string(text), "\n")))
		}
		return
	}
	for _, line := range lines {
		fmt.Fprintln(t.out, plain.Text(line))
	}
}

// say tells of what went well.
func (t *terminal) say(format string, args ...any) {
	if !t.quiet {
		fmt.Fprintf(t.err, "qpay: %s\n", plain.Text(fmt.Sprintf(format, args...)))
	}
}

func (t *terminal) warn(text string) { fmt.Fprintf(t.err, "qpay: warning: %s\n", plain.Text(text)) }

// fail says what went wrong, and gives the error that has the exit code.
func (t *terminal) fail(e *wire.Error) error {
	return t.failWith(struct {
		Error *wire.Error `json:"error"`
	}{e}, e)
}

// failWith prints v with --json besides.
func (t *terminal) failWith(v any, e *wire.Error) error {
	return exitError(wire.ExitFor(t.told(v, e)))
}

// told has said what went wrong.
func (t *terminal) told(v any, e *wire.Error) *wire.Error {
	if t.json {
		t.print(v)
	}
	t.errorAndHint(e.Message, e.Hint)
	t.badNews(e)
	return e
}

// withHash fills in the hash that a hint speaks of.
func withHash(e *wire.Error, hash string) *wire.Error {
	full := *e
	full.Hint = strings.ReplaceAll(e.Hint, "HASH", hash)
	return &full
}

// exitOf is the exit code of an error that has one.
func exitOf(err error) wire.Exit {
	var code exitError
	if errors.As(err, &code) {
		return wire.Exit(code)
	}
	return wire.ExitOK
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
	fmt.Fprintf(t.err, "qpay: error: %s\n", plain.Text(strings.TrimSuffix(message, ".")))
	if hint != "" {
		fmt.Fprintf(t.err, "qpay: hint: %s\n", plain.Text(hint))
	}
}
