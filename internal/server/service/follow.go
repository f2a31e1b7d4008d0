package service

import (
	"context"
	"errors"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/server/resolve"
	"qpay/internal/wire"
)

const (
	underWayAfter = 10 * time.Second       // then the window says what it means that it takes long
	readFor       = 10 * time.Second       // a result stays that long even if others wait
	again         = time.Second            // between two tries to reach the node
	look          = 300 * time.Millisecond // between two looks whether others wait
)

// pay sends what was approved.
func (p *pay) pay(ctx context.Context, r journal.Record, a ask.Approved) {
	var over []uint64
	for _, d := range p.doubt {
		over = append(over, d.ID)
	}
	p.send(ctx, r, a, over, func(ctx context.Context, progress func(payment.Outcome)) (payment.Outcome, error) {
		return p.node.Pay(ctx, a, p.conf.PayFor, progress)
	})
}

// approval is what any payment has that a person approved.
type approval interface {
	Amount() money.Msat
	FeeLimit() money.Msat
}

// send journals the approval and then that the payment is sent, and only then
// lets lnd hear of it, by first. From here on the caller's going away changes
// nothing.
func (s *session) send(ctx context.Context, r journal.Record, a approval, over []uint64, first call) {
	fill := func(r *journal.Record) { r.Amount, r.FeeLimit = a.Amount(), a.FeeLimit() }
	_, err := s.journal.Move(r.ID, payment.Approved, s.Now(), nil, fill)
	if err == nil {
		r, err = s.journal.Move(r.ID, payment.Sent, s.Now(), over, nil)
	}
	switch {
	case errors.Is(err, journal.ErrPaid), errors.Is(err, journal.ErrOpen):
		s.out.refuse(wire.New(wire.AlreadyPaid, "Another request has paid this invoice meanwhile, or is about to.", "nothing was paid now"))
		return
	case err != nil:
		s.out.refuse(internal("the journal of payments cannot be written"))
		return
	}
	s.follow(ctx, r, first)
}

// call is lnd.Client's Pay, Keysend or Track, with their other arguments filled
// in.
type call func(context.Context, func(payment.Outcome)) (payment.Outcome, error)

// until runs first and then, as long as there is no final state, Track, and
// passes on all that is learnt. It ends with a final outcome or with ctx. That
// first ended without one says nothing yet: lnd also answers so when it has
// the payment already.
func (s *session) until(ctx context.Context, h payment.Hash, first call, learnt chan<- payment.Outcome) {
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
		if o, err = s.node.Track(ctx, h, tell); err != nil {
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
func (s *session) follow(ctx context.Context, r journal.Record, first call) {
	ctx, stop := context.WithTimeout(ctx, s.conf.FollowFor)
	defer stop()
	learnt := make(chan payment.Outcome)
	go s.until(ctx, r.Hash, first, learnt)

	now := payment.Sent
	begun := r.Since()
	s.showOpen(now, r, false)
	slow, answer := time.NewTimer(underWayAfter), time.NewTimer(s.conf.AnswerWithin)
	looks := time.NewTicker(look)
	defer slow.Stop()
	defer answer.Stop()
	defer looks.Stop()
	long := false
	for {
		select {
		case o, ok := <-learnt:
			if !ok { // the time to follow is over; the next qpay-server goes on
				s.answerOpen(r, now)
				return
			}
			if o.State.Final() {
				s.finish(r, o)
				return
			}
			if o.State != now {
				now = o.State
				s.note(r, now)
				s.showOpen(now, r, long)
			}
		case <-slow.C:
			long = true
			s.showOpen(now, r, long)
		case <-answer.C:
			s.answerOpen(r, now)
		case e, ok := <-s.events():
			if !ok || e.What == screen.Close || e.What == screen.Deny {
				s.leave() // the payment goes on without its window
			}
		case <-looks.C:
			if s.screen != nil && s.screen.Wanted() && time.Since(begun) > readFor {
				s.leave()
			}
		}
	}
}

// note writes down that the outcome is not known, once.
func (s *session) note(r journal.Record, now payment.State) {
	if now == payment.Unknown {
		// An error here means that it is Unknown already, or final by another
		// process's word; the record tells the truth either way.
		_, _ = s.journal.Move(r.ID, payment.Unknown, s.Now(), nil, nil)
	}
}

func (s *session) showOpen(now payment.State, r journal.Record, long bool) {
	s.show(ask.Progress(r, now, long))
}

// finish journals the final state, answers, and shows the result.
func (s *session) finish(r journal.Record, o payment.Outcome) {
	r = resolve.Settle(s.journal, r, o, s.Now())
	switch r.State {
	case payment.Paid:
		s.answerPaid(r)
	case payment.Failed:
		s.out.refuse(ask.FailedError(r))
	}
	s.show(ask.Result(r, s.out.arrived))
	s.linger()
}

func (s *session) answerPaid(r journal.Record) {
	s.out.result(wire.PayAnswer{Preimage: r.Preimage.String(), PaymentHash: r.Hash.String(), Amount: r.Amount, Fee: r.Fee})
}

func (s *session) answerOpen(r journal.Record, now payment.State) {
	s.out.refuse(ask.OpenError(r, now))
}
