// Package invoice is stage 7, in lightningvm, trusted: it turns untrusted text
// into an Invoice, as BOLT 11 says.
//
// The text is read twice. First by a guard of our own (guard.go), which looks at
// the raw fields and refuses whatever zpay32 would compute wrongly: amounts that
// wrap around, expiries that become negative, missing payment secrets. Then by
// zpay32, since lnd pays what zpay32 reads. Both must have read the same.
//
// Invoice.CheckTime is the part of the judgement that needs a clock.
package invoice

import (
	"bytes"
	"encoding/hex"
	"time"

	"qpay/internal/money"

	"github.com/lightningnetwork/lnd/zpay32"
)

// Invoice is a payment request that passed every rule. Its fields cannot be
// changed, two of them can be compared with ==, and there is a payment secret
// and a good signature in each. The zero value is no invoice.
type Invoice struct {
	request     string
	network     Network
	amount      money.Msat
	created     int64  // Unix seconds, 35 bits
	expiry      uint64 // seconds, at most maxExpiry
	cltv        uint16
	hash        [32]byte
	secret      [32]byte
	payee       [33]byte
	description string
	descHash    [32]byte
	given       fieldSet
}

// Parse reads a bare payment request: no scheme, no white space around it. An
// error is always an *Error. Whether the invoice has expired is not its matter,
// since an invoice that was paid can still be asked about: see CheckTime.
func Parse(untrusted string, want Network) (Invoice, error) {
	inv, err := guard(untrusted, want)
	if err != nil {
		return Invoice{}, err
	}
	theirs, err := zpay32.Decode(untrusted, want.params(), zpay32.WithErrorOnUnknownFeatureBit())
	if err != nil { // what the guard does not look at: a broken f, r or m
		return Invoice{}, refuse(Malformed, RuleDecoder, "the invoice cannot be decoded: %.80q", err)
	}
	if field := inv.differs(theirs); field != "" {
		return Invoice{}, refuse(Malformed, RuleAgreement, "the %s of the invoice can be read in two ways", field)
	}
	return inv, nil
}

// differs names the first field that zpay32 read in another way than the guard,
// so that what is shown is what lnd would pay.
func (i Invoice) differs(z *zpay32.Invoice) string {
	var amount uint64
	if z.MilliSat != nil {
		amount = uint64(*z.MilliSat)
	}
	switch {
	case (z.MilliSat != nil) != i.given.has(amountGiven) || amount != uint64(i.amount):
		return "amount"
	case z.PaymentHash == nil || *z.PaymentHash != i.hash:
		return "payment hash"
	case z.PaymentAddr.IsNone() || z.PaymentAddr.UnwrapOr([32]byte{}) != i.secret || len(z.BlindedPaymentPaths) != 0:
		return "payment secret"
	case !bytes.Equal(z.Destination.SerializeCompressed(), i.payee[:]):
		return "destination"
	case z.Timestamp.Unix() != i.created || z.Expiry() != i.Expiry():
		return "expiry"
	case z.MinFinalCLTVExpiry() != uint64(i.cltv):
		return "final delay"
	case !same(z.Description, i.description, i.given.has(fieldD)):
		return "description"
	case !same(z.DescriptionHash, i.descHash, i.given.has(fieldH)):
		return "description hash"
	}
	return ""
}

// same compares an optional value of zpay32 with one of ours.
func same[T comparable](theirs *T, ours T, given bool) bool {
	return given == (theirs != nil) && (!given || *theirs == ours)
}

// PaymentRequest is the very string received, capitals and all: this one is
// sent to lnd.
func (i Invoice) PaymentRequest() string { return i.request }

// Network is the one that the prefix names.
func (i Invoice) Network() Network { return i.network }

// Amount is what the invoice asks for, between 1 and money.Max; ok is false if
// it leaves the amount to the payer.
func (i Invoice) Amount() (amount money.Msat, ok bool) { return i.amount, i.given.has(amountGiven) }

// PaymentHash identifies the payment in lnd and in the journal.
func (i Invoice) PaymentHash() [32]byte { return i.hash }

// Destination is the compressed public key of the payee.
func (i Invoice) Destination() [33]byte { return i.payee }

// DestinationGiven says that the invoice has an n field. If it has none, the
// key comes out of the signature, and a changed invoice is a valid one of
// another payee.
func (i Invoice) DestinationGiven() bool { return i.given.has(fieldN) }

// Description is any UTF-8 text of the payee's, also control and bidirectional
// characters: it is escaped where it is drawn. Either it or DescriptionHash is
// there.
func (i Invoice) Description() (text string, ok bool) { return i.description, i.given.has(fieldD) }

// DescriptionHash is the SHA-256 of a text that is not in the invoice.
func (i Invoice) DescriptionHash() (hash [32]byte, ok bool) { return i.descHash, i.given.has(fieldH) }

// Created is the timestamp of the invoice.
func (i Invoice) Created() time.Time { return time.Unix(i.created, 0).UTC() }

// Expiry is how long after Created the invoice may be paid.
func (i Invoice) Expiry() time.Duration { return time.Duration(i.expiry) * time.Second }

// Expires is Created plus Expiry.
func (i Invoice) Expires() time.Time { return i.Created().Add(i.Expiry()) }

// FinalCLTVDelta is the number of blocks lnd will use for the last hop: that of
// the invoice, or else lnd's own default of 24 (BOLT 11 asks for at least 18).
func (i Invoice) FinalCLTVDelta() uint16 { return i.cltv }

// Expired says that the time to pay is over.
func (i Invoice) Expired(now time.Time) bool { return !now.Before(i.Expires()) }

// CheckTime refuses an invoice that has expired, or that ends more than ten
// years from now: its timestamp may be any year up to 3058.
func (i Invoice) CheckTime(now time.Time) error {
	if i.Expired(now) {
		return refuse(Expired, RuleExpiry, "the invoice has expired")
	}
	if i.Expires().After(now.Add(maxExpiry * time.Second)) {
		return refuse(Absurd, RuleExpiry, "the invoice ends more than ten years from now")
	}
	return nil
}

// String is for messages: a payment request must not get into a log.
func (i Invoice) String() string { return "invoice " + hex.EncodeToString(i.hash[:]) }
