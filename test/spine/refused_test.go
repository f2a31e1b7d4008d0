package spine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qpay/internal/server/config"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// refusal asks for an invoice that is refused without a question, and looks at
// the window that says so.
func refusal(t *testing.T, ctx context.Context, w *world.World, invoice string, exit wire.Exit, code wire.Code, window string) *wire.Error {
	t.Helper()
	c := qpay(t, ctx, w, "personal", "--json", invoice).wait(exit)
	e := c.failure(code)
	if e.Payment != wire.NotSent {
		t.Errorf("payment is %q", e.Payment)
	}
	says(t, ctx, w, window)
	press(t, ctx, w, "Close")
	noWindow(t, ctx, w)
	return e
}

// vector is an invoice of the specification's examples.
func vector(t *testing.T, id string) string {
	t.Helper()
	text, err := os.ReadFile("../../internal/server/invoice/testdata/bolt11.json")
	must(t, err)
	var all struct {
		Vectors []struct{ ID, Invoice string }
	}
	must(t, json.Unmarshal(text, &all))
	for _, v := range all.Vectors {
		if v.ID == id {
			return v.Invoice
		}
	}
	t.Fatal("no vector ", id)
	return ""
}

func TestInvoicesThatAreRefused(t *testing.T) {
	w, ctx := start(t)
	t.Run("not an invoice", func(t *testing.T) {
		refusal(t, ctx, w, "lnsb1notaninvoice", wire.ExitInvoice, wire.BadInvoice, "Not a payable invoice")
	})
	t.Run("a typing error", func(t *testing.T) {
		text := invoice(t, ctx, w.Net.Bob, 1000, "").PaymentRequest
		refusal(t, ctx, w, text[:len(text)-1]+"b", wire.ExitInvoice, wire.BadInvoice, "Not a payable invoice")
	})
	t.Run("of another network", func(t *testing.T) {
		e := refusal(t, ctx, w, vector(t, "coffee-one-minute"), wire.ExitInvoice, wire.WrongNetwork, "Not a payable invoice")
		if !strings.Contains(e.Message, "mainnet") || !strings.Contains(e.Hint, "simnet") {
			t.Errorf("%+v", e)
		}
	})
	t.Run("AMP, which could be paid twice", func(t *testing.T) {
		i, err := w.Net.Bob.AddAMPInvoice(ctx, lnnet.InvoiceSpec{Msat: 1000})
		must(t, err)
		refusal(t, ctx, w, i.PaymentRequest, wire.ExitInvoice, wire.Unsupported, "Not a payable invoice")
	})
	t.Run("over the limit", func(t *testing.T) {
		i := invoice(t, ctx, w.Net.Bob, 1_000_001_000, "")
		refusal(t, ctx, w, i.PaymentRequest, wire.ExitInvoice, wire.OverLimit, "Above your limit")
	})
	t.Run("from the own node", func(t *testing.T) {
		i := invoice(t, ctx, w.Net.Alice, 1000, "")
		refusal(t, ctx, w, i.PaymentRequest, wire.ExitInvoice, wire.Unsupported, "Not a payable invoice")
		neverSent(t, ctx, w, i)
	})
	t.Run("expired before", func(t *testing.T) {
		i, err := w.Net.Bob.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: 1000, Expiry: 1})
		must(t, err)
		must(t, w.Net.Bob.WaitInvoiceState(ctx, i.Hash, "CANCELED")) // lnd does that at expiry
		refusal(t, ctx, w, i.PaymentRequest, wire.ExitInvoice, wire.Expired, "This invoice has expired")
		neverSent(t, ctx, w, i)
	})
}

func TestExpiredWhileAsking(t *testing.T) {
	w, ctx := start(t)
	i, err := w.Net.Bob.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: 1_000_000, Expiry: 4})
	must(t, err)
	c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
	c.wait(wire.ExitInvoice).failure(wire.Expired)
	says(t, ctx, w, "xpired")
	press(t, ctx, w, "Close")
	becomes(t, ctx, w, i, payment.Expired)
	neverSent(t, ctx, w, i)
}

