package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"qpay/internal/money"
	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/wire"
)

// Bounds of an invoice that a qube asks for.
const (
	memoMax       = 639 // bytes; BOLT 11 has room for no more
	expiryDefault = time.Hour
	expiryMax     = 365 * 24 * time.Hour
)

// serveMakeInvoice asks the person and has the node make the invoice.
func serveMakeInvoice(s *session, ctx, alive context.Context, r wire.MakeInvoiceRequest) {
	q, refusal := s.invoiceQuestion(r)
	if refusal != nil {
		s.out.refuse(refusal)
		return
	}
	if !s.enter(alive) {
		return
	}
	var own lnd.Node
	up := func(ctx context.Context) (trouble *wire.Error) {
		own, trouble = s.node.Up(ctx, s.conf.Network)
		return trouble
	}
	if !s.check(alive, up) {
		return
	}
	approved, end := wait[ask.ApprovedInvoice](s, alive, q)
	if end != nil {
		s.out.refuse(end.error)
		return
	}
	s.makeInvoice(ctx, approved, own)
}

// makeInvoice gives the invoice out after the journal has it: a hash that the
// journal does not know could never be asked about.
func (s *session) makeInvoice(ctx context.Context, a ask.ApprovedInvoice, own lnd.Node) {
	inv, trouble := s.node.AddInvoice(ctx, a, s.conf.Network, own)
	if trouble != nil {
		s.refuse(ctx, trouble)
		return
	}
	amount, _ := a.Amount()
	made := journal.Invoice{Qube: s.Caller, Hash: inv.PaymentHash(), At: s.Now(), Amount: amount, Memo: a.Memo()}
	if err := s.journal.Made(made); err != nil {
		s.refuse(ctx, internal("the journal cannot be written"))
		return
	}
	s.out.result(wire.MakeInvoiceAnswer{PaymentRequest: inv.PaymentRequest(), PaymentHash: made.Hash.String()})
	s.show(ask.InvoiceMade(s.Caller, inv, s.out.arrived))
	s.linger()
}

func (s *session) invoiceQuestion(r wire.MakeInvoiceRequest) (q ask.InvoiceQuestion, refusal *wire.Error) {
	c, refusal := claims(r.Context)
	if refusal != nil {
		return q, refusal
	}
	q = ask.InvoiceQuestion{Caller: s.Caller, Origin: c.Origin, Address: c.Address, Network: s.conf.Network, Memo: r.Memo,
		Expiry: time.Duration(r.Expiry) * time.Second, Amount: r.Amount, Max: money.Max, Default: r.Default}
	if r.Expiry == 0 {
		q.Expiry, q.Own = expiryDefault, true
	}
	q.Payer = r.Min == nil && r.Max == nil && r.Default == nil
	if r.Min != nil {
		q.Min = *r.Min
	}
	if r.Max != nil {
		q.Max = *r.Max
	}
	if err := sensible(r, q); err != nil {
		return q, badRequest(err)
	}
	return q, nil
}

// sensible refuses what cannot be meant, so that a person is not asked.
func sensible(r wire.MakeInvoiceRequest, q ask.InvoiceQuestion) error {
	outside := func(m *money.Msat) bool { return m != nil && (*m == 0 || *m < q.Min || *m > q.Max) }
	switch {
	case r.Context != nil && (r.Context.Metadata != "" || r.Context.PayerData != ""):
		return errors.New("metadata, for which this service has no use")
	case len(q.Memo) > memoMax:
		return fmt.Errorf("a memo of %d bytes, at most %d fit into an invoice", len(q.Memo), memoMax)
	case q.Expiry > expiryMax:
		return errors.New("an expiry of more than a year")
	case q.Amount != nil && !q.Payer:
		return errors.New("a fixed amount, and bounds or a default for it")
	case q.Max == 0 || q.Max > money.Max || q.Min > q.Max:
		return errors.New("bounds that no amount is within")
	case outside(r.Amount) || outside(r.Default):
		return errors.New("an amount of nothing, or out of bounds")
	}
	return nil
}
