// Package ask is stage 8 in lightningvm, trusted: it makes all the text that a
// person sees, runs qpay-dialog to show it, and turns what the person did into
// an Approved, without which package lnd pays nothing.
//
// Each line says where it comes from: Qubes, the invoice, this wallet, or a
// claim of the asking qube. Text from outside is escaped here (escape.go).
package ask

import (
	"fmt"
	"strings"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/invoice"
	"qpay/internal/server/metadata"
	"qpay/internal/server/payment"
)

// Question is all that is known when a person is asked.
type Question struct {
	Caller     payment.Qube
	Invoice    invoice.Invoice
	Claims     Claims
	Fee        money.FeeRule
	MaxPayment money.Msat
	PaidBefore int       // payments to this payee's key, by the journal
	LastPaid   time.Time // the last of them
	Doubt      time.Time // an earlier attempt of which the node knows nothing; zero if none
}

// Claims are what the asking qube says of its own request; anybody could say
// the same.
type Claims struct {
	Origin  string        // the web page's
	Address string        // Lightning address, or domain of the LNURL, of which the invoice is said to be
	Text    metadata.Text // for what it is; it may be better than a claim
	Amount  *money.Msat   // for an invoice without one
}

const (
	fromQubes   = "by Qubes"
	fromInvoice = "in the invoice"
	fromWallet  = "by this wallet"
	originChars = 120
)

// Page is the question as it is drawn.
func (q Question) Page() screen.Page {
	p := screen.Page{
		Kind:     screen.Ask,
		Heading:  "Which amount?",
		Banner:   q.banner(),
		Rows:     q.rows(),
		Expires:  q.Invoice.Expires().UnixMilli(),
		PayLabel: "Pay",
	}
	if amount, ok := q.Invoice.Amount(); ok {
		p.Heading, p.Subheading = amount.String(), amount.BTC()
		p.PayLabel = "Pay " + amount.String()
	} else {
		p.Subheading = "The invoice leaves the amount to you."
		p.Amount = &screen.AmountQuestion{Max: q.MaxPayment, Suggested: q.suggestion(),
			FeeBase: q.Fee.Base, FeePPM: q.Fee.PPM}
	}
	return p
}

// Ends is when the invoice can be paid no more.
func (q Question) Ends() time.Time { return q.Invoice.Expires() }

// suggestion is the qube's, where it makes sense at all.
func (q Question) suggestion() *money.Msat {
	if a := q.Claims.Amount; a != nil && *a > 0 && *a <= q.MaxPayment {
		return a
	}
	return nil
}

// banner is the one thing that must not be overlooked.
func (q Question) banner() *screen.Banner {
	amount, _ := q.Invoice.Amount()
	switch {
	case !q.Doubt.IsZero():
		return &screen.Banner{Level: screen.Warning, Text: "You approved this invoice before, on " + day(q.Doubt) +
			". Your node has no trace of that payment. It does not pay one invoice twice."}
	case amount >= q.MaxPayment/10 && amount > 0:
		return &screen.Banner{Level: screen.Warning, Text: "This is a large payment."}
	}
	return testNetwork(q.Invoice.Network())
}

func (q Question) rows() []screen.Row {
	rows := append(askedBy(q.Caller, q.Claims.Origin), addressRow("Address", q.Claims.Address)...)
	rows = append(append(rows, q.purpose()...), payeeRow(q.Invoice.Destination(), q.PaidBefore, q.LastPaid, fromInvoice))
	if amount, ok := q.Invoice.Amount(); ok {
		rows = append(rows, screen.Row{Key: "Fee", Value: "at most " + q.Fee.Limit(amount).String(),
			Source: fromWallet, Style: screen.Plain})
	}
	return append(rows, q.hash())
}

// payeeRow tells whether this key was paid before. Without that, an invoice that
// a broken qube put in the place of another looks just like the right one.
func payeeRow(key [33]byte, times int, last time.Time, source string) screen.Row {
	note := "first payment to this key"
	switch {
	case times == 1:
		note = "paid once before, on " + day(last)
	case times > 1:
		note = fmt.Sprintf("paid %d times before, last on %s", times, day(last))
	}
	return screen.Row{Key: "Payee", Value: Groups(fmt.Sprintf("%x", key)), Note: note,
		Alert: times == 0, Source: source, Style: screen.Mono}
}

// hash lets a person compare with a second screen, where the payee shows the
// same invoice.
func (q Question) hash() screen.Row {
	return screen.Row{Key: "Payment hash", Value: Groups(q.Hash().String()[:16]) + " …", Source: fromInvoice, Style: screen.Mono}
}

// Hash is the payment hash asked about.
func (q Question) Hash() payment.Hash { return q.Invoice.PaymentHash() }

// Groups puts a space after every fourth digit, for reading aloud and comparing.
func Groups(digits string) string {
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func day(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
