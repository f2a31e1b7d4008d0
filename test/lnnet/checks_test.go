package lnnet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func directPayment(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	before := must[Balance](t)(n.Alice.ChannelBalance(ctx))
	p := pay(t, ctx, n.Alice, n.Bob, 12_345_000)
	if p.FeeMsat != 0 {
		t.Errorf("fee %d msat, want none", p.FeeMsat)
	}
	preimage, err := hex.DecodeString(p.Preimage)
	check(t, err)
	if sum := sha256.Sum256(preimage); hex.EncodeToString(sum[:]) != p.Hash {
		t.Errorf("preimage %s does not belong to %s", p.Preimage, p.Hash)
	}
	check(t, poll(ctx, n.Alice.process(), "balance", func(ctx context.Context) error {
		after, err := n.Alice.ChannelBalance(ctx)
		if spent := before.LocalMsat - after.LocalMsat; err == nil && spent != p.ValueMsat {
			err = fmt.Errorf("alice has %d msat less", spent)
		}
		return err
	}))
	pay(t, ctx, n.Bob, n.Alice, 5_000_000)
}

func routedPayment(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	p := pay(t, ctx, n.Alice, n.Carol, 100_000_000)
	if want := n.Fees.For(100_000_000); p.FeeMsat != want || want != 101_000 {
		t.Errorf("fee %d msat, want %d", p.FeeMsat, want)
	}
	inv := must[Invoice](t)(n.Carol.AddInvoice(ctx, InvoiceSpec{Msat: 100_000_000, Private: true, Expiry: 600}))
	low := must[Payment](t)(n.Alice.Pay(ctx, PaySpec{PaymentRequest: inv.PaymentRequest, FeeLimitMsat: 100_999}))
	if low.Status != "FAILED" || low.FailureReason != "FAILURE_REASON_NO_ROUTE" {
		t.Errorf("fee limit one msat too low: %+v", low)
	}
	hasPayment(t, ctx, n.Alice, inv.Hash, "FAILED")
}

// A split payment may have parts at the payee and no route for the rest: it is
// IN_FLIGHT although lnd gives a reason for its failure.
func partsHeld(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	inv := must[Invoice](t)(n.Carol.AddInvoice(ctx, InvoiceSpec{Msat: 100_000_000}))
	outcome := make(chan result, 1)
	go func() {
		p, err := n.Alice.Pay(ctx, PaySpec{PaymentRequest: inv.PaymentRequest, FeeLimitMsat: 100_999, MaxParts: 16})
		outcome <- result{p, err}
	}()
	check(t, poll(ctx, n.Alice.process(), "no route for the rest", func(ctx context.Context) error {
		p, err := n.Alice.Payment(ctx, inv.Hash)
		if err == nil && (p.Status != "IN_FLIGHT" || p.FailureReason != "FAILURE_REASON_NO_ROUTE") {
			err = fmt.Errorf("%+v", p)
		}
		return err
	}))
	check(t, n.Carol.CancelInvoice(ctx, inv.Hash))
	// A part that arrives after the cancellation is refused as well.
	if r := <-outcome; r.err != nil || r.Status != "FAILED" {
		t.Errorf("outcome: %+v", r)
	}
}

func holdSettled(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	preimage, hash, outcome := inFlight(t, ctx, n.Alice, n.Carol)
	hasPayment(t, ctx, n.Alice, hash, "IN_FLIGHT")
	check(t, n.Carol.SettleInvoice(ctx, preimage))
	if r := <-outcome; r.err != nil || r.Status != "SUCCEEDED" || r.Preimage != preimage {
		t.Errorf("outcome: %+v", r)
	}
	state, paid, err := n.Carol.LookupInvoice(ctx, hash)
	if err != nil || state != "SETTLED" || paid != 50_000_000 {
		t.Errorf("invoice: %s, %d msat, %v", state, paid, err)
	}
}

func holdCancelled(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	_, hash, outcome := inFlight(t, ctx, n.Alice, n.Bob)
	check(t, n.Bob.CancelInvoice(ctx, hash))
	r := <-outcome
	if r.err != nil || r.Status != "FAILED" || r.FailureReason != "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS" {
		t.Errorf("outcome: %+v", r)
	}
	check(t, n.Bob.WaitInvoiceState(ctx, hash, "CANCELED"))
}

func amountless(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	description := sha256.Sum256([]byte("a long description"))
	inv := must[Invoice](t)(n.Bob.AddInvoice(ctx, InvoiceSpec{DescriptionHash: description[:]}))
	p := must[Payment](t)(n.Alice.Pay(ctx, PaySpec{PaymentRequest: inv.PaymentRequest, Msat: 7_001}))
	if p.Status != "SUCCEEDED" || p.ValueMsat != 7_001 {
		t.Errorf("payment: %+v", p)
	}
}

