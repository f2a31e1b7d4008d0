package lnurl

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"qpay/internal/client/uri"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// Withdraw is what a service offers to pay out (LUD-03).
type Withdraw struct {
	service
	limits
	Text string // its words for it, or empty

	secret string // k1
}

func readWithdraw(s service, body []byte) (*Withdraw, *wire.Error) {
	var a struct {
		Min    *uint64 `json:"minWithdrawable"`
		Max    *uint64 `json:"maxWithdrawable"`
		Secret string  `json:"k1"`
		Text   string  `json:"defaultDescription"`
	}
	if json.Unmarshal(body, &a) != nil || a.Secret == "" {
		return nil, badAnswer("The service does not say what it pays out as LNURL-withdraw has it.")
	}
	if a.Min == nil {
		a.Min = new(uint64)
	}
	l, e := readLimits(a.Min, a.Max)
	if e != nil {
		return nil, e
	}
	return &Withdraw{service: s, limits: l, Text: a.Text, secret: a.Secret}, nil
}

// memoMax is the most that fits into an invoice, in bytes.
const memoMax = 639

// Request asks the wallet for the invoice: over an amount, or over one that the
// person types in the wallet's window if it is nil.
func (w *Withdraw) Request(amount *money.Msat) (q wire.MakeInvoiceRequest, e *wire.Error) {
	q = wire.MakeInvoiceRequest{V: wire.Version, Memo: shorten(w.Text, memoMax), Context: &wire.Context{Address: w.Name}}
	least, most := w.Whole()
	switch {
	case amount != nil:
		q.Amount = amount
		return q, w.within(*amount, "pay out", "no invoice was made")
	case least == most:
		q.Amount = &most
	default:
		q.Min, q.Max, q.Default = &least, &most, &most
	}
	return q, nil
}

// shorten cuts a text to a number of bytes, between two characters.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// Hand gives the invoice to the service. That it says OK does not mean that it
// has paid.
func (w *Withdraw) Hand(ctx context.Context, invoice string) *wire.Error {
	t, e := uri.Parse(invoice)
	if e != nil || t.Amount == nil {
		return wire.New(wire.NoAnswer, "The wallet's qube made an invoice without an amount, or none.", "nothing was received; ask for another one")
	}
	if e := w.within(*t.Amount, "pay out", "nothing was received"); e != nil {
		return e
	}
	body, e := w.call(ctx, "k1", w.secret, "pr", invoice)
	switch {
	case e != nil:
		return notTaken(e)
	case !ok(body):
		return notTaken(badAnswer("The service does not say whether it took the invoice."))
	}
	return nil
}

// notTaken is an error after the service was told of the invoice: the hints of
// payments do not fit.
func notTaken(e *wire.Error) *wire.Error {
	taken := *e
	taken.Hint = "nothing was received yet; it may be that the service pays all the same: qpay lookup HASH tells"
	if e.Code == wire.ServiceRefused {
		taken.Hint = "nothing was received; the invoice that was made will expire unpaid"
	}
	return &taken
}
