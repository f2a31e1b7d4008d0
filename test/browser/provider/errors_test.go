package provider

import (
	"os"
	"slices"
	"testing"
	"time"

	"qpay/internal/wire"
	"qpay/test/browser"
	"qpay/test/browser/client"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// bound is the time within which a page hears of a failure that needs no person.
const bound = 20 * time.Second

// soon measures: an error that comes after a minute is no answer to a page.
func (f *fixture) soon(what func()) {
	f.Helper()
	began := time.Now()
	what()
	if took := time.Since(began); took > bound {
		f.Errorf("it took %v", took)
	}
}

func TestRejected(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		i := f.invoice(2)
		for _, c := range []struct {
			code, button string
			args         []any
		}{
			{"return await webln.sendPayment($1)", "Pay 2 sat", []any{i.PaymentRequest}},
			{"return await webln.makeInvoice(9)", "Request 9 sat", nil},
			{"return await webln.signMessage('hello')", "Sign", nil},
			{"return await webln.keysend({destination: $1, amount: 1})", "Pay 1 sat", []any{f.w.Net.Bob.Pubkey}},
		} {
			j := p.Start(c.code, c.args...)
			f.deny(c.button)
			if e := f.rejects(j, "RejectionError", string(wire.Denied)); e.Payment != string(wire.NotSent) {
				f.Errorf("%+v", e)
			}
		}
		f.unpaid(i)
	})
}

func TestNobodyAnswers(t *testing.T) {
	each(t, func(f *fixture) {
		f.configure("[times]\nask_seconds = 2\n")
		p := f.page("", "")
		i := f.invoice(2)
		f.soon(func() {
			f.rejects(p.Start("return await webln.sendPayment($1)", i.PaymentRequest), "RejectionError", string(wire.NotAnswered))
		})
		f.unpaid(i)
	})
}

func TestLndDown(t *testing.T) {
	each(t, func(f *fixture) {
		line, err := lnnet.NewCut(f.w.Net.Alice.GRPCAddr)
		f.must(err)
		defer line.Close()
		line.Cut()
		f.must(f.w.Configure(f.ctx, world.Settings{Services: wire.Services, Address: line.Addr(), More: allOn}))
		p := f.page("", "")
		i := f.invoice(2)
		j := p.Start("return await webln.sendPayment($1)", i.PaymentRequest)
		f.must(f.w.Press(f.ctx, "Cancel"))
		f.soon(func() { f.rejects(j, "ConnectionError", string(wire.NodeUnreachable)) })
		f.soon(func() {
			f.rejects(p.Start("return await webln.getBalance()"), "ConnectionError", string(wire.NodeUnreachable))
		})
		f.unpaid(i)
	})
}

func TestNotEnrolled(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		i := f.invoice(2)
		f.must(f.w.Qubes.ClearTag(client.Qube, "qpay-client"))
		defer f.w.Qubes.SetTag(client.Qube, "qpay-client")
		f.soon(func() {
			e := f.rejects(p.Start("return await webln.sendPayment($1)", i.PaymentRequest), "ConnectionError", string(wire.PolicyRefused))
			if e.Payment != string(wire.NotSent) {
				f.Errorf("%+v", e)
			}
		})
		f.soon(func() { f.rejects(p.Start("return await webln.getInfo()"), "ConnectionError", "") })
		f.unpaid(i)
	})
}

func TestNoNativeHost(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		i := f.invoice(2)
		f.must(f.c.KillHosts(f.ctx)) // one that runs would serve on
		f.must(os.Rename(f.c.Host, f.c.Host+".away"))
		defer os.Rename(f.c.Host+".away", f.c.Host)
		f.soon(func() {
			e := f.rejects(p.Start("return await webln.sendPayment($1)", i.PaymentRequest), "ConnectionError", "")
			if e.Payment != string(wire.NotSent) {
				f.Errorf("%+v", e)
			}
		})
		f.must(os.Rename(f.c.Host+".away", f.c.Host)) // and it mends itself
		f.must(p.Run(f.ctx, nil, "await webln.getInfo()"))
	})
}

// The host dies while the person is asked: nothing is known of the payment, and
// a page is not told that it failed. The question goes away with its asker.
func TestHostDies(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		i := f.invoice(2)
		j := p.Start("return await webln.sendPayment($1)", i.PaymentRequest)
		f.must(f.w.Says(f.ctx, "Pay 2 sat"))
		f.must(f.c.KillHosts(f.ctx))
		f.soon(func() {
			if e := f.rejects(j, "InternalError", string(wire.NoAnswer)); e.Payment != string(wire.Unknown) {
				f.Errorf("%+v", e)
			}
		})
		f.must(f.w.NoWindow(f.ctx))
		f.unpaid(i)
	})
}

