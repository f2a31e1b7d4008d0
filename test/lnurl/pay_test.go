package lnurl

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"qpay/internal/money"
	"qpay/internal/server/journal"
	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// The way of the issue: an address, options behind it, a comment; the window
// says what is verified; bob is paid.
func TestAddress(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("anna", User{Min: 1000, Max: 5_000_000, Metadata: metadata("Two cups of coffee"), Comment: 20,
		Action: Says("tag", "message", "message", "thanks\x1b[2J \u202etoll")})
	c := qpay(t, ctx, w, s, "pay", "Anna@"+Host, "--amount", "1000", "--comment", "hi ☕ & more")
	for _, text := range []string{"Two cups of coffee", "committed to by the payee's key", "anna@" + Host, "a claim of the qube"} {
		must(t, w.Says(ctx, text))
	}
	must(t, w.Press(ctx, button(1000)))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitOK)
	if len(c.out.String()) != 65 {
		t.Errorf("%q", c.out.String())
	}
	c.says("anna@"+Host+" wants from 1 sat to 5 000 sat for: Two cups of coffee", "paid 1 000 sat", "the payee says: thanks?[2J ?toll")
	asked := s.Asked()
	if q := asked[len(asked)-1]; q.Get("comment") != "hi ☕ & more" || q.Get("amount") != "1000000" {
		t.Error(q)
	}
	if state, paid, err := w.Net.Bob.LookupInvoice(ctx, s.LastHash()); err != nil || state != "SETTLED" || paid != 1_000_000 {
		t.Error(state, paid, err)
	}
	j, err := w.Journal()
	must(t, err)
	all, err := j.Select(func(r journal.Record) bool { return r.Address == "anna@"+Host })
	if err != nil || len(all) == 0 || all[0].Description != "Two cups of coffee" {
		t.Errorf("%+v, %v", all, err)
	}
}

// An LNURL in capitals, a name for the payee, a secret that the payment opens.
func TestLNURLWithSecret(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("Shop", User{Min: 7000, Max: 7000, Metadata: `[["text/long-desc","All the words"],["text/plain","A ticket"]]`,
		Payer: `{"name":{"mandatory":true},"pubkey":{"mandatory":false}}`, Action: Secret("your seat", "row 7\nseat \u202e9")})
	c := qpay(t, ctx, w, s, "--json", "--payer", "name=Anna <a>", "lightning:"+lnurl(t, "https://"+Host+"/u/Shop"))
	for _, text := range []string{"All the words", "A ticket", "committed to by the payee's key"} {
		must(t, w.Says(ctx, text))
	}
	must(t, w.Press(ctx, button(7)))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitOK)
	c.says("your seat", "row 7?seat ?9")
	var r struct {
		Target, Invoice, Preimage string
		Action                    map[string]string `json:"success_action"`
	}
	must(t, json.Unmarshal(c.out.Bytes(), &r))
	if r.Action["message"] != "row 7\nseat \u202e9" || r.Action["description"] != "your seat" || r.Action["tag"] != "aes" ||
		!strings.HasPrefix(r.Target, "lnurl1") || !strings.HasPrefix(r.Invoice, "lnsb70n1") || len(r.Preimage) != 64 {
		t.Errorf("%+v", r)
	}
}

// A link is shown and never opened; that it leads elsewhere is told.
func TestLUD17AndLink(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("Case", User{Min: 1, Max: 1_000_000, Metadata: metadata("x"), Memo: true,
		Action: Says("tag", "url", "description", "your ticket", "url", "https://evil.example/ticket")})
	c := qpay(t, ctx, w, s, "lnurlp://"+Host+"/u/Case", "--amount", "5")
	for _, text := range []string{"Said to be for", "coffee, by the invoice"} {
		must(t, w.Says(ctx, text))
	}
	must(t, w.Press(ctx, button(5)))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitOK)
	c.says("the payee says: your ticket", "the payee's link, not opened: https://evil.example/ticket", `warning: the link leads to "evil.example"`)
}

// What cannot be decrypted makes no payment failed. And metadata that is too
// long for the wallet is left out: the window has the hash alone.
func TestSecretThatCannotBeRead(t *testing.T) {
	w, s, ctx := start(t)
	other := Secret("your seat", "row 7")
	s.Add("shop", User{Min: 1000, Max: 1000, Metadata: metadata(strings.Repeat("long ", 1000)),
		Action: func([]byte) any { return other(make([]byte, 32)) }})
	c := qpay(t, ctx, w, s, "--json", "shop@"+Host)
	must(t, w.Says(ctx, "only a hash of a text"))
	must(t, w.Press(ctx, button(1)))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitOK)
	c.says("warning: the payment was made, and what the service had encrypted cannot be read")
	if !strings.Contains(c.out.String(), `"success_action":{"tag":"aes","description":"your seat","warning":`) {
		t.Error(c.out.String())
	}
}

// The text is another than the one that the payee's key committed to.
func TestMismatchIsRefused(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("liar", User{Min: 1000, Max: 9000, Metadata: metadata("A gift to charity"), Hashed: metadata("One yacht")})
	c := qpay(t, ctx, w, s, "--json", "liar@"+Host, "--amount", "9")
	must(t, w.Says(ctx, "Text and invoice do not match"))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitInvoice)
	if !strings.Contains(c.out.String(), `"metadata_mismatch"`) || !strings.Contains(c.out.String(), `"not_sent"`) {
		t.Error(c.out.String())
	}
	if state, _, err := w.Net.Bob.LookupInvoice(ctx, s.LastHash()); err != nil || state != "OPEN" {
		t.Error(state, err)
	}
}