func ampTwice(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	inv := must[Invoice](t)(n.Bob.AddAMPInvoice(ctx, InvoiceSpec{Msat: 1_000_000}))
	hashes := map[string]bool{}
	for range 2 {
		p := must[Payment](t)(n.Alice.Pay(ctx, PaySpec{PaymentRequest: inv.PaymentRequest, AMP: true}))
		if p.Status != "SUCCEEDED" {
			t.Errorf("payment: %+v", p)
		}
		hashes[p.Hash] = true
	}
	if len(hashes) != 2 || hashes[inv.Hash] {
		t.Errorf("hashes %v, want two that are not the invoice's", hashes)
	}
}

func deletePayment(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	p := pay(t, ctx, n.Alice, n.Bob, 1_000)
	check(t, n.Alice.DeletePayment(ctx, p.Hash))
	if _, err := n.Alice.Payment(ctx, p.Hash); !errors.Is(err, ErrNoPayment) {
		t.Errorf("the record: %v, want ErrNoPayment", err)
	}
	var refused *APIError
	if _, err := n.Alice.TrackPayment(ctx, p.Hash); !errors.As(err, &refused) || refused.Code != 5 {
		t.Errorf("track: %v, want NotFound(5)", err)
	}
}

func macaroons(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	const key = 7
	baked := must[string](t)(n.Alice.BakeMacaroon(ctx, []string{"/lnrpc.Lightning/GetInfo"}, key))
	ids := must[[]uint64](t)(n.Alice.ListMacaroonIDs(ctx))
	if !slices.Contains(ids, key) {
		t.Errorf("root keys %v lack %d", ids, key)
	}
	client, _ := n.Alice.access()
	limited := &Node{Name: "limited", RESTAddr: n.Alice.RESTAddr, http: client, macaroon: baked}
	if _, err := limited.info(ctx); err != nil {
		t.Error(err)
	}
	if _, err := limited.ChannelBalance(ctx); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("balance: %v, want a refusal", err)
	}
	check(t, n.Alice.DeleteMacaroonID(ctx, key))
	if _, err := limited.info(ctx); err == nil {
		t.Error("a revoked macaroon works")
	}
	admin := must[[]byte](t)(os.ReadFile(n.Alice.AdminMacaroon))
	fromFile := &Node{Name: "file", RESTAddr: n.Alice.RESTAddr, http: client, macaroon: hex.EncodeToString(admin)}
	must[Balance](t)(fromFile.ChannelBalance(ctx))
}

func restartKeeps(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	p := pay(t, ctx, n.Alice, n.Bob, 2_000_000)
	check(t, n.Alice.Stop(ctx))
	if n.Alice.Running() {
		t.Error("alice runs after Stop")
	}
	if _, err := n.Alice.Payments(ctx); err == nil {
		t.Error("a stopped node answers")
	}
	check(t, n.Alice.Restart(ctx))
	hasPayment(t, ctx, n.Alice, p.Hash, "SUCCEEDED")
	pay(t, ctx, n.Alice, n.Carol, 2_000_000)
	pay(t, ctx, n.Bob, n.Alice, 2_000_000)
}

func killInFlight(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	preimage, hash, outcome := inFlight(t, ctx, n.Alice, n.Carol)
	check(t, n.Alice.Kill())
	if r := <-outcome; r.err == nil {
		t.Errorf("the caller of a killed node got %+v", r)
	}
	check(t, n.Alice.Restart(ctx))
	check(t, n.Alice.WaitPaymentStatus(ctx, hash, "IN_FLIGHT"))
	check(t, n.Carol.SettleInvoice(ctx, preimage))
	p := must[Payment](t)(n.Alice.TrackPayment(ctx, hash))
	if p.Status != "SUCCEEDED" || p.Preimage != preimage {
		t.Errorf("payment: %+v", p)
	}
}

func locked(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	check(t, n.Bob.RestartLocked(ctx))
	if state := must[string](t)(n.Bob.State(ctx)); state != stateLocked {
		t.Errorf("state %s, want LOCKED", state)
	}
	if _, err := n.Bob.info(ctx); err == nil || !strings.Contains(err.Error(), "wallet locked") {
		t.Errorf("GetInfo: %v, want a refusal", err)
	}
	check(t, n.Bob.Unlock(ctx))
	pay(t, ctx, n.Alice, n.Carol, 1_000_000)
}
