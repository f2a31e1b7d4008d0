package provider

import (
	"encoding/json"
	"slices"
	"testing"

	"qpay/test/browser"
	"qpay/test/browser/page"
	"qpay/test/lnnet"
)

// Each method once, with the result that WebLN says, in names and types, and
// with what bob's lnd says of it.

func TestGetInfo(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		o := f.object(p.Start("return await webln.getInfo()"), "node", "version", "supports", "methods")
		node, _ := o["node"].(map[string]any)
		if node["alias"] != "alice" {
			f.Errorf("node %v", node)
		}
		if pubkey, there := node["pubkey"]; there && pubkey != "" {
			f.Errorf("pubkey %v, which config.toml does not tell", pubkey)
		}
		var methods []string
		text, _ := json.Marshal(o["methods"])
		f.must(json.Unmarshal(text, &methods))
		for _, m := range []string{"enable", "getInfo", "sendPayment", "sendPaymentAsync", "keysend", "makeInvoice", "signMessage", "verifyMessage", "getBalance", "lnurl"} {
			if !slices.Contains(methods, m) && m != "enable" {
				f.Errorf("%s is not in %v", m, methods)
			}
		}
		f.configure("show_node_key = true\n")
		o = f.object(p.Start("return await webln.getInfo()"), "node", "version", "supports", "methods")
		if node, _ := o["node"].(map[string]any); node["pubkey"] != f.w.Net.Alice.Pubkey {
			f.Errorf("node %v", node)
		}
	})
}

func TestSendPayment(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		i := f.invoice(21)
		j := p.Start("return await webln.sendPayment($1)", i.PaymentRequest)
		f.must(f.w.Says(f.ctx, pages().Origin())) // the browser's word, not the page's
		f.approve("Pay 21 sat")
		f.settled(i, f.object(j, "preimage")["preimage"])
	})
}

func TestSendPaymentAsync(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		i := f.invoice(5)
		j := p.Start("return await webln.sendPaymentAsync($1)", i.PaymentRequest)
		f.approve("Pay 5 sat")
		f.empty(j)
		f.must(f.w.Net.Bob.WaitInvoiceState(f.ctx, i.Hash, "SETTLED"))
	})
}

// On its way is no error here: the end of a hold invoice may be days away.
func TestSendPaymentAsyncInFlight(t *testing.T) {
	each(t, func(f *fixture) {
		f.configure("[times]\nanswer_seconds = 2\n")
		p := f.page("", "")
		preimage, hash := lnnet.NewPreimage()
		i, err := f.w.Net.Bob.AddHoldInvoice(f.ctx, hash, lnnet.InvoiceSpec{Msat: 6000})
		f.must(err)
		j := p.Start("return await webln.sendPaymentAsync($1)", i.PaymentRequest)
		f.must(f.w.Press(f.ctx, "Pay 6 sat"))
		f.empty(j)
		f.must(f.w.Net.Bob.WaitInvoiceState(f.ctx, hash, "ACCEPTED"))
		f.must(f.w.Net.Bob.SettleInvoice(f.ctx, preimage))
		f.must(f.w.Press(f.ctx, "Close"))
	})
}

// empty is a promise that resolves to an object without a name.
func (f *fixture) empty(j *page.Job) {
	f.Helper()
	r, err := j.Wait(f.ctx)
	f.must(err)
	if r.Error != nil || string(r.Value) != "{}" {
		f.Fatalf("%v, %s; want {}", r.Error, r.Value)
	}
}

func TestKeysend(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		j := p.Start("return await webln.keysend({destination: $1, amount: '7', customRecords: {7629169: '{}'}})", f.w.Net.Bob.Pubkey)
		f.must(f.w.Says(f.ctx, `7629169: "{}"`))
		f.approve("Pay 7 sat without an invoice")
		got := f.object(j, "preimage")
		all, err := f.w.Net.Alice.Payments(f.ctx)
		f.must(err)
		if last := all[len(all)-1]; last.Preimage != got["preimage"] || last.ValueMsat != 7000 || last.Status != "SUCCEEDED" {
			f.Errorf("lnd has %+v, the page %v", last, got)
		}
	})
}

