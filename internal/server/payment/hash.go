package payment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hash is a payment hash, Preimage what proves the payment: SHA-256 of the
// preimage is the hash (BOLT 11, BOLT 2).
type (
	Hash     [32]byte
	Preimage [32]byte
)

// Hash of p: compare it before a payment is called paid. lnd shows 32 zero
// bytes as the preimage of what has not succeeded.
func (p Preimage) Hash() Hash { return sha256.Sum256(p[:]) }

func (p Preimage) String() string { return hex.EncodeToString(p[:]) }

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText and UnmarshalText keep both readable in the journal.
func (p Preimage) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
func (h Hash) MarshalText() ([]byte, error)     { return []byte(h.String()), nil }

func (p *Preimage) UnmarshalText(b []byte) error { return fromHex(p[:], b) }
func (h *Hash) UnmarshalText(b []byte) error     { return fromHex(h[:], b) }

// ParseHash reads 64 hex digits.
func ParseHash(s string) (h Hash, err error) { return h, h.UnmarshalText([]byte(s)) }

// ParsePreimage reads 64 hex digits.
func ParsePreimage(s string) (p Preimage, err error) { return p, p.UnmarshalText([]byte(s)) }

func fromHex(to, digits []byte) error {
	if len(digits) != 64 {
		return fmt.Errorf("%d characters, want 64 hex digits", len(digits))
	}
	_, err := hex.Decode(to, digits)
	return err
}
