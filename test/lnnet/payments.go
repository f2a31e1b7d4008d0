package lnnet

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Payment is lnd's record of one. Only Status decides: lnd fills FailureReason
// while a payment is in flight, and leaves it on one that succeeded.
type Payment struct {
	Hash          string `json:"payment_hash"`
	Status        string `json:"status"`           // INITIATED, IN_FLIGHT, SUCCEEDED, FAILED
	Preimage      string `json:"payment_preimage"` // zeros until it succeeded
	FailureReason string `json:"failure_reason"`
	ValueMsat     uint64 `json:"value_msat,string"`
	FeeMsat       uint64 `json:"fee_msat,string"`
}

// Final says whether the outcome is known.
func (p Payment) Final() bool { return p.Status == "SUCCEEDED" || p.Status == "FAILED" }

// ErrNoPayment means that lnd has no record of a payment.
var ErrNoPayment = errors.New("no such payment")

// PaySpec says what to pay and at most for what fee.
type PaySpec struct {
	PaymentRequest string
	Msat           uint64 // for an invoice without an amount, else 0
	FeeLimitMsat   uint64 // 0 means free routes only
	Timeout        int    // seconds in which lnd may start attempts; 0 means 30
	AMP            bool   // pay an AMP invoice, each time anew
	// MaxParts is how many parts lnd may split it into; 0 means 1. With more
	// (lnd's own default is 16) a fee limit that is a little too low does not
	// fail: lnd sends the parts that still fit, has no route for the rest, and
	// stays IN_FLIGHT until the payee gives up on the parts, after two minutes.
	MaxParts int
}

// Pay pays and waits for the outcome. A payment to a hold invoice keeps it
// waiting; it goes on when the context ends.
func (n *Node) Pay(ctx context.Context, s PaySpec) (Payment, error) {
	in := map[string]any{
		"payment_request": s.PaymentRequest, "fee_limit_msat": fmt.Sprint(s.FeeLimitMsat),
		"timeout_seconds": cmp.Or(s.Timeout, 30), "max_parts": cmp.Or(s.MaxParts, 1), "amp": s.AMP,
	}
	if s.Msat != 0 {
		in["amt_msat"] = fmt.Sprint(s.Msat)
	}
	return n.outcome(ctx, "POST", "/v2/router/send", in)
}

// TrackPayment waits for the outcome of a payment that was sent before.
func (n *Node) TrackPayment(ctx context.Context, hash string) (Payment, error) {
	raw, err := hex.DecodeString(hash)
	if err != nil {
		return Payment{}, fmt.Errorf("payment hash: %w", err)
	}
	return n.outcome(ctx, "GET", "/v2/router/track/"+base64.URLEncoding.EncodeToString(raw), nil)
}

// outcome reads the updates of a payment to the final one.
func (n *Node) outcome(ctx context.Context, method, path string, in any) (Payment, error) {
	var last Payment
	err := n.stream(ctx, method, path, in, func(line json.RawMessage) (bool, error) {
		last = Payment{} // no field of an older update stays
		err := json.Unmarshal(line, &last)
		return !last.Final(), err
	})
	if err == nil && !last.Final() {
		err = fmt.Errorf("%s: the updates ended with the payment %q", n.Name, last.Status)
	}
	return last, err
}

// Payments are all payments this node ever sent, those in flight and those that
// failed among them, oldest first.
func (n *Node) Payments(ctx context.Context) ([]Payment, error) {
	var answer struct{ Payments []Payment }
	err := n.Call(ctx, "GET", "/v1/payments?include_incomplete=true", nil, &answer)
	return answer.Payments, err
}

// Payment is the record of one payment. It returns ErrNoPayment if lnd has none.
func (n *Node) Payment(ctx context.Context, hash string) (Payment, error) {
	all, err := n.Payments(ctx)
	if err != nil {
		return Payment{}, err
	}
	for _, p := range all {
		if p.Hash == hash {
			return p, nil
		}
	}
	return Payment{}, fmt.Errorf("%s: %w: %s", n.Name, ErrNoPayment, hash)
}

// WaitPaymentStatus waits until a payment is in one of the states. To be sure
// that an HTLC is out, wait at the payee for an invoice that is ACCEPTED: lnd
// says IN_FLIGHT before.
func (n *Node) WaitPaymentStatus(ctx context.Context, hash string, want ...string) error {
	return n.wait(ctx, "payment "+hash, want, func(ctx context.Context) (string, error) {
		p, err := n.Payment(ctx, hash)
		return p.Status, err
	})
}

// DeletePayment removes the record, which is lnd's guard against paying twice.
func (n *Node) DeletePayment(ctx context.Context, hash string) error {
	raw, err := hex.DecodeString(hash)
	if err != nil {
		return fmt.Errorf("payment hash: %w", err)
	}
	path := "/v1/payment?payment_hash=" + base64.URLEncoding.EncodeToString(raw)
	return n.Call(ctx, "DELETE", path, nil, nil)
}

// Balance is what the open channels of a node hold.
type Balance struct {
	LocalMsat, RemoteMsat uint64
	UnsettledLocalMsat    uint64 // in payments on their way out
}

// ChannelBalance is the sum over all open channels. Right after a payment the
// one who opened the channel still bears the fee of its HTLC: poll it.
func (n *Node) ChannelBalance(ctx context.Context) (Balance, error) {
	type amount struct {
		Msat uint64 `json:"msat,string"`
	}
	var answer struct {
		Local     amount `json:"local_balance"`
		Remote    amount `json:"remote_balance"`
		Unsettled amount `json:"unsettled_local_balance"`
	}
	err := n.Call(ctx, "GET", "/v1/balance/channels", nil, &answer)
	return Balance{answer.Local.Msat, answer.Remote.Msat, answer.Unsettled.Msat}, err
}
