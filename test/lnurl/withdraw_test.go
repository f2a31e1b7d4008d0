package lnurl

import (
	"encoding/json"
	"strings"
	"testing"

	"qpay/internal/money"
	"qpay/internal/wire"
)

// The person types the amount in the wallet's window; bob pays it out.
func TestWithdraw(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("atm", User{Tag: "withdrawRequest", Min: 1001, Max: 50_000_999, Metadata: "Your change"})
	c := qpay(t, ctx, w, s, "--wait", "lnurlw://"+Host+"/u/atm")
	for _, text := range []string{"Your change", Host, "from 2 sat to 50 000 sat"} {
		must(t, w.Says(ctx, text))
	}
	must(t, w.Type(ctx, "3000"))
	must(t, w.Press(ctx, "Request "+(3000*money.PerSat).String()))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitOK)
	if len(c.out.String()) != 65 {
		t.Errorf("%q", c.out.String())
	}
	c.says(Host+" pays out from 2 sat to 50 000 sat: Your change", Host+" has taken the invoice; the money comes when it pays", "paid: received 3 000 sat")
}

func TestWithdrawAFixedAmount(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("atm", User{Tag: "withdrawRequest", Min: 1000, Max: 50_000_000})
	c := qpay(t, ctx, w, s, "pay", lnurl(t, "https://"+Host+"/u/atm"), "--amount", "40", "--json")
	must(t, w.Press(ctx, "Request "+(40*money.PerSat).String()))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitOK)
	var a struct {
		Target string
		wire.MakeInvoiceAnswer
	}
	must(t, json.Unmarshal(c.out.Bytes(), &a))
	c.says("to see whether it has: qpay lookup " + a.PaymentHash)
	must(t, w.Net.Alice.WaitInvoiceState(ctx, a.PaymentHash, "SETTLED"))
	if !strings.HasPrefix(a.Target, "lnurl1") || !strings.HasPrefix(a.PaymentRequest, "lnsb400n1") {
		t.Errorf("%+v", a)
	}
}

// Nobody is asked for an invoice that the service would not pay.
func TestWithdrawRefused(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("atm", User{Tag: "withdrawRequest", Min: 1000, Max: 50_000})
	before := len(w.Qubes.Calls())
	for _, args := range [][]string{{"--amount", "51"}, {"--amount", "0.5"}, {"--comment", "hi"}} {
		c := qpay(t, ctx, w, s, append([]string{"lnurlw://" + Host + "/u/atm"}, args...)...)
		c.wait(wire.ExitUsage)
		c.says("hint: ")
	}
	qpay(t, ctx, w, s, "atm@"+Host).wait(wire.ExitInvoice)
	if len(w.Qubes.Calls()) != before {
		t.Error("the wallet was asked")
	}
	c := qpay(t, ctx, w, s, "lnurlw://"+Host+"/u/atm")
	must(t, w.Press(ctx, "Cancel"))
	c.wait(wire.ExitDenied)
	c.says("hint: no invoice was made")
}

// The service refuses after the invoice was made: it stays unpaid.
func TestWithdrawRefusedByTheService(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("atm", User{Plain: `{"tag":"withdrawRequest","callback":"https://` + Host + `/cb/nobody?n=1","k1":"a","minWithdrawable":1000,"maxWithdrawable":1000}`})
	c := qpay(t, ctx, w, s, "lnurlw://"+Host+"/u/atm")
	must(t, w.Press(ctx, "Request "+money.PerSat.String()))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitInvoice)
	c.says(`The service refused: "not an amount of mine"`, "nothing was received")
}
