package service

import (
	"context"
	"errors"
	"time"

	"qpay/internal/screen"
	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
)

const (
	underWayAfter = 10 * time.Second       // then the window says what it means that it takes long
	readFor       = 10 * time.Second       // a result stays that long even if others wait
	again         = time.Second            // between two tries to reach the node
	look          = 300 * time.Millisecond // between two looks whether others wait
)

// pay journals the approval and then that the payment is sent, and only then
// lets lnd hear of it. From here on the caller's going away changes nothing.
func (p *pay) pay(ctx context.Context, r journal.Record, a ask.Approved) {
	var over []uint64
	for _, d := range p.doubt {
		over = append(over, d.ID)
	}
	fill := func(r *journal.Record) { r.Amount, r.FeeLimit = a.Amount(), a.FeeLimit() }
	_, err := p.journal.Move(r.ID, payment.Approved, p.Now(), nil, fill)
	if err == nil {
		r, err = p.journal.Move(r.ID, payment.Sent, p.Now(), over, nil)
	}
	switch {
	case errors.Is(err, journal.ErrPaid), errors.Is(err, journal.ErrOpen):
		p.out.refuse(wire.New(wire.AlreadyPaid, "Another request has paid this invoice meanwhile, or is about to.", "nothing was paid now"))
		return
	case err != nil:
		p.out.refuse(internal("the journal of payments cannot be written"))
		return
	}
	p.follow(ctx, r, func(ctx context.Context, progress func(payment.Outcome)) (payment.Outcome, error) {
		return p.node.Pay(ctx, a, p.conf.PayFor, progress)
	})
}

// call is lnd.Client's Pay or Track, with their other arguments filled in.
type call func(context.Context, func(payment.Outcome)) (payment.Outcome, error)

// until runs first and then, as long as there is no final state, Track, and
// passes on all that is learnt. It ends with a final outcome or with ctx. That
// first ended without one says nothing yet: lnd also answers so when it has
// the payment already.
func (p *pay) until(ctx context.Context, h payment.Hash, first call, learnt chan<- payment.Outcome) {
	defer close(learnt)
	tell := func(o payment.Outcome) {
		select {
		case learnt <- o:
		case <-ctx.Done():
		}
	}
	_, err := first(ctx, tell)
	for err != nil && ctx.Err() == nil {
		var o payment.Outcome
		if o, err = p.node.Track(ctx, h, tell); err != nil {
			tell(o)
			sleep(ctx, again)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// follow leads a payment that was sent to its end: it keeps journal and window
// up to date and answers the caller, with in_flight or unknown if it takes
// longer than the configuration lets a caller wait.
func (p *pay) follow(ctx context.Context, r journal.Record, first call) {
	ctx, stop := context.WithTimeout(ctx, p.conf.FollowFor)
	defer stop()
	learnt := make(chan payment.Outcome)
	go p.until(ctx, r.Hash, first, learnt)

	now := payment.Sent
	begun := r.Since()
	p.showOpen(now, r, false)
	slow, answer := time.NewTimer(underWayAfter), time.NewTimer(p.conf.AnswerWithin)
	looks := time.NewTicker(look)
	defer slow.Stop()
	defer answer.Stop()
	defer looks.Stop()
	long := false
	for {
		select {
		case o, ok := <-learnt:
			if !ok { // the time to follow is over; the next qpay-server goes on
				p.answerOpen(now)
				return
			}
			if o.State.Final() {
				p.finish(r, o)
				return
			}
			if o.State != now {
				now = o.State
				p.note(r, now)
				p.showOpen(now, r, long)
			}
		case <-slow.C:
			long = true
			p.showOpen(now, r, long)
		case <-answer.C:
			p.answerOpen(now)
		case e, ok := <-p.events():
			if !ok || e.What == screen.Close || e.What == screen.Deny {
				p.leave() // the payment goes on without its window
			}
		case <-looks.C:
			if p.screen != nil && p.screen.Wanted() && time.Since(begun) > readFor {
				p.leave()
			}
		}
	}
}

// note writes down that the outcome is not known, once.
func (p *pay) note(r journal.Record, now payment.State) {
	if now == payment.Unknown {
		// An error here means that it is Unknown already, or final by another
		// process's word; the record tells the truth either way.
		_, _ = p.journal.Move(r.ID, payment.Unknown, p.Now(), nil, nil)
	}
}

func (p *pay) showOpen(now payment.State, r journal.Record, long bool) {
	switch {
	case now == payment.Unknown:
		p.show(ask.OutcomeUnknown(r.Amount, r.Since()))
	case long:
		p.show(ask.UnderWay(r.Amount, r.Since()))
	default:
		p.show(ask.Paying(r.Amount, r.Since()))
	}
}

// finish journals the final state, answers, and shows the result.
func (p *pay) finish(r journal.Record, o payment.Outcome) {
	r = settle(p.journal, r, o, p.Now())
	switch r.State {
	case payment.Paid:
		p.answerPaid(r)
	case payment.Failed:
		p.out.refuse(ask.FailedError(r.Reason))
	}
	p.show(ask.Result(r, p.out.arrived))
	p.linger()
}

// settle writes a final outcome down. If another process was faster, its
// record counts; if the disk is full, the outcome is told all the same.
func settle(j *journal.Journal, r journal.Record, o payment.Outcome, now time.Time) journal.Record {
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

func (p *pay) answerPaid(r journal.Record) {
	p.out.write(wire.Answer{V: wire.Version, PayAnswer: &wire.PayAnswer{
		Preimage: r.Preimage.String(), PaymentHash: r.Hash.String(), Amount: r.Amount, Fee: r.Fee}})
}

func (p *pay) answerOpen(now payment.State) {
	const hint = "do not pay again: ask for the same invoice later to learn what became of it"
	if now == payment.Unknown {
		p.out.refuse(wire.New(wire.UnknownCode, "The payment was sent, and the node cannot be asked what became of it.", hint))
		return
	}
	p.out.refuse(wire.New(wire.InFlightCode, "The payment is on its way; the payee has not taken it yet.", hint))
}

// linger leaves the last page on the screen until the person closes it, or
// another request has waited long enough.
func (p *pay) linger() {
	shown := time.Now()
	looks := time.NewTicker(look)
	defer looks.Stop()
	for p.window != nil {
		select {
		case e, ok := <-p.events():
			if !ok || e.What == screen.Close || e.What == screen.Deny {
				p.leave()
			}
		case <-looks.C:
			if p.screen.Wanted() && time.Since(shown) > readFor {
				p.leave()
			}
		}
	}
}
