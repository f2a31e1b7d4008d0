package receive

import (
	"context"
	"testing"
	"time"

	"qpay/internal/wire"
)

// clock is a made-up one, which Pause moves on.
type clock struct {
	now    time.Time
	pauses []time.Duration
}

func (c *clock) pause(ctx context.Context, d time.Duration) bool {
	c.now, c.pauses = c.now.Add(d), append(c.pauses, d)
	return ctx.Err() == nil
}

// wait waits for an invoice that is in a state, or cannot be looked at, until
// it settles after a while.
func wait(expiry, after time.Duration, meanwhile string, then string, e *wire.Error) (*clock, *wire.LookupInvoiceAnswer, *wire.Error, []string) {
	c := &clock{now: time.Unix(0, 0)}
	var said []string
	w := Wait{Expiry: expiry, Progress: func(s string) { said = append(said, s) }, Pause: c.pause, Now: func() time.Time { return c.now },
		Lookup: func(context.Context) (*wire.LookupInvoiceAnswer, *wire.Error) {
			switch {
			case c.now.Sub(time.Unix(0, 0)) >= after:
				return &wire.LookupInvoiceAnswer{Settled: then == "settled", State: then}, nil
			case e != nil:
				return nil, e
			}
			return &wire.LookupInvoiceAnswer{State: meanwhile}, nil
		}}
	a, failure := w.Paid(context.Background())
	return c, a, failure, said
}

func TestPausesGrow(t *testing.T) {
	c, a, failure, said := wait(time.Hour, 30*time.Minute, "open", "settled", nil)
	if failure != nil || !a.Settled || len(said) != 1 {
		t.Fatalf("%+v, %v, %q", a, failure, said)
	}
	last := c.pauses[len(c.pauses)-1]
	if c.pauses[0] != firstPause || last != longestPause || len(c.pauses) > 130 {
		t.Errorf("%d pauses: %v", len(c.pauses), c.pauses)
	}
	for i := range c.pauses[1:] {
		if c.pauses[i+1] < c.pauses[i] {
			t.Errorf("a pause shrank: %v", c.pauses)
		}
	}
}

func TestEndings(t *testing.T) {
	away := wire.New(wire.NodeUnreachable, "Away.", "")
	for name, c := range map[string]struct {
		expiry, after time.Duration
		then          string
		e             *wire.Error
		want          wire.Code
		message       string
	}{
		"settled":                  {time.Hour, time.Minute, "settled", nil, "", ""},
		"settled after expiry":     {time.Hour, 61 * time.Minute, "settled", nil, "", ""},
		"away, then settled":       {time.Hour, 10 * time.Minute, "settled", away, "", ""},
		"cancelled":                {time.Hour, time.Minute, "cancelled", nil, wire.Expired, "The invoice was cancelled in the wallet before it was paid."},
		"expired":                  {time.Hour, time.Hour, "cancelled", nil, wire.Expired, "The invoice expired before it was paid."},
		"expired, the node ahead":  {time.Hour, time.Hour - 30*time.Second, "cancelled", nil, wire.Expired, "The invoice expired before it was paid."},
		"never cancelled":          {time.Hour, 24 * time.Hour, "settled", nil, wire.ClientTimeout, "The invoice expired, and it is not known whether it was paid."},
		"away for ever":            {time.Hour, 24 * time.Hour, "settled", away, wire.ClientTimeout, "The invoice expired, and it is not known whether it was paid."},
		"refused while it waits":   {time.Hour, time.Minute, "settled", wire.New(wire.PolicyRefused, "No.", ""), wire.PolicyRefused, "No."},
		"not this qube's invoice":  {time.Hour, time.Minute, "settled", wire.New(wire.NoInvoice, "None.", ""), wire.NoInvoice, "None."},
		"a wallet that is stopped": {time.Hour, time.Minute, "settled", wire.New(wire.NoAnswer, "Nothing.", ""), "", ""},
	} {
		_, _, failure, _ := wait(c.expiry, c.after, "open", c.then, c.e)
		switch {
		case c.want == "" && failure != nil:
			t.Errorf("%s: %v", name, failure)
		case c.want != "" && (failure == nil || failure.Code != c.want || failure.Message != c.message):
			t.Errorf("%s: %+v, want %s, %q", name, failure, c.want, c.message)
		}
	}
}

func TestInterruptedWhileItLooks(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w := Wait{Expiry: time.Hour, Now: time.Now, Pause: Pause, Progress: func(string) {},
		Lookup: func(context.Context) (*wire.LookupInvoiceAnswer, *wire.Error) {
			cancel()
			return nil, wire.New(wire.Interrupted, "m", "ask again")
		}}
	if _, e := w.Paid(ctx); e == nil || e.Code != wire.Interrupted || e.Payment != wire.Unknown || e.Hint != howToLook {
		t.Errorf("%+v", e)
	}
}