// Payments that lnd tries and that fail for good.
func TestPaymentsThatFail(t *testing.T) {
	w, ctx := start(t)
	pay := func(t *testing.T, i lnnet.Invoice, code wire.Code, more string) {
		t.Helper()
		must(t, w.Configure(ctx, world.Settings{More: more}))
		c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
		press(t, ctx, w, "Pay")
		if e := c.wait(wire.ExitFailed).failure(code); e.Payment != wire.Failed || !strings.Contains(e.Hint, "no money moved") {
			t.Errorf("%+v", e)
		}
		says(t, ctx, w, "Not paid")
		says(t, ctx, w, "None of it moved")
		press(t, ctx, w, "Close")
		becomes(t, ctx, w, i, payment.Failed)
	}
	t.Run("no route to the payee", func(t *testing.T) {
		dave, err := w.Net.AddNode(ctx, "dave")
		must(t, err)
		pay(t, invoice(t, ctx, dave, 1_000_000, ""), wire.NoRoute, "")
		must(t, dave.Stop(ctx))
	})
	t.Run("fee limit too low", func(t *testing.T) {
		i := invoice(t, ctx, w.Net.Carol, 10_000_000, "")
		pay(t, i, wire.NoRoute, "[fee_limit]\nbase_sat = 0\nppm = 0\n")
		must(t, w.Configure(ctx, world.Settings{})) // and with enough, the same invoice is paid
		c := qpay(t, ctx, w, "personal", i.PaymentRequest)
		press(t, ctx, w, "Pay")
		c.wait(wire.ExitOK)
		press(t, ctx, w, "Close")
	})
	t.Run("too little balance", func(t *testing.T) {
		pay(t, invoice(t, ctx, w.Net.Bob, 9_000_000_000, ""), wire.Insufficient, "[limits]\nmax_payment_sat = 100000000\n")
	})
	t.Run("cancelled by the payee before", func(t *testing.T) {
		i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
		must(t, w.Net.Bob.CancelInvoice(ctx, i.Hash))
		pay(t, i, wire.PayeeRefused, "")
	})
}

