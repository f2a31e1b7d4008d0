package services

import (
	"context"
	"slices"
	"testing"

	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// makeInvoice has the person approve an invoice by a button, after typing an
// amount if there is one.
func makeInvoice(t *testing.T, ctx context.Context, w *world.World, fields map[string]any, button, typed string) wire.MakeInvoiceAnswer {
	t.Helper()
	c := ask(t, ctx, w, "personal", wire.ServiceMakeInvoice, fields)
	if typed != "" {
		must(t, w.Type(ctx, typed))
	}
	must(t, w.Press(ctx, button))
	a := answer[wire.MakeInvoiceAnswer](c)
	must(t, w.Says(ctx, "Invoice made"))
	must(t, w.Press(ctx, "Close"))
	must(t, w.NoWindow(ctx))
	return a
}

func lookUp(t *testing.T, ctx context.Context, w *world.World, qube, hash string) *call {
	t.Helper()
	return ask(t, ctx, w, qube, wire.ServiceLookupInvoice, map[string]any{"payment_hash": hash})
}

// read is what bob's lnd reads in an invoice.
type read struct {
	Hash        string `json:"payment_hash"`
	Msat        uint64 `json:"num_msat,string"`
	Description string
	Expiry      uint64 `json:",string"`
	Destination string
}

func bobReads(t *testing.T, ctx context.Context, w *world.World, request string) (r read) {
	t.Helper()
	must(t, w.Net.Bob.Call(ctx, "GET", "/v1/payreq/"+request, nil, &r))
	return r
}

func TestInvoiceIsPaidByAnotherWallet(t *testing.T) {
	w, ctx := start(t)
	a := makeInvoice(t, ctx, w, map[string]any{"amount_msat": 12_350_001, "memo": "café", "expiry_seconds": 600}, "Request 12 350.001 sat", "")
	want := read{a.PaymentHash, 12_350_001, "café", 600, w.Net.Alice.Pubkey}
	if got := bobReads(t, ctx, w, a.PaymentRequest); got != want {
		t.Fatalf("bob reads %+v, want %+v", got, want)
	}
	if got := answer[wire.LookupInvoiceAnswer](lookUp(t, ctx, w, "personal", a.PaymentHash)); got.Settled || got.State != "open" || got.Paid != 0 {
		t.Fatalf("%+v", got)
	}
	p, err := w.Net.Bob.Pay(ctx, lnnet.PaySpec{PaymentRequest: a.PaymentRequest, FeeLimitMsat: 1000})
	if err != nil || p.Status != "SUCCEEDED" {
		t.Fatal(p, err)
	}
	if got := answer[wire.LookupInvoiceAnswer](lookUp(t, ctx, w, "personal", a.PaymentHash)); !got.Settled || got.State != "settled" || got.Paid != 12_350_001 {
		t.Fatalf("%+v", got)
	}
	// No other qube learns that there is such an invoice.
	lookUp(t, ctx, w, "work", a.PaymentHash).fails(wire.NoInvoice)
	must(t, w.NoWindow(ctx))
}

func TestAmountsOfInvoices(t *testing.T) {
	w, ctx := start(t)
	t.Run("typed", func(t *testing.T) {
		a := makeInvoice(t, ctx, w, map[string]any{"min_msat": 1000, "max_msat": 5_000_000, "default_msat": 2_000_000}, "Request 1 234.567 sat", "1 234.567")
		if got := bobReads(t, ctx, w, a.PaymentRequest); got.Msat != 1_234_567 || got.Expiry != 3600 || got.Description != "" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("left to the payer", func(t *testing.T) {
		a := makeInvoice(t, ctx, w, map[string]any{"memo": "tip"}, "Request", "")
		if got := bobReads(t, ctx, w, a.PaymentRequest); got.Msat != 0 {
			t.Errorf("%+v", got)
		}
		p, err := w.Net.Bob.Pay(ctx, lnnet.PaySpec{PaymentRequest: a.PaymentRequest, Msat: 7_000, FeeLimitMsat: 1000})
		if err != nil || p.Status != "SUCCEEDED" {
			t.Fatal(p, err)
		}
		if got := answer[wire.LookupInvoiceAnswer](lookUp(t, ctx, w, "personal", a.PaymentHash)); got.Paid != 7_000 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("out of bounds", func(t *testing.T) {
		c := ask(t, ctx, w, "personal", wire.ServiceMakeInvoice, map[string]any{"min_msat": 1000, "max_msat": 5_000_000})
		must(t, w.Type(ctx, "0.5"))
		must(t, w.Says(ctx, "At least 1 sat is asked for."))
		must(t, w.Type(ctx, "5001"))
		must(t, w.Says(ctx, "At most 5 000 sat is asked for."))
		must(t, w.Press(ctx, "Cancel"))
		c.fails(wire.Denied)
	})
	t.Run("the most that fits", func(t *testing.T) {
		memo := make([]byte, 639)
		for i := range memo {
			memo[i] = 'x'
		}
		a := makeInvoice(t, ctx, w, map[string]any{"amount_msat": 1, "memo": string(memo), "expiry_seconds": 31536000}, "Request 0.001 sat", "")
		if got := bobReads(t, ctx, w, a.PaymentRequest); got.Msat != 1 || got.Description != string(memo) || got.Expiry != 31536000 {
			t.Errorf("%+v", got)
		}
	})
}

// Cancel, or a caller that goes away: lnd never makes an invoice.
func TestNoInvoiceWithoutApproval(t *testing.T) {
	w, ctx := start(t)
	before := invoices(t, ctx, w.Net.Alice)
	c := ask(t, ctx, w, "personal", wire.ServiceMakeInvoice, map[string]any{"amount_msat": 1000, "memo": "<b>\u202e", "context": map[string]any{"origin": "https://shop.example"}})
	must(t, w.Says(ctx, "<b>⟨U+202E⟩"))
	must(t, w.Says(ctx, "https://shop.example"))
	must(t, w.Press(ctx, "Cancel"))
	if e := c.fails(wire.Denied); e.Hint != "no invoice was made" {
		t.Errorf("%+v", e)
	}
	must(t, w.NoWindow(ctx))
	c = ask(t, ctx, w, "personal", wire.ServiceMakeInvoice, map[string]any{"amount_msat": 1000})
	must(t, w.HasButton(ctx, "Request 1 sat", true))
	must(t, c.cmd.Process.Kill())
	must(t, w.NoWindow(ctx))
	if after := invoices(t, ctx, w.Net.Alice); len(after) != len(before) {
		t.Errorf("%d invoices, before %d", len(after), len(before))
	}
}

func TestGetInfo(t *testing.T) {
	w, ctx := start(t)
	info := func() wire.GetInfoAnswer {
		t.Helper()
		return answer[wire.GetInfoAnswer](ask(t, ctx, w, "personal", wire.ServiceGetInfo, nil))
	}
	got := info()
	if got.Alias != "alice" || got.Pubkey != "" || got.Network != "simnet" || got.Version == "" || len(got.Methods) != len(wire.Services) {
		t.Errorf("%+v", got)
	}
	must(t, w.Configure(ctx, world.Settings{More: "[services]\nshow_node_key = true\n"}))
	got = info()
	if want := []string{"Pay", "MakeInvoice", "LookupInvoice", "GetInfo", "VerifyMessage"}; got.Pubkey != w.Net.Alice.Pubkey || !slices.Equal(got.Methods, want) {
		t.Errorf("%+v", got)
	}
	must(t, w.Net.Alice.Hang()) // what does not depend on the node is told all the same
	got = info()
	must(t, w.Net.Alice.Resume())
	must(t, w.Net.Alice.WaitUsable(ctx))
	if got.Alias != "" || got.Pubkey != "" || len(got.Methods) != 5 {
		t.Errorf("%+v", got)
	}
}

func TestGetBalance(t *testing.T) {
	w, ctx := start(t)
	for { // right after a payment the fee of its HTLC comes back
		got := answer[wire.GetBalanceAnswer](ask(t, ctx, w, "personal", wire.ServiceGetBalance, nil))
		b, err := w.Net.Alice.ChannelBalance(ctx)
		must(t, err)
		if uint64(got.Balance) == b.LocalMsat && b.LocalMsat > 0 {
			break
		}
	}
	must(t, w.NoWindow(ctx))
}