// All forms of its argument. The invoices are alice's, and bob can pay one.
func TestMakeInvoice(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		for n, c := range []struct {
			arg            any
			says, typed, b string
		}{
			{30, "", "", "Request 30 sat"},
			{"31", "", "", "Request 31 sat"},
			{map[string]any{"amount": "32", "defaultMemo": "a pie"}, "a pie", "", "Request 32 sat"},
			{map[string]any{"defaultAmount": 33, "minimumAmount": "10", "maximumAmount": 50}, "", "40", "Request 40 sat"},
		} {
			// Half of them in each browser: the code is the same, and a window takes time.
			if (f.c.Kind == browser.Firefox) == (n%2 == 0) {
				continue
			}
			j := p.Start("return await webln.makeInvoice($1)", c.arg)
			if c.says != "" {
				f.must(f.w.Says(f.ctx, c.says))
			}
			if c.typed != "" {
				f.must(f.w.Type(f.ctx, c.typed))
			}
			f.approve(c.b)
			request, _ := f.object(j, "paymentRequest")["paymentRequest"].(string)
			if c.typed == "" {
				continue
			}
			paid, err := f.w.Net.Bob.Pay(f.ctx, lnnet.PaySpec{PaymentRequest: request, FeeLimitMsat: 1000})
			if err != nil || paid.Status != "SUCCEEDED" || paid.ValueMsat != 40_000 {
				f.Errorf("bob pays %s: %+v, %v", request, paid, err)
			}
		}
	})
}

func TestMessages(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		j := p.Start("return await webln.signMessage($1)", "login é")
		f.approve("Sign")
		got := f.object(j, "message", "signature")
		if got["message"] != "login é" {
			f.Errorf("%v", got)
		}
		f.nothing(p.Start("return await webln.verifyMessage($1, $2)", got["signature"], "login é"))
		f.rejects(p.Start("return await webln.verifyMessage($1, $2)", got["signature"], "login e"), "InvalidDataError", "")
	})
}

func TestGetBalance(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		r, err := p.Start("return await webln.getBalance()").Wait(f.ctx)
		f.must(err)
		var got struct {
			Balance  json.Number
			Currency string
		}
		if r.Error != nil || json.Unmarshal(r.Value, &got) != nil {
			f.Fatalf("%v, %s", r.Error, r.Value)
		}
		balance, err := f.w.Net.Alice.ChannelBalance(f.ctx)
		f.must(err)
		sat, err := got.Balance.Int64()
		if want := int64(balance.LocalMsat / 1000); err != nil || sat < want-2000 || sat > want+2000 {
			f.Errorf("%s, lnd has %d sat", r.Value, want)
		}
	})
}

// Nothing may throw before it returns, and nothing has a then (await would
// call it).
func TestShape(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.visit(pages().Origin(), "<script>window.early = typeof window.webln</script>"+
			"<script>addEventListener('webln:ready', () => { window.ready = true })</script>", "")
		var got struct {
			Early         string
			Ready, Same   bool
			Then          string
			Events        string
			Thrown, Chain []string
		}
		f.must(p.Run(f.ctx, &got, `
			const thrown = [], chain = []
			for (const name of ['getInfo', 'sendPayment', 'sendPaymentAsync', 'keysend', 'makeInvoice', 'signMessage', 'verifyMessage', 'getBalance', 'lnurl']) {
				if (typeof webln[name] !== 'function') chain.push(name + ' is missing')
				try {
					const p = webln[name]()
					if (!(p instanceof Promise)) chain.push(name)
					p.catch(() => {})
				} catch { thrown.push(name) }
			}
			return { early, ready: !!window.ready, same: webln === qpay, then: typeof webln.then, events: typeof webln.on + typeof webln.off, thrown, chain }`))
		if got.Early != "object" || !got.Ready || !got.Same || got.Then != "undefined" || got.Events != "functionfunction" || got.Thrown != nil && len(got.Thrown)+len(got.Chain) > 0 {
			f.Errorf("%+v", got)
		}
	})
}
