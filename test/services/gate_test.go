package services

import (
	"strings"
	"testing"

	"qpay/internal/server/config"
	"qpay/internal/wire"
	"qpay/test/world"
)

// requests are good ones; none of them is answered while it is switched off.
func requests(key string) map[string]map[string]any {
	return map[string]map[string]any{
		wire.ServiceMakeInvoice:   {"amount_msat": 1000},
		wire.ServiceLookupInvoice: {"payment_hash": strings.Repeat("00", 32)},
		wire.ServiceGetInfo:       {},
		wire.ServiceVerifyMessage: {"message": "hello", "signature": strings.Repeat("y", 104)},
		wire.ServiceSignMessage:   {"message": "hello"},
		wire.ServiceKeysend:       {"destination": key, "amount_msat": 1000},
		wire.ServiceGetBalance:    {},
	}
}

func TestRefusedByPolicy(t *testing.T) {
	w, ctx := start(t)
	must(t, w.Allow()) // as shipped
	for service, fields := range requests(w.Net.Bob.Pubkey) {
		ask(t, ctx, w, "untrusted", service, fields).refused()
	}
	for _, service := range off {
		ask(t, ctx, w, "personal", service, requests(w.Net.Bob.Pubkey)[service]).refused()
	}
	for _, service := range config.Shipped() { // and an argument is never allowed
		ask(t, ctx, w, "personal", service+"+x", nil).refused()
	}
}

func TestSwitchedOff(t *testing.T) {
	w, ctx := start(t)
	for service, key := range map[string]string{
		wire.ServiceMakeInvoice: "make_invoice", wire.ServiceLookupInvoice: "lookup_invoice", wire.ServiceGetInfo: "get_info",
		wire.ServiceVerifyMessage: "verify_message", wire.ServiceSignMessage: "sign_message", wire.ServiceKeysend: "keysend",
		wire.ServiceGetBalance: "get_balance",
	} {
		must(t, w.Configure(ctx, world.Settings{Services: []string{}, More: "[services]\n" + key + " = false\n"}))
		e := ask(t, ctx, w, "personal", service, requests(w.Net.Bob.Pubkey)[service]).fails(wire.SwitchedOff)
		if e.Payment != wire.NotSent {
			t.Errorf("%s: %+v", service, e)
		}
	}
	must(t, w.NoWindow(ctx))
}

// config.toml switches everything on, and the macaroon allows paying alone.
// (Keysend needs no other call than paying, so no macaroon tells the two apart.)
func TestRefusedByMacaroon(t *testing.T) {
	w, ctx := start(t)
	must(t, w.Configure(ctx, world.Settings{Services: []string{}, More: allOn}))
	all := requests(w.Net.Bob.Pubkey)
	made := map[string]any{"amount_msat": 1000}
	for service, label := range map[string]string{
		wire.ServiceMakeInvoice: "Request 1 sat", wire.ServiceSignMessage: "Sign", wire.ServiceVerifyMessage: "", wire.ServiceGetBalance: "",
	} {
		c := ask(t, ctx, w, "personal", service, all[service])
		if label != "" {
			if err := w.Press(ctx, label); err != nil {
				t.Fatalf("%v; answer %s", err, c.text())
			}
		}
		c.fails(wire.NodeRefused)
		if label != "" {
			must(t, w.Says(ctx, "does not allow this call"))
			must(t, w.Press(ctx, "Close"))
			must(t, w.NoWindow(ctx))
		}
	}
	configure(t, ctx, w, "")
	i := makeInvoice(t, ctx, w, made, "Request 1 sat", "")
	must(t, w.Configure(ctx, world.Settings{Services: []string{wire.ServiceMakeInvoice}, More: allOn}))
	ask(t, ctx, w, "personal", wire.ServiceLookupInvoice, map[string]any{"payment_hash": i.PaymentHash}).fails(wire.NodeRefused)
}

