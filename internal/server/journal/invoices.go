package journal

import (
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"

	"qpay/internal/money"
	"qpay/internal/server/payment"
)

// Invoice is what is remembered of an invoice that was made: for which qube
// above all, since no other may ask what became of it.
type Invoice struct {
	Qube   payment.Qube `json:"qube"` // by Qubes' word
	Hash   payment.Hash `json:"payment_hash"`
	At     time.Time    `json:"at"`
	Amount money.Msat   `json:"amount_msat"` // 0 if the payer decides
	Memo   string       `json:"memo,omitempty"`
}

// Made remembers an invoice.
func (j *Journal) Made(i Invoice) error {
	i.At = i.At.UTC()
	b, err := json.Marshal(i)
	if err != nil {
		return err
	}
	return j.update(func(tx *bbolt.Tx) error { return tx.Bucket(invoices).Put(i.Hash[:], b) })
}

// MadeFor returns the invoice of this hash if it was made for this qube, else
// ErrNoRecord: what was made for another and what was never made cannot be told
// apart.
func (j *Journal) MadeFor(qube payment.Qube, h payment.Hash) (i Invoice, err error) {
	err = j.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket(invoices).Get(h[:])
		if b == nil {
			return ErrNoRecord
		}
		return json.Unmarshal(b, &i)
	})
	if err == nil && i.Qube != qube {
		return Invoice{}, ErrNoRecord
	}
	return i, err
}
