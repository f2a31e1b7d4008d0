package main

import (
	"context"
	"os"

	"qpay/internal/client/lnurl"
	"qpay/internal/client/notice"
	"qpay/internal/client/pay"
	"qpay/internal/client/uri"
	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// testSwitch is an environment variable for tests of the whole program, see
// lnurl.Test. A page, a link or an argument cannot set it.
const testSwitch = "QPAY_TEST_LNURL"

func (t *terminal) lnurl() (*lnurl.Client, *wire.Error) {
	text := os.Getenv(testSwitch)
	if text == "" {
		return lnurl.New(lnurl.Options{}), nil
	}
	test, err := lnurl.ParseTest(text, os.ReadFile)
	if err != nil {
		return nil, wire.New(wire.BadRequest, testSwitch+" is set, and not right: "+err.Error()+".", "nothing was paid; unset it: it is for tests")
	}
	t.warn(testSwitch + " is set: every service is looked for on this machine")
	return lnurl.New(lnurl.Options{Test: test}), nil
}

// payService asks the service behind a link or address, and does what it is
// for.
func (t *terminal) payService(ctx context.Context, to uri.Target, o order, what string) wire.Exit {
	failed := func(e *wire.Error) wire.Exit {
		return t.result(pay.Result{Target: to.String(), Error: unpaid(e)})
	}
	client, e := t.lnurl()
	if e != nil {
		return failed(e)
	}
	s, e := client.Open(ctx, to)
	switch {
	case e != nil:
		return failed(e)
	case s.Withdraw != nil:
		return t.withdraw(ctx, s.Withdraw, to, o)
	}
	t.say("%s wants %s for: %s", s.Pay.Name, s.Pay, about(s.Pay.Texts))
	choice, e := t.choose(ctx, s.Pay, o)
	if e != nil {
		return failed(e)
	}
	bill, e := s.Pay.Bill(ctx, choice)
	if e != nil {
		return failed(e)
	}
	return t.settle(ctx, wire.PayRequest{Invoice: bill.Invoice, Context: o.claim(&bill.Context)}, bill.Action, to, what)
}

// maxAbout bounds what is said of a service's text, in characters; the wallet's
// window shows more of it.
const maxAbout = 300

func about(t wire.Texts) string {
	text := t.Long
	if text == "" {
		text = t.Short
	}
	if r := []rune(text); len(r) > maxAbout {
		text = string(r[:maxAbout]) + "…"
	}
	return text
}

// settle has the wallet pay an invoice, and says what became of it.
func (t *terminal) settle(ctx context.Context, q wire.PayRequest, then *lnurl.Action, to uri.Target, what string) wire.Exit {
	done := t.waiting(what + forApproval)
	r := pay.Ask(ctx, q)
	done()
	if to.Kind != uri.Invoice {
		r.Target = to.String()
	}
	switch {
	case r.PayAnswer != nil:
		r.Action = then.Reveal(r.Preimage)
	case wire.ExitFor(r.Error) == wire.ExitOpen && to.Kind != uri.Invoice:
		r.Error = notAnew(r.Error, q)
	}
	return t.result(r)
}

// notAnew is the hint after a payment without an outcome that began with an
// address. That would give another invoice, and both could be paid.
func notAnew(e *wire.Error, q wire.PayRequest) *wire.Error {
	full := *e
	full.Hint = "do not pay " + q.Context.Address + " anew, that would be a second payment; to learn what became of this one: qpay " + q.Invoice
	return &full
}

// withdrawn is what --json says of a withdrawal.
type withdrawn struct {
	Target string `json:"target"`
	*wire.MakeInvoiceAnswer
	Error *wire.Error `json:"error,omitempty"`
}

// withdraw has the wallet make an invoice and gives it to the service.
func (t *terminal) withdraw(ctx context.Context, w *lnurl.Withdraw, to uri.Target, o order) wire.Exit {
	out := withdrawn{Target: to.String()}
	failed := func(e *wire.Error) wire.Exit {
		out.Error = e
		return wire.ExitFor(t.told(out, e))
	}
	if o.comment != nil || len(o.payer) > 0 {
		return failed(wire.New(wire.BadChoice, "A withdrawal takes no comment, and nothing about the payer.", "no invoice was made; leave --comment and --payer out"))
	}
	q, e := w.Request(o.amount)
	if e != nil {
		return failed(e)
	}
	q.Context = o.claim(q.Context)
	t.say("%s pays out %s: %s", w.Name, w, about(wire.Texts{Short: w.Text}))
	done := t.waiting(forApproval)
	out.MakeInvoiceAnswer, e = wallet.Call(ctx, wire.ServiceMakeInvoice, q, wallet.Invoice)
	done()
	if e != nil {
		return failed(e)
	}
	hash := out.PaymentHash
	if e := w.Hand(ctx, out.PaymentRequest); e != nil {
		return failed(withHash(e, hash))
	}
	t.print(out, hash)
	t.news(notice.Good, "qpay: the invoice was handed over", w.Name+" has taken it; the money comes when it pays.")
	t.say("%s has taken the invoice; the money comes when it pays", w.Name)
	if !o.wait {
		t.say("to see whether it has: qpay lookup %s", hash)
		return wire.ExitOK
	}
	return exitOf(t.await(ctx, hash, walletExpiry))
}
