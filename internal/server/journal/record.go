package journal

import (
	"time"

	"qpay/internal/money"
	"qpay/internal/server/payment"
)

// Record is what is remembered of one request to pay. Amounts are in
// millisatoshi, times in UTC.
type Record struct {
	ID             uint64            `json:"id"`
	Qube           payment.Qube      `json:"qube"` // who asked, by Qubes' word
	Hash           payment.Hash      `json:"payment_hash"`
	PaymentRequest string            `json:"payment_request"`
	Destination    string            `json:"destination"` // the payee's key, 66 hex digits
	Description    string            `json:"description,omitempty"`
	Origin         string            `json:"origin,omitempty"`  // a claim of the qube
	Address        string            `json:"address,omitempty"` // likewise: who gave the invoice
	Network        string            `json:"network"`
	State          payment.State     `json:"state"`
	Steps          []Step            `json:"steps"`
	Amount         money.Msat        `json:"amount_msat"`    // 0 until a person has typed it, where the invoice has none
	FeeLimit       money.Msat        `json:"fee_limit_msat"` // from Approved on
	Fee            money.Msat        `json:"fee_msat"`       // when paid
	Preimage       *payment.Preimage `json:"preimage,omitempty"`
	Reason         payment.Reason    `json:"failure_reason,omitempty"`
	Keysend        bool              `json:"keysend,omitempty"` // without an invoice: PaymentRequest is empty
}

// Step is when a record came into a state.
type Step struct {
	State payment.State `json:"state"`
	At    time.Time     `json:"at"`
}

// Since tells when the record came into its present state.
func (r Record) Since() time.Time {
	if len(r.Steps) == 0 {
		return time.Time{}
	}
	return r.Steps[len(r.Steps)-1].At
}

// Learn fills in what lnd's final word says: preimage and fee of a payment
// that was made, the reason of one that failed.
func (r *Record) Learn(o payment.Outcome) {
	switch o.State {
	case payment.Paid:
		p := o.Preimage
		r.Preimage, r.Fee = &p, o.Fee
		if o.Amount != 0 {
			r.Amount = o.Amount
		}
	case payment.Failed:
		r.Reason = o.Reason
	}
}
