package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"golang.org/x/term"

	"qpay/internal/client/pay"
)

// terminal is all that qpay says and hears. Standard output has preimages, or
// with --json one object for each invoice, and nothing else ever. Standard
// error has lines "qpay: ..."; an error is followed by a hint, and the two say
// whether money moved.
type terminal struct {
	in            io.Reader
	out, err      io.Writer
	inIsTerminal  bool
	errIsTerminal bool
	json, quiet   bool
}

func newTerminal(in, out, errs *os.File) *terminal {
	return &terminal{in: in, out: out, err: errs,
		inIsTerminal: term.IsTerminal(int(in.Fd())), errIsTerminal: term.IsTerminal(int(errs.Fd()))}
}

// waiting says that a person has to decide, and on a terminal counts the
// seconds. The function that it returns ends that.
func (t *terminal) waiting(i, n int) (done func()) {
	if t.quiet {
		return func() {}
	}
	text := "qpay: waiting for approval in the wallet's window"
	if n > 1 {
		text = fmt.Sprintf("qpay: invoice %d of %d: waiting for approval in the wallet's window", i+1, n)
	}
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
	if t.json {
		line, err := json.Marshal(r)
		if err == nil {
			fmt.Fprintf(t.out, "%s\n", line)
		}
	} else if r.PayAnswer != nil {
		fmt.Fprintln(t.out, r.Preimage)
	}
	switch {
	case r.Error != nil:
		t.errorAndHint(r.Error.Message, r.Error.Hint)
	case !t.quiet:
		fmt.Fprintf(t.err, "qpay: paid %s, fee %s\n", r.Amount, r.Fee)
	}
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
