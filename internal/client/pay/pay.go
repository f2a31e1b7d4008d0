// Package pay is stage 3, in the asking qube, untrusted: it asks the wallet's
// qube to pay one invoice and checks what comes back.
package pay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"qpay/internal/client/qrexec"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// Result is what became of one invoice: the answer, or the error.
type Result struct {
	Invoice string `json:"invoice"`
	*wire.PayAnswer
	Error *wire.Error `json:"error,omitempty"`
}

// Pay asks for one payment. text is an invoice, perhaps with the scheme
// lightning: before it; suggested, if not nil, is an amount for an invoice that
// has none.
func Pay(ctx context.Context, text string, suggested *money.Msat) Result {
	r := Result{Invoice: Bare(text)}
	line, err := wire.Encode(wire.PayRequest{V: wire.Version, Invoice: r.Invoice, Amount: suggested})
	if err == nil && len(line) > wire.MaxRequest {
		r.Error = wire.New(wire.BadRequest, "This is too long for an invoice.", "nothing was paid")
		return r
	}
	var answer []byte
	if err == nil {
		answer, err = qrexec.Call(ctx, wire.ServicePay, line)
	}
	if err != nil {
		r.Error = asError(err)
		return r
	}
	r.PayAnswer, r.Error = read(answer)
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

func asError(err error) *wire.Error {
	var e *wire.Error
	if errors.As(err, &e) {
		return e
	}
	return wire.New(wire.Internal, "The request could not be made.", "nothing was paid")
}

// read takes an answer apart. A line that is no answer, or a preimage that
// does not prove the payment, leaves the outcome unknown.
func read(answer []byte) (*wire.PayAnswer, *wire.Error) {
	a, err := wire.DecodeAnswer(answer)
	switch {
	case err != nil:
		return nil, garbled()
	case a.Error != nil:
		return nil, a.Error
	case !proves(a.PayAnswer):
		return nil, garbled()
	}
	return a.PayAnswer, nil
}

func garbled() *wire.Error {
	return wire.New(wire.NoAnswer, "The answer from the wallet's qube was not understood.",
		"look at its history of payments; asking for the same invoice again is safe, it is never paid twice")
}

func proves(a *wire.PayAnswer) bool {
	preimage, err := hex.DecodeString(a.Preimage)
	if err != nil || len(preimage) != sha256.Size {
		return false
	}
	sum := sha256.Sum256(preimage)
	return hex.EncodeToString(sum[:]) == a.PaymentHash
}