// None of these reaches the wallet.
func TestRefusedBeforeTheWallet(t *testing.T) {
	w, s, ctx := start(t)
	good := User{Min: 1000, Max: 9000, Metadata: metadata("x")}
	more, odd, moved, round := good, good, good, good
	more.Asks = func(m uint64) uint64 { return m + 1 }
	odd.Action = Says("tag", "install", "url", "https://x.example")
	moved.Move = func(*http.Request) string { return "http://" + Host + "/u/good" }
	round.Move = func(*http.Request) string { return "https://" + Host + "/u/round" }
	for name, u := range map[string]User{"good": good, "more": more, "odd": odd, "moved": moved, "round": round,
		"closed":  {Plain: `{"status":"ERROR","reason":"closed\u001b]0;x\u0007 on \u202eSundays"}`},
		"login":   {Plain: `{"tag":"login","k1":"00"}`},
		"channel": {Tag: "channelRequest"},
		"page":    {Plain: "<html>"},
		"huge":    {Plain: strings.Repeat(" ", 300<<10) + "{}"}} {
		s.Add(name, u)
	}
	before := len(w.Qubes.Calls())
	for text, want := range map[string]wire.Code{
		"more@" + Host: wire.ServiceAnswer, "odd@" + Host: wire.ServiceAnswer, "moved@" + Host: wire.UnsafeLink, "round@" + Host: wire.ServiceAnswer,
		"closed@" + Host: wire.ServiceRefused, "nobody@" + Host: wire.ServiceRefused, "login@" + Host: wire.UnsupportedLink, "channel@" + Host: wire.UnsupportedLink,
		"page@" + Host: wire.ServiceAnswer, "huge@" + Host: wire.ServiceAnswer, "good@other.example": wire.UnsafeLink,
		"keyauth://" + Host + "/x?tag=login&k1=00": wire.UnsupportedLink, "lnurlc://" + Host + "/x": wire.UnsupportedLink,
		lnurl(t, "http://"+Host+"/u/good"):              wire.UnsafeLink,
		lnurl(t, "https://"+Host+"/u/x?tag=login&k1=0"): wire.UnsupportedLink,
	} {
		c := qpay(t, ctx, w, s, "--json", text, "--amount", "5")
		<-c.ended
		var r struct{ Error *wire.Error }
		if err := json.Unmarshal(c.out.Bytes(), &r); err != nil || r.Error == nil || r.Error.Code != want || r.Error.Payment != wire.NotSent ||
			c.cmd.ProcessState.ExitCode() != int(wire.ExitFor(r.Error)) {
			t.Errorf("%s: exit %d, %s, %v", text, c.cmd.ProcessState.ExitCode(), c.out.String(), err)
		}
		c.says("qpay: error: ", "qpay: hint: nothing was paid")
	}
	for _, args := range [][]string{{"--amount", "0.5"}, {"--amount", "10"}, {"--amount", "5", "--comment", "hi"}, {"--amount", "5", "--payer", "name=x"}, nil} {
		qpay(t, ctx, w, s, append([]string{"good@" + Host}, args...)...).wait(wire.ExitUsage)
	}
	if got := len(w.Qubes.Calls()); got != before {
		t.Errorf("%d calls reached the wallet", got-before)
	}
}

// Without the test switch the very same service is not spoken to.
func TestLoopbackIsNotAsked(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("good", User{Min: 1000, Max: 9000, Metadata: metadata("x")})
	before := len(s.Asked())
	_, port, _ := strings.Cut(s.Address, ":")
	for _, host := range []string{s.Address, "localhost:" + port, "[::1]:" + port, "[::ffff:127.0.0.1]:" + port, "0.0.0.0:" + port, "10.137.0.1"} {
		c := qpay(t, ctx, w, nil, "lnurlp://"+host+"/u/good", "--amount", "5")
		c.wait(wire.ExitInvoice)
		c.says("hint: nothing was")
	}
	if len(s.Asked()) != before {
		t.Error("the service was asked")
	}
}

func TestDenied(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("good", User{Min: 1000, Max: 9000, Metadata: metadata("x")})
	c := qpay(t, ctx, w, s, "good@"+Host, "--amount", "5")
	must(t, w.Press(ctx, "Cancel"))
	c.wait(wire.ExitDenied)
	c.says("hint: nothing was paid")
}

// A payment without an outcome: the address would give another invoice, so the
// first one is named; asked for again, it is the same payment.
func TestOutcomeOpen(t *testing.T) {
	w, s, ctx := start(t)
	must(t, w.Configure(ctx, world.Settings{More: "[times]\nanswer_seconds = 1\n"}))
	preimage, hash := lnnet.NewPreimage()
	s.Add("slow", User{Min: 1000, Max: 9000, Metadata: metadata("x"), Hold: hash})
	c := qpay(t, ctx, w, s, "slow@"+Host, "--amount", "9")
	must(t, w.Press(ctx, button(9)))
	c.wait(wire.ExitOpen)
	_, after, found := strings.Cut(c.err.String(), "do not pay slow@"+Host+" anew, that would be a second payment; to learn what became of this one: qpay ")
	if !found {
		t.Fatal(c.err.String())
	}
	must(t, w.Net.Bob.WaitInvoiceState(ctx, hash, "ACCEPTED"))
	must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
	must(t, w.Says(ctx, "Paid "+(9*money.PerSat).String()))
	must(t, w.Press(ctx, "Close"))
	again := qpay(t, ctx, w, s, strings.Fields(after)[0])
	again.wait(wire.ExitOK)
	if again.out.String() != preimage+"\n" {
		t.Errorf("%q", again.out.String())
	}
}
