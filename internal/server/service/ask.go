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
	approved, end := p.wait(alive, q)
	if end != nil {
		p.end(r, end)
		return
	}
	p.pay(ctx, r, approved)
}

func (p *pay) question() (ask.Question, error) {
	q := ask.Question{Caller: p.Caller, Invoice: p.inv, Fee: p.conf.Fee, MaxPayment: p.conf.MaxPayment}
	q.Claims.Amount = p.request.Amount
	if c := p.request.Context; c != nil {
		q.Claims.Origin = c.Origin
	}
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
		Destination: p.destination(), Network: p.inv.Network().String()}
	r.Amount, _ = p.inv.Amount()
	r.Description, _ = p.inv.Description()
	if c := p.request.Context; c != nil {
		r.Origin = c.Origin
	}
	return r
}

// ending is how a question ended without an approval.
type ending struct {
	state payment.State
	error *wire.Error
	stay  bool // the window has something left to say
}

// wait waits for the person. It ends with an approval, or with an ending: the
// person refused, the invoice expired, the caller went away, nobody answered,
// or the window could not be shown.
func (p *pay) wait(alive context.Context, q ask.Question) (ask.Approved, *ending) {
	digest := p.show(q.Page())
	expiry := time.NewTimer(q.Invoice.Expires().Sub(p.Now()))
	defer expiry.Stop()
	deadline := time.NewTimer(p.conf.AskFor)
	defer deadline.Stop()
	for {
		select {
		case e, ok := <-p.events():
			if alive.Err() != nil {
				return ask.Approved{}, left()
			}
			if a, end, done := p.decide(q, digest, e, ok); done {
				return a, end
			}
		case <-expiry.C:
			return ask.Approved{}, &ending{payment.Expired, expired(), true}
		case <-deadline.C:
			return ask.Approved{}, &ending{payment.Gone, wire.New(wire.NotAnswered,
				"Nobody answered the question in the wallet's qube.", "nothing was paid; try again when you are there"), false}
		case <-alive.Done():
			return ask.Approved{}, left()
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
func (p *pay) decide(q ask.Question, digest string, e screen.Event, ok bool) (ask.Approved, *ending, bool) {
	if !ok { // the dialog ended without a word: it has no display, or crashed
		return ask.Approved{}, &ending{payment.Gone, cannotShow(), false}, true
	}
	switch e.What {
	case screen.Deny, screen.Close, screen.Mute:
		return ask.Approved{}, &ending{payment.Denied, wire.New(wire.Denied,
			"The payment was refused in the wallet's window.", "nothing was paid"), false}, true
	case screen.Pay:
		a, err := q.Approve(digest, e, p.Now())
		switch {
		case errors.Is(err, ask.ErrExpired):
			return a, &ending{payment.Expired, expired(), true}, true
		case err != nil:
			return a, &ending{payment.Gone, internal("the window's answer does not fit the question"), false}, true
		}
		return a, nil, true
	}
	return ask.Approved{}, nil, false
}

// end journals and answers a question that ended without an approval.
func (p *pay) end(r journal.Record, e *ending) {
	if _, err := p.journal.Move(r.ID, e.state, p.Now(), nil, nil); err != nil {
		e.error = internal("the journal of payments cannot be written")
	}
	p.out.refuse(e.error)
	if e.stay { // the dialog counts down by itself and shows that it is over
		p.linger()
	}
}
