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

	MaxAddress  = 320
	MaxMetadata = 4 << 10 // with PayerData; what is longer is left out
)

// The qrexec services, one for each WebLN method, so that policy can tell them
// apart.
const (
	ServicePay           = "qpay.Pay"
	ServiceMakeInvoice   = "qpay.MakeInvoice"
	ServiceLookupInvoice = "qpay.LookupInvoice"
	ServiceGetInfo       = "qpay.GetInfo"
	ServiceVerifyMessage = "qpay.VerifyMessage"
	ServiceSignMessage   = "qpay.SignMessage"
	ServiceKeysend       = "qpay.Keysend"
	ServiceGetBalance    = "qpay.GetBalance"
)

// Services lists them in the order of doc/protocol.md.
var Services = []string{ServicePay, ServiceMakeInvoice, ServiceLookupInvoice, ServiceGetInfo,
	ServiceVerifyMessage, ServiceSignMessage, ServiceKeysend, ServiceGetBalance}

// Context is what the asking qube claims about its request. Nothing in it is
// ever believed: it is shown, marked as a claim.
type Context struct {
	Origin    string `json:"origin,omitempty"`     // of the web page that asked
	Address   string `json:"address,omitempty"`    // Lightning address, or domain of the LNURL, that gave the invoice or will pay it
	Metadata  string `json:"metadata,omitempty"`   // of LNURL, byte for byte: its hash may be in the invoice
	PayerData string `json:"payer_data,omitempty"` // of LNURL, byte for byte: it is hashed behind Metadata
}

// PayRequest asks for one payment.
type PayRequest struct {
	V       int         `json:"v"`
	Invoice string      `json:"invoice"`               // a BOLT 11 payment request, bare
	Amount  *money.Msat `json:"amount_msat,omitempty"` // a suggestion where the invoice has no amount; the person decides
	Context *Context    `json:"context,omitempty"`
}

// PayAnswer tells that the payment was made. All amounts are in millisatoshi.
type PayAnswer struct {
	Preimage    string     `json:"preimage"`     // 64 hex digits; its SHA-256 is PaymentHash
	PaymentHash string     `json:"payment_hash"` // 64 hex digits
	Amount      money.Msat `json:"amount_msat"`  // what the payee got
	Fee         money.Msat `json:"fee_msat"`     // what routing cost besides
}

// MakeInvoiceRequest asks for an invoice. Amount fixes it; else the person
// chooses within Min and Max, with Default as a suggestion; without any of them
// the invoice may leave the amount to the payer.
type MakeInvoiceRequest struct {
	V       int         `json:"v"`
	Amount  *money.Msat `json:"amount_msat,omitempty"`
	Min     *money.Msat `json:"min_msat,omitempty"`
	Max     *money.Msat `json:"max_msat,omitempty"`
	Default *money.Msat `json:"default_msat,omitempty"`
	Memo    string      `json:"memo,omitempty"`           // at most 639 bytes, the most that BOLT 11 has room for
	Expiry  uint32      `json:"expiry_seconds,omitempty"` // 0 leaves it to the wallet: an hour
	Context *Context    `json:"context,omitempty"`
}

// MakeInvoiceAnswer has the invoice.
type MakeInvoiceAnswer struct {
	PaymentRequest string `json:"payment_request"`
	PaymentHash    string `json:"payment_hash"`
}

// LookupInvoiceRequest asks about an invoice that this qube had made.
type LookupInvoiceRequest struct {
	V           int    `json:"v"`
	PaymentHash string `json:"payment_hash"`
}

// LookupInvoiceAnswer tells whether it is paid.
type LookupInvoiceAnswer struct {
	Settled bool       `json:"settled"`
	State   string     `json:"state"`            // open, settled, cancelled or accepted
	Paid    money.Msat `json:"amount_paid_msat"` // 0 before it is settled
}

// GetInfoRequest asks what the wallet does for this qube.
type GetInfoRequest struct {
	V int `json:"v"`
}

// GetInfoAnswer lists the services that are switched on in the wallet's qube;
// dom0's policy may refuse more of them.
type GetInfoAnswer struct {
	Methods []string `json:"methods"` // names of services without "qpay."
	Alias   string   `json:"alias"`   // of the node, or the wallet's own choice
	Pubkey  string   `json:"pubkey,omitempty"`
	Network string   `json:"network"`
	Version string   `json:"version"` // of qpay-server
}

// VerifyMessageRequest asks whether a node signed a message.
type VerifyMessageRequest struct {
	V         int    `json:"v"`
	Message   string `json:"message"`
	Signature string `json:"signature"` // zbase32, as lnd makes it
}

// VerifyMessageAnswer: Valid only if the signer is in the node's graph.
type VerifyMessageAnswer struct {
	Valid  bool   `json:"valid"`
	Pubkey string `json:"pubkey,omitempty"`
}

// SignMessageRequest asks for the node's signature of a message.
type SignMessageRequest struct {
	V       int      `json:"v"`
	Message string   `json:"message"`
	Context *Context `json:"context,omitempty"`
}

// SignMessageAnswer has it, in zbase32.
type SignMessageAnswer struct {
	Signature string `json:"signature"`
}

// KeysendRequest asks for a payment without an invoice (bLIP 3). Records are
// custom TLV records, number to value in hex; numbers from 65536 on, and never
// that of the preimage. It is answered by a PayAnswer.
type KeysendRequest struct {
	V           int               `json:"v"`
	Destination string            `json:"destination"` // compressed public key, 66 hex digits
	Amount      money.Msat        `json:"amount_msat"`
	Records     map[string]string `json:"records,omitempty"`
	Context     *Context          `json:"context,omitempty"`
}

// GetBalanceRequest asks how much can be spent.
type GetBalanceRequest struct {
	V int `json:"v"`
}

// GetBalanceAnswer has what the active channels hold on this side.
type GetBalanceAnswer struct {
	Balance money.Msat `json:"balance_msat"`
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
