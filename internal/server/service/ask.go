package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"qpay/internal/screen"
	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/server/quiet"
	"qpay/internal/wire"
)

// ask puts the question, and pays if the person approves.
func (p *pay) ask(ctx, alive context.Context) {
	q, err := p.question()
	if err != nil {
		p.out.refuse(internal("the journal of payments cannot be read"))
		return
	}
	r, err := p.journal.Ask(p.record(), p.Now())
	if err != nil {
		p.out.refuse(internal("the journal of payments cannot be written"))
		return
	}
	approved, end := wait[ask.Approved](p.session, alive, q)
	if end != nil {
		p.end(r, end)
		return
	}
	p.pay(ctx, r, approved)
}

func (p *pay) question() (ask.Question, error) {
	q := ask.Question{Caller: p.Caller, Invoice: p.inv, Claims: p.claims, Fee: p.conf.Fee, MaxPayment: p.conf.MaxPayment}
	for _, r := range p.doubt {
		q.Doubt = r.Since()
	}
	var err error
	q.PaidBefore, q.LastPaid, err = p.journal.PaidTo(p.destination())
	return q, err
}

func (p *pay) destination() string { return fmt.Sprintf("%x", p.inv.Destination()) }

func (p *pay) record() journal.Record {
	r := journal.Record{Qube: p.Caller, Hash: p.inv.PaymentHash(), PaymentRequest: p.inv.PaymentRequest(),
		Destination: p.destination(), Network: p.inv.Network().String(), Origin: p.claims.Origin, Address: p.claims.Address}
	r.Amount, _ = p.inv.Amount()
	r.Description, _ = p.inv.Description()
	if p.claims.Text.Committed { // as good as a description: the payee has signed its hash
		r.Description = p.claims.Text.Short
	}
	return r
}

// ending is how a question ended without an approval.
type ending struct {
	state payment.State
	error *wire.Error
	stay  bool // the window has something left to say
}

// question is what a person can approve, as an A that nobody else can make.
type question[A any] interface {
	Page() screen.Page
	Ends() time.Time // then it can be approved no more; zero: never
	Approve(digest string, e screen.Event, now time.Time) (A, error)
}

// wait waits for the person. It ends with an approval, or with an ending: the
// person refused, the invoice expired, the caller went away, nobody answered,
// or the window could not be shown.
func wait[A any](s *session, alive context.Context, q question[A]) (approved A, end *ending) {
	approved, end = await(s, alive, q)
	s.came(end)
	return approved, end
}

func await[A any](s *session, alive context.Context, q question[A]) (none A, end *ending) {
	digest := s.show(mutable(q.Page()))
	var expiry <-chan time.Time
	if ends := q.Ends(); !ends.IsZero() {
		timer := time.NewTimer(ends.Sub(s.Now()))
		defer timer.Stop()
		expiry = timer.C
	}
	deadline := time.NewTimer(s.conf.AskFor)
	defer deadline.Stop()
	for {
		select {
		case e, ok := <-s.events():
			if alive.Err() != nil {
				return none, left()
			}
			if a, end, done := decide(s, q, digest, e, ok); done {
				return a, end
			}
		case <-expiry:
			return none, &ending{payment.Expired, expired(), true}
		case <-deadline.C:
			return none, &ending{payment.Gone, wire.New(wire.NotAnswered,
				"Nobody answered the question in the wallet's qube.", "nothing was paid; try again when you are there"), false}
		case <-alive.Done():
			return none, left()
		}
	}
}

// left ends a question whose caller is gone: an approval would pay for nobody.
func left() *ending {
	return &ending{payment.Gone, wire.New(wire.NotAnswered, "The program that asked went away.", "nothing was paid"), false}
}

func expired() *wire.Error {
	return wire.New(wire.Expired, "The invoice has expired.", "nothing was paid; ask for a new invoice")
}

// decide judges one event of the window; done is false for those that mean
// nothing, such as an answer to an earlier page.
func decide[A any](s *session, q question[A], digest string, e screen.Event, ok bool) (none A, end *ending, done bool) {
	if !ok { // the dialog ended without a word: it has no display, or crashed
		return none, &ending{payment.Gone, cannotShow(), false}, true
	}
	switch e.What {
	case screen.Mute:
		return none, &ending{payment.Denied, s.muted(quiet.MuteFor), false}, true
	case screen.Deny, screen.Close:
		return none, &ending{payment.Denied, wire.New(wire.Denied,
			s.words.Denied(), "nothing was paid"), false}, true
	case screen.Pay:
		a, err := q.Approve(digest, e, s.Now())
		switch {
		case errors.Is(err, ask.ErrExpired):
			return a, &ending{payment.Expired, expired(), true}, true
		case err != nil:
			return a, &ending{payment.Gone, internal("the window's answer does not fit the question"), false}, true
		}
		return a, nil, true
	}
	return none, nil, false
}

// end journals and answers a question that ended without an approval.
func (s *session) end(r journal.Record, e *ending) {
	if _, err := s.journal.Move(r.ID, e.state, s.Now(), nil, nil); err != nil {
		e.error = internal("the journal of payments cannot be written")
	}
	s.out.refuse(e.error)
	if e.stay { // the dialog counts down by itself and shows that it is over
		s.linger()
	}
}