// A node that cannot pay now: the window says why, and Retry asks again.
func TestNodeTrouble(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	trouble := func(t *testing.T, code wire.Code, words string) {
		t.Helper()
		c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
		says(t, ctx, w, words)
		press(t, ctx, w, "Cancel")
		c.wait(wire.ExitWallet).failure(code)
		noWindow(t, ctx, w)
		if r := record(t, w, i); r.ID != 0 {
			t.Errorf("journal: %+v", r)
		}
	}
	t.Run("wrong certificate", func(t *testing.T) {
		must(t, w.Configure(ctx, world.Settings{Certificate: w.Net.Bob.TLSCert}))
		trouble(t, wire.NodeRefused, "another TLS certificate")
	})
	t.Run("macaroon of another node", func(t *testing.T) {
		text, err := w.Net.Bob.BakeMacaroon(ctx, []string{"/lnrpc.Lightning/GetInfo"}, 7)
		must(t, err)
		must(t, w.Configure(ctx, world.Settings{Macaroon: unhex(t, text)}))
		trouble(t, wire.NodeRefused, "refuses qpay's macaroon")
	})
	t.Run("macaroon that was revoked", func(t *testing.T) {
		text, err := w.Net.Alice.BakeMacaroon(ctx, []string{"/lnrpc.Lightning/GetInfo"}, 99)
		must(t, err)
		must(t, w.Net.Alice.DeleteMacaroonID(ctx, 99))
		must(t, w.Configure(ctx, world.Settings{Macaroon: unhex(t, text)}))
		trouble(t, wire.NodeRefused, "refuses qpay's macaroon")
	})
	t.Run("macaroon that allows too little", func(t *testing.T) {
		text, err := w.Net.Alice.BakeMacaroon(ctx, []string{"/lnrpc.Lightning/GetInfo"}, 7)
		must(t, err)
		must(t, w.Configure(ctx, world.Settings{Macaroon: unhex(t, text)}))
		trouble(t, wire.NodeRefused, "does not allow this call")
	})
	t.Run("no active channel", func(t *testing.T) {
		erin, err := w.Net.AddNode(ctx, "erin")
		must(t, err)
		text, err := erin.BakeMacaroon(ctx, []string{"/lnrpc.Lightning/GetInfo"}, 7)
		must(t, err)
		must(t, w.Configure(ctx, world.Settings{Address: erin.GRPCAddr, Certificate: erin.TLSCert, Macaroon: unhex(t, text)}))
		trouble(t, wire.NodeNotReady, "no active channel")
		must(t, erin.Stop(ctx))
	})
	t.Run("another network than configured", func(t *testing.T) {
		conf, _ := config.Folders(w.Home)
		must(t, w.Configure(ctx, world.Settings{}))
		file := filepath.Join(conf, "config.toml")
		text, err := os.ReadFile(file)
		must(t, err)
		must(t, os.WriteFile(file, []byte(strings.Replace(string(text), "simnet", "regtest", 1)), 0o600))
		qpay(t, ctx, w, "personal", "--json", i.PaymentRequest).wait(wire.ExitInvoice).failure(wire.WrongNetwork)
		press(t, ctx, w, "Close")
	})
	t.Run("not running, then started and retried", func(t *testing.T) {
		must(t, w.Configure(ctx, world.Settings{}))
		must(t, w.Net.Alice.Stop(ctx))
		trouble(t, wire.NodeUnreachable, "cannot be reached")
		c := qpay(t, ctx, w, "personal", i.PaymentRequest)
		says(t, ctx, w, "cannot be reached")
		must(t, w.Net.Alice.RestartLocked(ctx))
		press(t, ctx, w, "Try again")
		says(t, ctx, w, "wallet is locked")
		must(t, w.Net.Alice.Unlock(ctx))
		press(t, ctx, w, "Try again")
		press(t, ctx, w, "Pay")
		proves(t, c.wait(wire.ExitOK).out.String(), i)
		press(t, ctx, w, "Close")
	})
	t.Run("hangs", func(t *testing.T) {
		i = invoice(t, ctx, w.Net.Bob, 1_000_000, "")
		must(t, w.Net.Alice.Hang())
		defer func() { must(t, w.Net.Alice.Resume()); must(t, w.Net.Alice.WaitUsable(ctx)) }()
		trouble(t, wire.NodeUnreachable, "does not answer")
	})
}

func unhex(t *testing.T, text string) (b []byte) {
	t.Helper()
	_, err := fmt.Sscanf(text, "%x", &b)
	must(t, err)
	return b
}

// Configurations that are refused before anything is shown.
func TestConfigurationsThatAreRefused(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	conf, _ := config.Folders(w.Home)
	toml := filepath.Join(conf, "config.toml")
	for name, spoil := range map[string]func() error{
		"lnd's admin macaroon": func() error {
			admin, err := os.ReadFile(w.Net.Alice.AdminMacaroon)
			must(t, err)
			return w.Configure(ctx, world.Settings{Macaroon: admin})
		},
		"a macaroon that others can read":     func() error { return os.Chmod(filepath.Join(conf, "macaroon"), 0o644) },
		"a certificate that others can write": func() error { return os.Chmod(filepath.Join(conf, "tls.cert"), 0o620) },
		"no configuration":                    func() error { return os.Remove(toml) },
		"an unknown key":                      func() error { return os.WriteFile(toml, []byte("fee_limit_sat = 5\n"), 0o600) },
		"no limit at all":                     func() error { return os.WriteFile(toml, []byte("[limits]\nmax_payment_sat = 0\n"), 0o600) },
		"no TOML":                             func() error { return os.WriteFile(toml, []byte("{"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			must(t, w.Configure(ctx, world.Settings{}))
			must(t, spoil())
			c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest).wait(wire.ExitWallet)
			c.failure(wire.NotConfigured)
			if all := c.out.String() + c.err.String(); strings.Contains(all, w.Home) || strings.Contains(all, w.Net.Alice.GRPCAddr) {
				t.Errorf("the caller learns paths or addresses: %s", all)
			}
		})
	}
	neverSent(t, ctx, w, i)
}