// What makes no sense gets an answer, and nobody is asked.
func TestBadInput(t *testing.T) {
	w, ctx := start(t)
	bob, alice := w.Net.Bob.Pubkey, w.Net.Alice.Pubkey
	amount := `"amount_msat":1000`
	for _, c := range []struct {
		service, line string
		code          wire.Code
	}{
		{wire.ServiceMakeInvoice, `{"v":1,"amount_msat":0}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,"amount_msat":-1}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,"amount_msat":1.5}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,"amount_msat":2100000000000000001}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,"amount_msat":1000,"min_msat":1}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,"min_msat":2,"max_msat":1}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,"max_msat":0}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,"min_msat":2,"max_msat":5,"default_msat":6}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,` + amount + `,"expiry_seconds":31536001}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,` + amount + `,"expiry_seconds":-1}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,` + amount + `,"memo":"` + strings.Repeat("é", 320) + `"}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,` + amount + `,"private":true}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":1,` + amount + `,"context":{"origin":"` + strings.Repeat("a", 2001) + `"}}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `{"v":2,` + amount + `}`, wire.BadRequest},
		{wire.ServiceMakeInvoice, `nonsense`, wire.BadRequest},
		{wire.ServiceMakeInvoice, strings.Repeat("a", wire.MaxRequest), wire.BadRequest},
		{wire.ServiceLookupInvoice, `{"v":1}`, wire.BadRequest},
		{wire.ServiceLookupInvoice, `{"v":1,"payment_hash":"` + strings.Repeat("0g", 32) + `"}`, wire.BadRequest},
		{wire.ServiceLookupInvoice, `{"v":1,"payment_hash":"` + strings.Repeat("00", 33) + `"}`, wire.BadRequest},
		{wire.ServiceLookupInvoice, `{"v":1,"payment_hash":"` + strings.Repeat("00", 32) + `"}`, wire.NoInvoice},
		{wire.ServiceGetInfo, `{"v":1,"more":1}`, wire.BadRequest},
		{wire.ServiceGetInfo, `[]`, wire.BadRequest},
		{wire.ServiceGetBalance, `{}`, wire.BadRequest},
		{wire.ServiceVerifyMessage, `{"v":1,"message":"","signature":"` + strings.Repeat("y", 104) + `"}`, wire.BadRequest},
		{wire.ServiceVerifyMessage, `{"v":1,"message":"m","signature":""}`, wire.BadRequest},
		{wire.ServiceVerifyMessage, `{"v":1,"message":"m","signature":"` + strings.Repeat("l", 104) + `"}`, wire.BadRequest}, // no digit of zbase32
		{wire.ServiceVerifyMessage, `{"v":1,"message":"m","signature":"` + strings.Repeat("y", 105) + `"}`, wire.BadRequest},
		{wire.ServiceVerifyMessage, `{"v":1,"message":"` + strings.Repeat("a", 4097) + `","signature":"` + strings.Repeat("y", 104) + `"}`, wire.BadRequest},
		{wire.ServiceSignMessage, `{"v":1}`, wire.BadMessage},
		{wire.ServiceSignMessage, `{"v":1,"message":"\u200b \n"}`, wire.BadMessage},
		{wire.ServiceSignMessage, `{"v":1,"message":"a\u0000b"}`, wire.BadMessage},
		{wire.ServiceSignMessage, `{"v":1,"message":"` + strings.Repeat("a", 4097) + `"}`, wire.BadMessage},
		{wire.ServiceSignMessage, `{"v":1,"message":" \ufeffdo NOT\u00a0ever sign this text with"}`, wire.BadMessage},
		{wire.ServiceSignMessage, `{"v":1,"message":"\u0018Bitcoin Signed Message:\nx"}`, wire.BadMessage},
		{wire.ServiceSignMessage, `{"v":1,"message":"Lightning Signed Message:x"}`, wire.BadMessage},
		{wire.ServiceSignMessage, "{\"v\":1,\"message\":\"\xff\"}", wire.BadRequest},
		{wire.ServiceKeysend, `{"v":1,"destination":"` + bob + `"}`, wire.BadRequest},
		{wire.ServiceKeysend, `{"v":1,` + amount + `}`, wire.BadDestination},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + strings.Repeat("02", 33) + `x"}`, wire.BadDestination},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"05` + bob[2:] + `"}`, wire.BadDestination},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"02` + strings.Repeat("ff", 32) + `"}`, wire.BadDestination}, // on no curve
		{wire.ServiceKeysend, `{"v":1,"amount_msat":1000000001,"destination":"` + bob + `"}`, wire.OverLimit},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"5482373484":"00"}}`, wire.BadDestination},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"65535":"00"}}`, wire.BadDestination},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"065536":"00"}}`, wire.BadRequest},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"+70000":"00"}}`, wire.BadRequest},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"18446744073709551616":"00"}}`, wire.BadRequest},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"70000":"0"}}`, wire.BadRequest},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"70000":"` + strings.Repeat("00", 1025) + `"}}`, wire.BadRequest},
		{wire.ServiceKeysend, `{"v":1,` + amount + `,"destination":"` + bob + `","records":{"70001":"","70002":"","70003":"","70004":"","70005":"","70006":"","70007":"","70008":"","70009":""}}`, wire.BadRequest},
	} {
		if e := raw(t, ctx, w, "personal", c.service, c.line).fails(c.code); e.Payment != wire.NotSent {
			t.Errorf("%s %.80s: %+v", c.service, c.line, e)
		}
	}
	must(t, w.NoWindow(ctx))

	// What only the node can tell needs the window.
	ask(t, ctx, w, "personal", wire.ServiceKeysend, map[string]any{"destination": alice, "amount_msat": 1000}).fails(wire.BadDestination)
	must(t, w.Says(ctx, "your own node"))
	must(t, w.Press(ctx, "Close"))
}
