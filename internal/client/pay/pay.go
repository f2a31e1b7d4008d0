// Package pay is stage 3, in the asking qube, untrusted: it asks the wallet's
// qube to pay one invoice.
package pay

import (
	"context"
	"strings"

	"qpay/internal/client/lnurl"
	"qpay/internal/client/wallet"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// Result is what became of one invoice: the answer, or the error.
type Result struct {
	Target  string `json:"target,omitempty"` // the address or LNURL that gave the invoice
	Invoice string `json:"invoice,omitempty"`
	*wire.PayAnswer
	Action *lnurl.Said `json:"success_action,omitempty"`
	Error  *wire.Error `json:"error,omitempty"`
}

// Pay asks for one payment. text is an invoice, perhaps with the scheme
// lightning: before it; suggested, if not nil, is an amount for an invoice that
// has none.
func Pay(ctx context.Context, text string, suggested *money.Msat) Result {
	return Ask(ctx, wire.PayRequest{Invoice: Bare(text), Amount: suggested})
}

// Ask asks for one payment. A preimage that does not prove the payment leaves
// the outcome unknown.
func Ask(ctx context.Context, q wire.PayRequest) Result {
	q.V = wire.Version
	r := Result{Invoice: q.Invoice}
	r.PayAnswer, r.Error = wallet.Call(ctx, wire.ServicePay, q, wallet.Proves)
	return r
}

// Bare takes white space and the scheme off an invoice.
func Bare(text string) string {
	text = strings.TrimSpace(text)
	const scheme = "lightning:"
	if len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
		text = strings.TrimPrefix(text[len(scheme):], "//")
	}
	return text
}
