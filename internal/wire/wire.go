// Package wire is shared by client and server: the bytes on the qrexec pipe,
// one JSON line in and one JSON line out, as doc/protocol.md describes them.
// It imports the standard library and the amounts alone. Requests are read by
// the trusted side, answers by the untrusted one; each bounds what it reads.
package wire

import "qpay/internal/money"

// Version is the number that each message carries as "v". A receiver refuses
// any other.
const Version = 1

// Bounds in bytes, with the newline.
const (
	MaxRequest = 16 << 10
	MaxAnswer  = 16 << 10
)

// ServicePay is the qrexec service of PayRequest and PayAnswer.
const ServicePay = "qpay.Pay"

// PayRequest asks for one payment.
type PayRequest struct {
	V       int         `json:"v"`
	Invoice string      `json:"invoice"`               // a BOLT 11 payment request, bare
	Amount  *money.Msat `json:"amount_msat,omitempty"` // a suggestion where the invoice has no amount; the person decides
	Context *Context    `json:"context,omitempty"`
}

// Context is what the asking qube claims about its request. Nothing in it is
// ever believed: it is shown, marked as a claim.
type Context struct {
	Origin string `json:"origin,omitempty"` // of the web page that asked
}

// PayAnswer tells that the payment was made. All amounts are in millisatoshi.
type PayAnswer struct {
	Preimage    string     `json:"preimage"`     // 64 hex digits; its SHA-256 is PaymentHash
	PaymentHash string     `json:"payment_hash"` // 64 hex digits
	Amount      money.Msat `json:"amount_msat"`  // what the payee got
	Fee         money.Msat `json:"fee_msat"`     // what routing cost besides
}

// Error says why there is no PayAnswer, and whether money moved.
type Error struct {
	Code    Code    `json:"code"`
	Message string  `json:"message"`        // a sentence for a person
	Hint    string  `json:"hint,omitempty"` // what to do about it
	Payment Payment `json:"payment"`
}

// Error makes the value usable where Go wants an error.
func (e *Error) Error() string { return e.Message }

// Answer is either the one or the other.
type Answer struct {
	V int `json:"v"`
	*PayAnswer
	Error *Error `json:"error,omitempty"`
}
