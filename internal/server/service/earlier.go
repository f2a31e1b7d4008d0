package service

import (
	"context"
	"errors"

	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/payment"
	"qpay/internal/server/resolve"
)

// earlier looks after attempts at the same invoice that have no final state.
// It tells whether the request is dealt with: by the outcome, by following on,
// or since the node cannot be asked, in which case nothing may be offered.
func (p *pay) earlier(ctx, alive context.Context) (done bool) {
	rs, err := p.journal.OfHash(p.inv.PaymentHash())
	if err != nil {
		p.out.refuse(internal("the journal of payments cannot be read"))
		return true
	}
	for _, r := range rs {
		if !r.State.Open() {
			continue
		}
		switch o, err := p.lookUp(alive, r.Hash); {
		case errors.Is(err, lnd.ErrNotKnown):
			p.doubt = append(p.doubt, r)
		case err != nil:
			p.answerOpen(r, payment.Unknown)
			return true
		case o.State.Final():
			r = resolve.Settle(p.journal, r, o, p.Now())
			if r.State == payment.Paid {
				return p.fromRecord(ctx)
			}
		default:
			p.followOn(ctx, r)
			return true
		}
	}
	if len(p.doubt) > 0 && p.inv.Expired(p.Now()) { // lnd would not take it any more
		p.answerOpen(p.doubt[0], payment.Unknown)
		return true
	}
	return false
}

// lookUp asks lnd once how a payment stands.
func (s *session) lookUp(ctx context.Context, h payment.Hash) (o payment.Outcome, err error) {
	return resolve.Look(ctx, s.node, h)
}

// followOn goes on following what another call began. The proof is for the
// qube that paid; any other only learns that it is on its way.
func (p *pay) followOn(ctx context.Context, r journal.Record) {
	if r.Qube != p.Caller {
		p.answerOpen(r, payment.Sent)
		return
	}
	p.follow(ctx, r, func(ctx context.Context, progress func(payment.Outcome)) (payment.Outcome, error) {
		return p.node.Track(ctx, r.Hash, progress)
	})
}

// resolve asks lnd about every payment that an earlier process left open, and
// closes done when it has. Every service does that at its start.
func (s *session) resolve(ctx context.Context, done chan<- struct{}) {
	defer close(done)
	ctx, stop := context.WithTimeout(ctx, resolve.Within)
	defer stop()
	// What cannot be asked now is asked by the next that starts.
	_, _ = resolve.Open(ctx, s.journal, s.node, s.Now)
}
