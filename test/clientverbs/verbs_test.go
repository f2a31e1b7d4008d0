package clientverbs

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// made has the person approve the invoice that a running command asks for.
func made(t *testing.T, ctx context.Context, w *world.World, c *command, button string) wire.MakeInvoiceAnswer {
	t.Helper()
	if err := w.Press(ctx, button); err != nil {
		t.Fatalf("%v\nqpay said: %s", err, c.err.String())
	}
	var a wire.MakeInvoiceAnswer
	must(t, json.Unmarshal([]byte(c.lines(ctx, 1)), &a))
	must(t, w.Press(ctx, "Close"))
	return a
}

func TestInvoicePaidByBob(t *testing.T) {
	w, ctx := start(t)
	png := filepath.Join(t.TempDir(), "invoice.png")
	c := qpay(t, ctx, w, "personal", "invoice", "--json", "--wait", "--png", png, "12 350.001", "two coffees")
	a := made(t, ctx, w, c, "Request 12 350.001 sat")
	p, err := w.Net.Bob.Pay(ctx, lnnet.PaySpec{PaymentRequest: a.PaymentRequest, FeeLimitMsat: 1000})
	if err != nil || p.Status != "SUCCEEDED" {
		t.Fatal(p, err)
	}
	_, last, _ := strings.Cut(c.wait(wire.ExitOK), "\n")
	if last != `{"settled":true,"state":"settled","amount_paid_msat":12350001}`+"\n" || !strings.Contains(c.err.String(), "paid: received 12 350.001 sat") {
		t.Errorf("%q, %s", last, c.err.String())
	}
	if info, err := os.Stat(png); err != nil || info.Size() == 0 {
		t.Errorf("the picture: %v", err)
	}
	if got := qpay(t, ctx, w, "personal", "lookup", a.PaymentHash).wait(wire.ExitOK); got != "settled\n" {
		t.Errorf("%q", got)
	}
	qpay(t, ctx, w, "work", "lookup", a.PaymentHash).wait(wire.ExitInvoice)
}

func TestInvoiceCancelledWhileItWaits(t *testing.T) {
	w, ctx := start(t)
	c := qpay(t, ctx, w, "personal", "invoice", "--json", "--wait", "1")
	a := made(t, ctx, w, c, "Request 1 sat")
	must(t, w.Net.Alice.CancelInvoice(ctx, a.PaymentHash))
	if got := c.wait(wire.ExitInvoice); !strings.Contains(got, `"state":"cancelled"`) {
		t.Error(got)
	}
}

func TestInvoiceDenied(t *testing.T) {
	w, ctx := start(t)
	c := qpay(t, ctx, w, "personal", "invoice", "--min", "1", "--max", "10", "any")
	must(t, w.Press(ctx, "Cancel"))
	if got := c.wait(wire.ExitDenied); got != "" || !strings.Contains(c.err.String(), "hint: no invoice was made") {
		t.Errorf("%q, %s", got, c.err.String())
	}
}

func TestSignAndVerify(t *testing.T) {
	w, ctx := start(t)
	allOn(t, ctx, w)
	c := qpay(t, ctx, w, "personal", "sign", "I <am> here\n")
	must(t, w.Press(ctx, "Sign"))
	must(t, w.Press(ctx, "Close"))
	signature := strings.TrimSpace(c.wait(wire.ExitOK))
	var bob struct {
		Valid     bool
		Signature string
	}
	message := []byte("I <am> here\n")
	must(t, w.Net.Bob.Call(ctx, "POST", "/v1/verifymessage", map[string]any{"msg": message, "signature": signature}, &bob))
	if !bob.Valid {
		t.Error("bob does not accept the signature")
	}
	must(t, w.Net.Bob.Call(ctx, "POST", "/v1/signmessage", map[string]any{"msg": message}, &bob))
	if got := qpay(t, ctx, w, "personal", "verify", bob.Signature, string(message)).wait(wire.ExitOK); got != w.Net.Bob.Pubkey+"\n" {
		t.Errorf("%q", got)
	}
	qpay(t, ctx, w, "personal", "verify", bob.Signature, "I am not").wait(wire.ExitInvoice)
	qpay(t, ctx, w, "personal", "verify", "short", "I am here").wait(wire.ExitUsage)
}

func TestKeysendAndBalance(t *testing.T) {
	w, ctx := start(t)
	allOn(t, ctx, w)
	before := qpay(t, ctx, w, "personal", "balance").wait(wire.ExitOK)
	c := qpay(t, ctx, w, "personal", "keysend", "--record", "65537=00ff", w.Net.Bob.Pubkey, "5")
	must(t, w.Press(ctx, "Pay 5 sat without an invoice"))
	must(t, w.Press(ctx, "Close"))
	if got := c.wait(wire.ExitOK); len(got) != 65 || !strings.Contains(c.err.String(), "paid 5 sat") {
		t.Errorf("%q, %s", got, c.err.String())
	}
	if after := qpay(t, ctx, w, "personal", "balance").wait(wire.ExitOK); after == before || !strings.HasSuffix(after, " sat\n") {
		t.Errorf("%q, %q before", after, before)
	}
}

func TestOffAsShipped(t *testing.T) {
	w, ctx := start(t)
	for _, args := range [][]string{{"sign", "x"}, {"keysend", w.Net.Bob.Pubkey, "5"}, {"balance"}} {
		c := qpay(t, ctx, w, "personal", args...)
		c.wait(wire.ExitTransport)
		if !strings.Contains(c.err.String(), "30-user.policy: qpay.") {
			t.Errorf("%s: %s", args, c.err.String())
		}
	}
	must(t, w.Allow(wire.ServiceGetBalance))
	qpay(t, ctx, w, "personal", "balance").wait(wire.ExitWallet)
}

func TestInfo(t *testing.T) {
	w, ctx := start(t)
	var a wire.GetInfoAnswer
	must(t, json.Unmarshal([]byte(qpay(t, ctx, w, "personal", "info", "--json").wait(wire.ExitOK)), &a))
	if strings.Join(a.Methods, " ") != "Pay MakeInvoice LookupInvoice GetInfo VerifyMessage" || a.Network != "simnet" {
		t.Errorf("%+v", a)
	}
}
