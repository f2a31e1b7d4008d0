package wallet

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"qpay/internal/wire"
)

// Hash reads a payment hash as a person gives it.
func Hash(text string) (hash string, ok bool) {
	hash = strings.ToLower(strings.TrimSpace(text))
	raw, err := hex.DecodeString(hash)
	return hash, err == nil && len(raw) == sha256.Size
}

// Proves says whether the preimage of an answer belongs to its hash.
func Proves(a *wire.PayAnswer) bool {
	preimage, err := hex.DecodeString(a.Preimage)
	if err != nil || len(preimage) != sha256.Size {
		return false
	}
	sum := sha256.Sum256(preimage)
	return hex.EncodeToString(sum[:]) == a.PaymentHash
}

// Invoice says whether an answer has the form of an invoice and its hash.
func Invoice(a *wire.MakeInvoiceAnswer) bool {
	hash, ok := Hash(a.PaymentHash)
	return ok && hash == a.PaymentHash && strings.HasPrefix(a.PaymentRequest, "ln") && letters(a.PaymentRequest)
}

// Found says whether an answer names a state and does not contradict itself.
func Found(a *wire.LookupInvoiceAnswer) bool {
	return a.State != "" && letters(a.State) && a.Settled == (a.State == "settled")
}

// Signed says whether an answer has the form of a signature in zbase32.
func Signed(a *wire.SignMessageAnswer) bool { return a.Signature != "" && letters(a.Signature) }

// letters says whether a text has small letters and digits alone.
func letters(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
