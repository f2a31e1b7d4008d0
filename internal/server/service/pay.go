package service

import (
	"context"
	"fmt"
	"slices"

	"qpay/internal/server/ask"
	"qpay/internal/server/invoice"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
)

// pay is one request on its way through the states of the design.
type pay struct {
	*session
	request wire.PayRequest
	inv     invoice.Invoice
	claims  ask.Claims
	doubt   []journal.Record // earlier attempts that lnd knows nothing of
}

func servePay(s *session, ctx, alive context.Context, q wire.PayRequest) {
	p := &pay{session: s, request: q}
	p.run(ctx, alive)
}

// run takes the request from its arrival to its end. alive ends when the
// caller is gone, ctx only with the whole program.
func (p *pay) run(ctx, alive context.Context) {
	if refusal := p.judge(); refusal != nil {
		p.refuse(ctx, refusal)
		return
	}
	if p.fromRecord(ctx) { // before anything else: costs no window and no waiting
		return
	}
	if !p.enter(alive) || p.fromRecord(ctx) {
		return
	}
	if err := p.journal.Abandoned(p.Now()); err != nil {
		p.out.refuse(internal("the journal of payments cannot be written"))
		return
	}
	if p.earlier(ctx, alive) {
		return
	}
	if !p.check(alive, p.checkNode) {
		return
	}
	p.ask(ctx, alive)
}

// judge decodes the invoice and holds it against the clock and the limits.
func (p *pay) judge() *wire.Error {
	inv, err := invoice.Parse(p.request.Invoice, p.conf.Network)
	if err != nil {
		return ofInvoice(err, p.conf.Network)
	}
	p.inv = inv
	p.request.Invoice = "" // from here on only inv, and in it the string that is paid
	if refusal := p.claim(); refusal != nil {
		return refusal
	}
	if known, err := p.known(); known || err != nil {
		return nil // the record tells more than the clock or the limits
	}
	if amount, ok := inv.Amount(); ok && amount > p.conf.MaxPayment {
		return wire.New(wire.OverLimit, fmt.Sprintf("The invoice asks for %s, more than the limit of this wallet.", amount),
			"nothing was paid; the limit is max_payment_sat in the wallet's config.toml")
	}
	if err := inv.CheckTime(p.Now()); err != nil {
		return ofInvoice(err, p.conf.Network)
	}
	return nil
}

// known tells whether this invoice was paid, or sent and not yet decided.
func (p *pay) known() (bool, error) {
	rs, err := p.journal.OfHash(p.inv.PaymentHash())
	return slices.ContainsFunc(rs, func(r journal.Record) bool {
		return r.State == payment.Paid || r.State.Open()
	}), err
}

// fromRecord answers for an invoice that is paid already: with the preimage to
// the qube that paid it, without it to any other.
func (p *pay) fromRecord(ctx context.Context) bool {
	r, err := p.paidRecord()
	switch {
	case err != nil:
		p.out.refuse(internal("the journal of payments cannot be read"))
		return true
	case r == nil:
		return false
	case r.Qube == p.Caller:
		p.answerPaid(*r)
		return true
	}
	p.refuse(ctx, wire.New(wire.AlreadyPaid, "This invoice is already paid; another qube asked for it.",
		"nothing was paid now; ask for a new invoice"))
	return true
}

func (p *pay) paidRecord() (*journal.Record, error) {
	rs, err := p.journal.OfHash(p.inv.PaymentHash())
	for _, r := range rs {
		if r.State == payment.Paid && r.Preimage != nil {
			return &r, err
		}
	}
	return nil, err
}

func (p *pay) checkNode(alive context.Context) *wire.Error {
	node, trouble := p.node.Ready(alive, p.conf.Network)
	if trouble != nil {
		return trouble
	}
	if trouble := p.node.Agree(alive, p.inv); trouble != nil {
		return trouble
	}
	if node.Key == fmt.Sprintf("%x", p.inv.Destination()) {
		return wire.New(wire.Unsupported, "This invoice is from your own node, which cannot pay itself.", "nothing was paid")
	}
	return nil
}
