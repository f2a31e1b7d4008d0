// Package resolve asks lnd what became of payments that an earlier process
// left open, and writes it down (stage 9, in lightningvm, trusted). Any
// qpay-server that starts does it, and qpay-server history --refresh.
package resolve

import (
	"context"
	"errors"
	"time"

	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/payment"
)

// Within is how long a question about one payment may take.
const Within = 8 * time.Second

// Look asks lnd once how a payment stands.
func Look(ctx context.Context, node *lnd.Client, h payment.Hash) (o payment.Outcome, err error) {
	ctx, stop := context.WithTimeout(ctx, Within)
	defer stop()
	first := false
	last, err := node.Track(ctx, h, func(now payment.Outcome) {
		o, first = now, true
		stop() // the present state is enough
	})
	if first {
		return o, nil
	}
	return last, err
}

// Settle writes a final outcome down. If another process was faster, its
// record counts; if the disk is full, the outcome is told all the same.
func Settle(j *journal.Journal, r journal.Record, o payment.Outcome, now time.Time) journal.Record {
	settled, err := j.Move(r.ID, o.State, now, nil, func(r *journal.Record) { r.Learn(o) })
	if err == nil {
		return settled
	}
	if rs, err := j.Select(func(x journal.Record) bool { return x.ID == r.ID }); err == nil && len(rs) == 1 && rs[0].State.Final() {
		return rs[0]
	}
	r.State = o.State
	r.Learn(o)
	return r
}

// Result of a call of Open.
type Result struct {
	Settled  int              // payments that are paid or failed now
	OnTheWay int              // payments that lnd still has in flight
	Unheard  []journal.Record // payments that lnd has no record of
}

// Open asks about every payment that is open. The error is the first of those
// that lnd could not be asked about.
func Open(ctx context.Context, j *journal.Journal, node *lnd.Client, now func() time.Time) (Result, error) {
	var n Result
	rs, err := j.OnTheWay()
	if err != nil {
		return n, err
	}
	var failed error
	for _, r := range rs {
		if ctx.Err() != nil {
			break
		}
		o, err := Look(ctx, node, r.Hash)
		switch {
		case errors.Is(err, lnd.ErrNotKnown):
			n.Unheard = append(n.Unheard, r)
		case err != nil && failed == nil:
			failed = err
		case err != nil:
		case o.State.Final():
			Settle(j, r, o, now())
			n.Settled++
		default:
			n.OnTheWay++
		}
	}
	return n, failed
}
