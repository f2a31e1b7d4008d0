package services

import (
	"context"
	"encoding/json"
	"testing"

	"qpay/internal/wire"
	"qpay/test/lnnet"
)

// lncli runs it against a node and reads what it prints.
func lncli(t *testing.T, ctx context.Context, n *lnnet.Node, out any, args ...string) {
	t.Helper()
	text, err := n.CLI(ctx, args...)
	must(t, err)
	must(t, json.Unmarshal(text, out))
}

// What our node signs, lncli accepts, and the reverse.
func TestSignatures(t *testing.T) {
	w, ctx := start(t)
	const message = "login.example\nnonce: 8f2c \u202e<b>"
	c := ask(t, ctx, w, "personal", wire.ServiceSignMessage, map[string]any{"message": message})
	must(t, w.Says(ctx, "nonce: 8f2c ⟨U+202E⟩<b>"))
	must(t, w.Says(ctx, "Websites take it for a login."))
	must(t, w.Press(ctx, "Sign"))
	ours := answer[wire.SignMessageAnswer](c).Signature
	must(t, w.Says(ctx, "given to personal"))
	must(t, w.Press(ctx, "Close"))

	var verified struct {
		Valid  bool
		Pubkey string
	}
	lncli(t, ctx, w.Net.Bob, &verified, "verifymessage", "--msg", message, "--sig", ours)
	if !verified.Valid || verified.Pubkey != w.Net.Alice.Pubkey {
		t.Fatalf("bob says %+v", verified)
	}

	var signed struct{ Signature string }
	lncli(t, ctx, w.Net.Bob, &signed, "signmessage", "--msg", message)
	verify := func(message string) wire.VerifyMessageAnswer {
		t.Helper()
		return answer[wire.VerifyMessageAnswer](ask(t, ctx, w, "personal", wire.ServiceVerifyMessage, map[string]any{"message": message, "signature": signed.Signature}))
	}
	if got := verify(message); !got.Valid || got.Pubkey != w.Net.Bob.Pubkey {
		t.Errorf("%+v", got)
	}
	if got := verify(message + "."); got.Valid {
		t.Errorf("another text: %+v", got)
	}
	must(t, w.NoWindow(ctx))
}

func TestSigningIsRefused(t *testing.T) {
	w, ctx := start(t)
	c := ask(t, ctx, w, "personal", wire.ServiceSignMessage, map[string]any{"message": "hello"})
	must(t, w.Press(ctx, "Cancel"))
	if e := c.fails(wire.Denied); e.Hint != "nothing was signed" {
		t.Errorf("%+v", e)
	}
	must(t, w.NoWindow(ctx))
}