// What is no request costs no dialog.
func TestBadRequests(t *testing.T) {
	w, ctx := start(t)
	for name, in := range map[string]string{
		"more than 16 KiB":           `{"v":1,"invoice":"` + strings.Repeat("a", 16<<10) + "\"}\n",
		"300 kB without a newline":   strings.Repeat("\xff", 300<<10),
		"binary rubbish":             "\x00\x01\x02\xff\xfe\n",
		"an empty line":              "\n",
		"nothing at all":             "",
		"half a line":                `{"v":1,"invoice":"lnsb`,
		"an unknown field":           `{"v":1,"invoice":"a","fee_limit_msat":1}` + "\n",
		"the protocol of next year":  `{"v":2,"invoice":"a"}` + "\n",
		"an origin of three kB":      `{"v":1,"invoice":"` + invoice(t, ctx, w.Net.Bob, 1000, "").PaymentRequest + `","context":{"origin":"` + strings.Repeat("a", 3000) + `"}}` + "\n",
		"an amount that is negative": `{"v":1,"invoice":"a","amount_msat":-1}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			cmd := w.Qubes.Command(ctx, "personal", "qrexec-client-vm", "@default", world.Service)
			cmd.Stdin = strings.NewReader(in)
			out, err := cmd.Output()
			must(t, err)
			_, err = wire.DecodeAnswer[wire.PayAnswer](out)
			var e *wire.Error
			if !errors.As(err, &e) || e.Code != wire.BadRequest || e.Payment != wire.NotSent {
				t.Fatalf("%.200s %v", out, err)
			}
			noWindow(t, ctx, w)
		})
	}
	t.Run("one that never ends", func(t *testing.T) {
		cmd := w.Qubes.Command(ctx, "personal", "qrexec-client-vm", "@default", world.Service)
		in, err := cmd.StdinPipe()
		must(t, err)
		defer in.Close()
		fmt.Fprint(in, `{"v":1,`)
		out, err := cmd.Output() // bounded by the server, and by ctx here
		if err != nil || !strings.Contains(string(out), `"bad_request"`) {
			t.Fatalf("%.200s %v", out, err)
		}
	})
}

func TestHostileDescription(t *testing.T) {
	w, ctx := start(t)
	text := "<b>0 sat</b>\u202e\u200b" + strings.Repeat("\n", 300) + strings.Repeat("x", 250)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, text)
	c := qpay(t, ctx, w, "personal", i.PaymentRequest)
	says(t, ctx, w, "<b>0 sat</b>⟨U+202E⟩⟨U+200B⟩")
	p := window(t, ctx, w)
	for _, name := range []string{"Pay", "Cancel"} {
		n, err := p.WaitButton(ctx, name, true)
		must(t, err)
		if n.Y < 0 || n.Y+n.H > 768 || n.X < 0 || n.X+n.W > 1280 {
			t.Errorf("%s is out of view: %v", name, n)
		}
	}
	press(t, ctx, w, "Cancel")
	c.wait(wire.ExitDenied)
}

func TestTwoQubesAtOnce(t *testing.T) {
	w, ctx := start(t)
	one, two := invoice(t, ctx, w.Net.Bob, 1_000_000, "from personal"), invoice(t, ctx, w.Net.Bob, 2_000_000, "from work")
	a := qpay(t, ctx, w, "personal", one.PaymentRequest)
	says(t, ctx, w, "from personal")
	b := qpay(t, ctx, w, "work", two.PaymentRequest)
	press(t, ctx, w, "Pay")
	proves(t, a.wait(wire.ExitOK).out.String(), one)
	says(t, ctx, w, "from work") // the first one's result gives way
	press(t, ctx, w, "Pay")
	proves(t, b.wait(wire.ExitOK).out.String(), two)
	press(t, ctx, w, "Close")
	paidOnce(t, ctx, w, w.Net.Bob, one, 1_000_000)
	paidOnce(t, ctx, w, w.Net.Bob, two, 2_000_000)
}
