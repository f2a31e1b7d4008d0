package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

func TestPay(t *testing.T) {
	inBothWays(t, "personal", func(t *testing.T, ctx context.Context, w *world.World, ask asker) {
		i := invoice(t, ctx, w, 1000)
		wait := ask(wire.ServicePay, payment(i))
		must(t, w.Says(ctx, "https://shop.example"))
		must(t, w.Press(ctx, "Pay 1 000 sat"))
		var a wire.PayAnswer
		must(t, json.Unmarshal(wait(), &a))
		preimage, err := hex.DecodeString(a.Preimage)
		must(t, err)
		if sum := sha256.Sum256(preimage); hex.EncodeToString(sum[:]) != i.Hash || a.Amount != 1_000_000 {
			t.Errorf("%+v is no proof of %s", a, i.Hash)
		}
		must(t, w.Net.Bob.WaitInvoiceState(ctx, i.Hash, "SETTLED"))
		must(t, w.Press(ctx, "Close"))
	})
}

func TestDenied(t *testing.T) {
	inBothWays(t, "personal", func(t *testing.T, ctx context.Context, w *world.World, ask asker) {
		wait := ask(wire.ServicePay, payment(invoice(t, ctx, w, 1000)))
		must(t, w.Press(ctx, "Cancel"))
		fails(t, wait(), wire.Denied, wire.NotSent)
	})
}

func TestNodeDown(t *testing.T) {
	inBothWays(t, "personal", func(t *testing.T, ctx context.Context, w *world.World, ask asker) {
		cut, err := lnnet.NewCut(w.Net.Alice.GRPCAddr)
		must(t, err)
		defer cut.Close()
		cut.Cut()
		must(t, w.Configure(ctx, world.Settings{Address: cut.Addr()}))
		wait := ask(wire.ServicePay, payment(invoice(t, ctx, w, 1000)))
		must(t, w.Says(ctx, "cannot be reached"))
		must(t, w.Press(ctx, "Cancel"))
		fails(t, wait(), wire.NodeUnreachable, wire.NotSent)
	})
}

func TestNotEnrolled(t *testing.T) {
	inBothWays(t, "untrusted", func(t *testing.T, ctx context.Context, w *world.World, ask asker) {
		wait := ask(wire.ServicePay, payment(invoice(t, ctx, w, 1000)))
		fails(t, wait(), wire.PolicyRefused, wire.NotSent)
		must(t, w.NoWindow(ctx))
	})
}

// What is no request of its service does not leave the qube.
func TestBadRequestIsNotSent(t *testing.T) {
	inBothWays(t, "personal", func(t *testing.T, ctx context.Context, w *world.World, ask asker) {
		before := len(w.Qubes.Calls())
		fails(t, ask(wire.ServicePay, `{"v":1,"invoice":"lnbc1","pay":"at once"}`)(), wire.BadRequest, wire.NotSent)
		fails(t, ask(wire.ServicePay, `{}`)(), wire.BadRequest, wire.NotSent)
		if after := len(w.Qubes.Calls()); after != before {
			t.Errorf("%d calls", after-before)
		}
	})
}

func TestMakeAndLookUp(t *testing.T) {
	inBothWays(t, "personal", func(t *testing.T, ctx context.Context, w *world.World, ask asker) {
		wait := ask(wire.ServiceMakeInvoice, `{"v":1,"amount_msat":5000,"memo":"one coffee"}`)
		must(t, w.Press(ctx, "Request 5 sat"))
		var a wire.MakeInvoiceAnswer
		must(t, json.Unmarshal(wait(), &a))
		must(t, w.Press(ctx, "Close"))
		if p, err := w.Net.Bob.Pay(ctx, lnnet.PaySpec{PaymentRequest: a.PaymentRequest, FeeLimitMsat: 1000}); err != nil || p.Status != "SUCCEEDED" {
			t.Fatal(p, err)
		}
		var found wire.LookupInvoiceAnswer
		must(t, json.Unmarshal(ask(wire.ServiceLookupInvoice, fmt.Sprintf(`{"v":1,"payment_hash":%q}`, a.PaymentHash))(), &found))
		if !found.Settled || found.Paid != 5000 {
			t.Errorf("%+v", found)
		}
	})
}
