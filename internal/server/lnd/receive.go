package lnd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"qpay/internal/money"
	"qpay/internal/server/ask"
	"qpay/internal/server/invoice"
	"qpay/internal/server/lnd/lnrpc"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
)

// AddInvoice lets the node make an approved invoice. What comes back is read
// like any invoice from outside and compared with what was approved, so that
// nothing is given out by which another is paid, or another amount. Hints to
// private channels stay out: they would tell the payer of these channels.
func (c *Client) AddInvoice(ctx context.Context, a ask.ApprovedInvoice, want invoice.Network, own Node) (invoice.Invoice, *wire.Error) {
	if !a.Valid() {
		return invoice.Invoice{}, unexpected()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	amount, _ := a.Amount()
	made, err := c.wallet.AddInvoice(ctx, &lnrpc.Invoice{
		Memo: a.Memo(), ValueMsat: int64(amount), Expiry: int64(a.Expiry() / time.Second)})
	if err != nil {
		return invoice.Invoice{}, troubleOr(err, unexpected())
	}
	inv, err := invoice.Parse(made.GetPaymentRequest(), want)
	if err != nil {
		return invoice.Invoice{}, disagree()
	}
	got, _ := inv.Amount()
	memo, plain := inv.Description()
	hash := inv.PaymentHash()
	same := got == amount && plain && memo == a.Memo() && inv.Expiry() == a.Expiry() &&
		string(hash[:]) == string(made.GetRHash()) && fmt.Sprintf("%x", inv.Destination()) == own.Key
	if !same {
		return invoice.Invoice{}, disagree()
	}
	return inv, nil
}

// ErrNoInvoice means that the node has no invoice of a payment hash.
var ErrNoInvoice = errors.New("lnd: no invoice of that hash")

// states of an invoice, in the words of doc/protocol.md.
var states = map[lnrpc.Invoice_InvoiceState]string{
	lnrpc.Invoice_OPEN: "open", lnrpc.Invoice_SETTLED: "settled", lnrpc.Invoice_CANCELED: "cancelled", lnrpc.Invoice_ACCEPTED: "accepted",
}

// LookupInvoice tells how an invoice of the node's own stands. Its preimage,
// which lnd shows as well, goes no further than this function: who has it
// before the payment can take the payment on its way.
func (c *Client) LookupInvoice(ctx context.Context, h payment.Hash) (wire.LookupInvoiceAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	i, err := c.wallet.LookupInvoice(ctx, &lnrpc.PaymentHash{RHash: h[:]})
	switch {
	case status.Code(err) == codes.NotFound:
		return wire.LookupInvoiceAnswer{}, ErrNoInvoice
	case err != nil:
		return wire.LookupInvoiceAnswer{}, troubleOr(err, unexpected())
	}
	state, known := states[i.GetState()]
	if !known || string(i.GetRHash()) != string(h[:]) || i.GetAmtPaidMsat() < 0 {
		return wire.LookupInvoiceAnswer{}, unexpected()
	}
	a := wire.LookupInvoiceAnswer{State: state}
	if i.GetState() == lnrpc.Invoice_SETTLED {
		a.Settled, a.Paid = true, money.Msat(i.GetAmtPaidMsat())
	}
	return a, nil
}
