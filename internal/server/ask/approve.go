package ask

import (
	"errors"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/invoice"
	"qpay/internal/server/payment"
)

// Approved is a payment that a person saw and approved. Only Question.Approve
// makes one; the zero value is refused where money is sent.
type Approved struct {
	inv      invoice.Invoice
	amount   money.Msat
	feeLimit money.Msat
	valid    bool
}

// Valid tells an approval from the zero value, which anybody can write.
func (a Approved) Valid() bool { return a.valid }

// PaymentRequest is the text that is paid: the very string that was received.
func (a Approved) PaymentRequest() string { return a.inv.PaymentRequest() }

// Hash is the payment hash.
func (a Approved) Hash() payment.Hash { return a.inv.PaymentHash() }

// Amount is what the payee gets.
func (a Approved) Amount() money.Msat { return a.amount }

// FeeLimit is the most that routing may cost besides, as it was shown.
func (a Approved) FeeLimit() money.Msat { return a.feeLimit }

// AmountToSet is the amount that the person typed, for an invoice without one.
// lnd wants it told for those, and refuses it for all others.
func (a Approved) AmountToSet() (money.Msat, bool) {
	_, fixed := a.inv.Amount()
	return a.amount, !fixed
}

// Reasons for which an event is no approval.
var (
	ErrNotShown = errors.New("ask: the answer is about something else than what was shown")
	ErrExpired  = errors.New("ask: the invoice has expired")
	ErrAmount   = errors.New("ask: the typed amount or its fee limit is out of bounds")
)

// about tells whether the event says yes to the page that has the digest.
func about(digest string, e screen.Event) bool {
	return e.What == screen.Pay && digest != "" && e.Digest == digest
}

// Approve turns the event of a window into an approval. digest is that of the
// page that was shown for q. It looks again at everything that the window has
// looked at before, since a fault there must cost no money.
func (q Question) Approve(digest string, e screen.Event, now time.Time) (Approved, error) {
	if !about(digest, e) {
		return Approved{}, ErrNotShown
	}
	if !now.Before(q.Invoice.Expires()) {
		return Approved{}, ErrExpired
	}
	amount, fixed := q.Invoice.Amount()
	switch {
	case fixed && (e.Amount != nil || e.FeeLimit != nil):
		return Approved{}, ErrNotShown
	case !fixed && (e.Amount == nil || e.FeeLimit == nil):
		return Approved{}, ErrAmount
	case !fixed:
		amount = *e.Amount
		if *e.FeeLimit != q.Fee.Limit(amount) {
			return Approved{}, ErrAmount
		}
	}
	if amount == 0 || amount > q.MaxPayment {
		return Approved{}, ErrAmount
	}
	return Approved{inv: q.Invoice, amount: amount, feeLimit: q.Fee.Limit(amount), valid: true}, nil
}
