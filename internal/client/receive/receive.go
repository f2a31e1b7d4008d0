// Package receive is in the asking qube, untrusted: it waits until an invoice
// that this qube had made is paid.
package receive

import (
	"context"
	"errors"
	"strings"
	"time"

	"qpay/internal/wire"
)

// Each question starts a process in the wallet's qube, so the pauses grow.
const (
	firstPause   = time.Second
	longestPause = 15 * time.Second
)

// grace is how long after its expiry an invoice may be found expired: the
// node's clock is not this qube's.
const grace = 2 * time.Minute

// Wait is the wait for one invoice.
type Wait struct {
	Lookup   func(context.Context) (*wire.LookupInvoiceAnswer, *wire.Error)
	Expiry   time.Duration // from the beginning of the wait
	Progress func(string)  // called when there is something new to say
	// Pause waits, or returns false if the context ended before.
	Pause func(context.Context, time.Duration) bool
	Now   func() time.Time
}

// Paid returns the answer of an invoice that is settled. Otherwise there is an
// error; the answer is then the last one, or nil.
func (w Wait) Paid(ctx context.Context) (last *wire.LookupInvoiceAnswer, failure *wire.Error) {
	begun, said := w.Now(), ""
	for pause := firstPause; ; pause = min(pause*3/2, longestPause) {
		answer, e := w.Lookup(ctx)
		if answer != nil {
			last = answer
		}
		waited := w.Now().Sub(begun)
		switch {
		case answer != nil && answer.Settled:
			return answer, nil
		case answer != nil && answer.State == "cancelled":
			return answer, w.cancelled(waited)
		case ctx.Err() != nil:
			return last, notWaited(context.Cause(ctx))
		case e != nil && !passes(e):
			return last, e
		case waited > w.Expiry+grace:
			return last, wire.New(wire.ClientTimeout, "The invoice expired, and it is not known whether it was paid.", howToLook)
		}
		if now := state(answer, e); now != said {
			w.Progress(now)
			said = now
		}
		if !w.Pause(ctx, pause) {
			return last, notWaited(context.Cause(ctx))
		}
	}
}

const howToLook = "it may still be paid: qpay lookup HASH tells"

// cancelled tells apart by time what lnd has one word for.
func (w Wait) cancelled(waited time.Duration) *wire.Error {
	if waited+time.Minute > w.Expiry {
		return wire.New(wire.Expired, "The invoice expired before it was paid.", "nothing was received; make another one")
	}
	return wire.New(wire.Expired, "The invoice was cancelled in the wallet before it was paid.", "nothing was received")
}

func notWaited(cause error) *wire.Error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return wire.New(wire.ClientTimeout, "The invoice was not paid in time.", howToLook)
	}
	return wire.New(wire.Interrupted, "Interrupted before the invoice was paid.", howToLook)
}

// passes says whether the next question may be answered better.
func passes(e *wire.Error) bool {
	switch e.Code {
	case wire.NodeUnreachable, wire.NodeNotReady, wire.Busy, wire.NoAnswer, wire.ClientTimeout:
		return true
	}
	return false
}

// state is what is said while it lasts.
func state(a *wire.LookupInvoiceAnswer, e *wire.Error) string {
	switch {
	case e != nil:
		return "cannot look at the moment, trying on: " + strings.TrimSuffix(e.Message, ".")
	case a.State == "accepted":
		return "a payment has arrived and is being settled"
	}
	return "waiting for the payment"
}

// Pause waits for a time by the clock.
func Pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