// The page that asked is gone: so is the question, and the host ends when it
// has nothing to wait for.
func TestPageLeaves(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		i := f.invoice(2)
		p.Start("return await webln.sendPayment($1)", i.PaymentRequest)
		f.must(f.w.Says(f.ctx, "Pay 2 sat"))
		f.must(f.c.WaitHosts(f.ctx, 1))
		f.visit(pages().At("evil.test"), "", "")
		f.must(f.w.NoWindow(f.ctx))
		f.unpaid(i)
		if f.c.Kind == browser.Firefox { // the same code, and ten seconds
			f.must(f.c.WaitHosts(f.ctx, 0))
		}
	})
}

// Without a way to the payee, and with an invoice that cannot be paid.
func TestPaymentErrors(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		big, err := f.w.Net.Bob.AddInvoice(f.ctx, lnnet.InvoiceSpec{Msat: 9_000_000_000})
		f.must(err)
		f.configure("[limits]\nmax_payment_sat = 100000000\n")
		j := p.Start("return await webln.sendPayment($1)", big.PaymentRequest)
		f.approve("Pay")
		if e := f.rejects(j, "RoutingError", ""); e.Payment != string(wire.Failed) {
			f.Errorf("%+v", e)
		}
		own, err := f.w.Net.Alice.AddInvoice(f.ctx, lnnet.InvoiceSpec{Msat: 1000})
		f.must(err)
		for _, text := range []string{"lnsb1notaninvoice", own.PaymentRequest} {
			j := p.Start("return await webln.sendPayment($1)", text)
			f.rejects(j, "InvalidDataError", "")
			f.must(f.w.Press(f.ctx, "Close"))
			f.must(f.w.NoWindow(f.ctx))
		}
	})
}

// The outcome is not known: no name of WebLN's fits, and the page is told not
// to pay again.
func TestInFlight(t *testing.T) {
	each(t, func(f *fixture) {
		f.configure("[times]\nanswer_seconds = 2\n")
		p := f.page("", "")
		preimage, hash := lnnet.NewPreimage()
		i, err := f.w.Net.Bob.AddHoldInvoice(f.ctx, hash, lnnet.InvoiceSpec{Msat: 3000})
		f.must(err)
		j := p.Start("return await webln.sendPayment($1)", i.PaymentRequest)
		f.must(f.w.Press(f.ctx, "Pay 3 sat"))
		if e := f.rejects(j, "InternalError", string(wire.InFlightCode)); e.Payment != string(wire.InFlight) {
			f.Errorf("%+v", e)
		}
		f.must(f.w.Net.Bob.WaitInvoiceState(f.ctx, hash, "ACCEPTED"))
		f.must(f.w.Net.Bob.SettleInvoice(f.ctx, preimage))
		f.must(f.w.Press(f.ctx, "Close"))
		f.must(f.w.NoWindow(f.ctx))
		again := p.Start("return await webln.sendPayment($1)", i.PaymentRequest) // its outcome, not a second payment
		if got := f.object(again, "preimage")["preimage"]; got != preimage {
			f.Errorf("preimage %v, want %s", got, preimage)
		}
	})
}

// What is off, in the wallet or by dom0's policy, is absent and rejects. The
// extension asks dom0 once in its life, so it begins a new one here.
func TestSwitchedOff(t *testing.T) {
	prepare := map[browser.Kind]func(*fixture){
		browser.Firefox: func(f *fixture) { // by the policy alone
			f.configure("")
			f.must(f.w.Allow())
		},
		browser.Chromium: func(f *fixture) { // by config.toml alone
			f.must(f.w.Configure(f.ctx, world.Settings{}))
			f.must(f.w.Allow(off...))
		},
	}
	for kind, prepare := range prepare {
		t.Run(string(kind), func(t *testing.T) {
			own, err := client.Extension(kind)
			if err != nil {
				t.Fatal(err)
			}
			f := fresh(t, kind, own)
			prepare(f)
			p := f.visit(pages().Origin(), "", "")
			f.must(f.c.Grant(f.ctx, p))
			for range 2 {
				var methods []string
				f.must(p.Run(f.ctx, &methods, "return (await webln.getInfo()).methods"))
				if want := []string{"enable", "isEnabled", "getInfo", "on", "off", "sendPayment", "sendPaymentAsync", "lnurl", "makeInvoice", "verifyMessage"}; !slices.Equal(methods, want) {
					f.Errorf("methods %v, want %v", methods, want)
				}
				for _, code := range []string{"signMessage('hello')", "getBalance()", "keysend({destination: '" + f.w.Net.Bob.Pubkey + "', amount: 1})"} {
					f.soon(func() { f.rejects(p.Start("return await webln."+code), "UnsupportedMethodError", "") })
				}
			}
			f.must(f.w.NoWindow(f.ctx))
		})
	}
}
