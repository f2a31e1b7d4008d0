package lnnet

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// InvoiceSpec says what invoice to make.
type InvoiceSpec struct {
	Msat            uint64 // 0 makes an invoice without an amount
	Memo            string
	DescriptionHash []byte // 32 bytes, instead of the memo
	Expiry          int    // seconds; 0 leaves it to lnd, which says a day
	Private         bool   // with hints to unannounced channels
}

func (s InvoiceSpec) json() map[string]any {
	in := map[string]any{"memo": s.Memo, "value_msat": fmt.Sprint(s.Msat), "private": s.Private}
	if s.DescriptionHash != nil {
		in["description_hash"] = s.DescriptionHash
	}
	if s.Expiry != 0 {
		in["expiry"] = fmt.Sprint(s.Expiry)
	}
	return in
}

// Invoice is an invoice that was made.
type Invoice struct {
	PaymentRequest string
	Hash           string // hex
}

// NewPreimage makes a secret and its hash, both in hex, for a hold invoice.
func NewPreimage() (preimage, hash string) {
	secret := make([]byte, sha256.Size)
	rand.Read(secret) // never fails, since Go 1.24
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(secret), hex.EncodeToString(sum[:])
}

// AddInvoice makes an invoice that is settled as soon as it is paid.
func (n *Node) AddInvoice(ctx context.Context, s InvoiceSpec) (Invoice, error) {
	return n.addInvoice(ctx, s.json())
}

// AddAMPInvoice makes an invoice that can be paid more than once.
func (n *Node) AddAMPInvoice(ctx context.Context, s InvoiceSpec) (Invoice, error) {
	in := s.json()
	in["is_amp"] = true
	return n.addInvoice(ctx, in)
}

func (n *Node) addInvoice(ctx context.Context, in any) (Invoice, error) {
	var made struct {
		Hash    []byte `json:"r_hash"`
		Request string `json:"payment_request"`
	}
	err := n.Call(ctx, "POST", "/v1/invoices", in, &made)
	return Invoice{PaymentRequest: made.Request, Hash: hex.EncodeToString(made.Hash)}, err
}

// AddHoldInvoice makes an invoice whose payment waits (ACCEPTED) until
// SettleInvoice with the preimage of this hash, or CancelInvoice.
func (n *Node) AddHoldInvoice(ctx context.Context, hash string, s InvoiceSpec) (Invoice, error) {
	raw, err := hex.DecodeString(hash)
	if err != nil {
		return Invoice{}, fmt.Errorf("payment hash: %w", err)
	}
	in := s.json()
	in["hash"] = raw
	var made struct {
		Request string `json:"payment_request"`
	}
	err = n.Call(ctx, "POST", "/v2/invoices/hodl", in, &made)
	return Invoice{PaymentRequest: made.Request, Hash: hash}, err
}

// SettleInvoice takes the payment that a hold invoice has ACCEPTED.
func (n *Node) SettleInvoice(ctx context.Context, preimage string) error {
	return n.postBytes(ctx, "/v2/invoices/settle", "preimage", preimage)
}

// CancelInvoice refuses the payment of an invoice, also one that is held.
func (n *Node) CancelInvoice(ctx context.Context, hash string) error {
	return n.postBytes(ctx, "/v2/invoices/cancel", "payment_hash", hash)
}

func (n *Node) postBytes(ctx context.Context, path, field, value string) error {
	raw, err := hex.DecodeString(value)
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return n.Call(ctx, "POST", path, map[string]any{field: raw}, nil)
}

// LookupInvoice says how an invoice of this node stands: OPEN, ACCEPTED, SETTLED
// or CANCELED, and what was paid.
func (n *Node) LookupInvoice(ctx context.Context, hash string) (state string, paidMsat uint64, err error) {
	var answer struct {
		State string
		Paid  uint64 `json:"amt_paid_msat,string"`
	}
	err = n.Call(ctx, "GET", "/v1/invoice/"+hash, nil, &answer)
	return answer.State, answer.Paid, err
}

// WaitInvoiceState waits until an invoice of this node is in one of the states.
func (n *Node) WaitInvoiceState(ctx context.Context, hash string, want ...string) error {
	return n.wait(ctx, "invoice "+hash, want, func(ctx context.Context) (string, error) {
		state, _, err := n.LookupInvoice(ctx, hash)
		return state, err
	})
}

// wait polls for one of the states.
func (n *Node) wait(ctx context.Context, what string, want []string, get func(context.Context) (string, error)) error {
	return poll(ctx, n.process(), what, func(ctx context.Context) error {
		state, err := get(ctx)
		if err != nil {
			return err
		}
		for _, w := range want {
			if state == w {
				return nil
			}
		}
		return fmt.Errorf("state is %s, not %s", state, strings.Join(want, " or "))
	})
}
