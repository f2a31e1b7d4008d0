// Package metadata is stage 7, in lightningvm, trusted: it says what the text
// is worth that an LNURL service gave to the asking qube besides an invoice.
//
// The qube sends it along. Only the payee's key can have put its hash into the
// invoice, so a text that matches is the payee's. That does not make it true,
// and says nothing of the domain: the qube alone has spoken to that.
package metadata

import (
	"crypto/sha256"
	"errors"

	"qpay/internal/server/invoice"
	"qpay/internal/wire"
)

// Errors of Read.
var (
	ErrUnreadable = errors.New("metadata that is not as LNURL wants it")
	ErrMismatch   = errors.New("the invoice has the hash of another text")
)

// Text is what a service says that a payment is for. The zero value is none.
type Text struct {
	wire.Texts
	Given     bool
	Committed bool // its hash is in the invoice, signed by the payee's key
}

// Read takes the text out of what the qube claims, and holds it against the
// invoice. An invoice without a hash leaves it a claim; many services make
// those. A hash of something else is refused: only an attack or a broken
// service does that.
func Read(untrusted wire.Context, inv invoice.Invoice) (Text, error) {
	if untrusted.Metadata == "" {
		if untrusted.PayerData != "" {
			return Text{}, ErrUnreadable
		}
		return Text{}, nil
	}
	texts, err := wire.ReadMetadata(untrusted.Metadata)
	if err != nil {
		return Text{}, ErrUnreadable
	}
	hash, committed := inv.DescriptionHash()
	if committed && sha256.Sum256([]byte(untrusted.Metadata+untrusted.PayerData)) != hash {
		return Text{}, ErrMismatch
	}
	return Text{Texts: texts, Given: true, Committed: committed}, nil
}
