package lnd

import (
	"context"
	"time"

	"qpay/internal/server/ask"
	"qpay/internal/server/lnd/routerrpc"
	"qpay/internal/server/payment"
)

// PreimageRecord carries the preimage of a keysend to the payee (bLIP 3).
// Records of a caller's own have numbers from FirstRecord on, and never this.
const (
	PreimageRecord = 5482373484
	FirstRecord    = 65536
)

// Keysend sends an approved payment without an invoice; for the rest see Pay.
// It must be called once for an approval: lnd refuses a second payment of one
// hash, but nothing else here does.
func (c *Client) Keysend(ctx context.Context, a ask.ApprovedKeysend, attempts time.Duration, progress func(payment.Outcome)) (payment.Outcome, error) {
	if !a.Valid() {
		return payment.Outcome{}, ErrNotApproved
	}
	to, preimage, records := a.Destination(), a.Preimage(), a.Records()
	if records == nil {
		records = map[uint64][]byte{}
	}
	records[PreimageRecord] = preimage[:]
	hash := preimage.Hash()
	s, err := c.router.SendPaymentV2(ctx, &routerrpc.SendPaymentRequest{
		Dest:              to[:],
		AmtMsat:           int64(a.Amount()), // at most 21 million bitcoin, as the limit
		PaymentHash:       hash[:],
		DestCustomRecords: records,
		FeeLimitMsat:      int64(a.FeeLimit()),
		TimeoutSeconds:    int32(attempts / time.Second),
		MaxParts:          1, // without a payment secret it cannot be split
	})
	if err != nil {
		return payment.Outcome{State: payment.Unknown}, err
	}
	return final(s, hash, progress)
}
