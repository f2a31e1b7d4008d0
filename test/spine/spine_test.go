// Package spine tests a payment from end to end: the real qpay in a simulated
// qube, the real qpay-server and qpay-dialog in lightningvm, a real lnd. What
// a person does is done through AT-SPI; what must not happen is looked up at
// lnd and in the journal.
package spine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
	"qpay/test/atspi"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = 3 * time.Minute

var shared = world.Shared{Options: world.Options{Nodes: 3}}

func TestMain(m *testing.M) { shared.Main(m) }

// start gives the one world of this package, set up anew for a test.
func start(t *testing.T) (*world.World, context.Context) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	must(t, w.Configure(ctx, world.Settings{}))
	return w, ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// call is qpay running in a qube.
type call struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err bytes.Buffer
	ended    chan error
}

func qpay(t *testing.T, ctx context.Context, w *world.World, qube string, args ...string) *call {
	t.Helper()
	c := &call{t: t, cmd: w.Qpay(ctx, qube, args...), ended: make(chan error, 1)}
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.err
	must(t, c.cmd.Start())
	go func() { c.ended <- c.cmd.Wait() }()
	t.Cleanup(func() { c.cmd.Process.Kill() })
	return c
}

// wait waits until qpay has ended and compares its exit code.
func (c *call) wait(want wire.Exit) *call {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatalf("qpay still runs; it said:\n%s", c.err.String())
	}
	if got := c.cmd.ProcessState.ExitCode(); got != int(want) {
		c.t.Fatalf("exit code %d, want %d\nstdout %q\nstderr %s", got, want, c.out.String(), c.err.String())
	}
	return c
}

// failure is the error of an answer asked for with --json.
func (c *call) failure(code wire.Code) *wire.Error {
	c.t.Helper()
	var r struct{ Error *wire.Error }
	if err := json.Unmarshal(c.out.Bytes(), &r); err != nil || r.Error == nil {
		c.t.Fatalf("no error in %q: %v", c.out.String(), err)
	}
	if r.Error.Code != code {
		c.t.Fatalf("code %q (%s), want %q", r.Error.Code, r.Error.Message, code)
	}
	if r.Error.Message == "" || r.Error.Hint == "" {
		c.t.Errorf("%s: no sentence or no hint: %+v", code, r.Error)
	}
	return r.Error
}

// window is the dialog that is on the screen, or comes next.
func window(t *testing.T, ctx context.Context, w *world.World) *atspi.Program {
	t.Helper()
	p, err := w.Bus.Program(ctx, "qpay-dialog", 0)
	must(t, err)
	return p
}

// press presses a button of the dialog once it is sensitive.
func press(t *testing.T, ctx context.Context, w *world.World, name string) {
	t.Helper()
	must(t, w.Press(ctx, name))
}

// asks waits until the dialog asks, armed or not yet.
func asks(t *testing.T, ctx context.Context, w *world.World, armed bool) {
	t.Helper()
	must(t, w.HasButton(ctx, "Pay", armed))
}

// says waits until a dialog shows a text.
func says(t *testing.T, ctx context.Context, w *world.World, text string) {
	t.Helper()
	must(t, w.Says(ctx, text))
}

func noWindow(t *testing.T, ctx context.Context, w *world.World) {
	t.Helper()
	must(t, w.NoWindow(ctx))
}

func invoice(t *testing.T, ctx context.Context, n *lnnet.Node, msat uint64, memo string) lnnet.Invoice {
	t.Helper()
	i, err := n.AddInvoice(ctx, lnnet.InvoiceSpec{Msat: msat, Memo: memo})
	must(t, err)
	return i
}

// record is the newest journal record of an invoice.
func record(t *testing.T, w *world.World, i lnnet.Invoice) journal.Record {
	t.Helper()
	j, err := w.Journal()
	must(t, err)
	h, err := payment.ParseHash(i.Hash)
	must(t, err)
	rs, err := j.OfHash(h)
	must(t, err)
	if len(rs) == 0 {
		return journal.Record{}
	}
	return rs[len(rs)-1]
}

// becomes waits until the journal has a state.
func becomes(t *testing.T, ctx context.Context, w *world.World, i lnnet.Invoice, want payment.State) journal.Record {
	t.Helper()
	for {
		r := record(t, w, i)
		if r.State == want {
			return r
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the journal has %q, want %q: %v", r.State, want, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// neverSent asserts on lnd's side that it was not asked to pay.
func neverSent(t *testing.T, ctx context.Context, w *world.World, i lnnet.Invoice) {
	t.Helper()
	if p, err := w.Net.Alice.Payment(ctx, i.Hash); !errors.Is(err, lnnet.ErrNoPayment) {
		t.Fatalf("lnd knows of the payment: %+v, %v", p, err)
	}
}

// paidOnce asserts that the payee got the amount, and lnd has one payment.
func paidOnce(t *testing.T, ctx context.Context, w *world.World, payee *lnnet.Node, i lnnet.Invoice, msat uint64) {
	t.Helper()
	state, got, err := payee.LookupInvoice(ctx, i.Hash)
	if err != nil || state != "SETTLED" || got != msat {
		t.Fatalf("the payee has %s, %d msat, %v", state, got, err)
	}
	all, err := w.Net.Alice.Payments(ctx)
	must(t, err)
	n := 0
	for _, p := range all {
		if p.Hash == i.Hash {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("lnd has %d payments of that hash", n)
	}
}

func proves(t *testing.T, preimage string, i lnnet.Invoice) {
	t.Helper()
	p, err := payment.ParsePreimage(strings.TrimSpace(preimage))
	if err != nil || p.Hash().String() != i.Hash {
		t.Fatalf("%q is no preimage of %s: %v", preimage, i.Hash, err)
	}
}

func TestApprove(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 12_350_000, "coffee")
	c := qpay(t, ctx, w, "personal", i.PaymentRequest)
	says(t, ctx, w, "personal")
	says(t, ctx, w, "coffee")
	press(t, ctx, w, "Pay")
	c.wait(wire.ExitOK)
	if strings.Count(c.out.String(), "\n") != 1 || !strings.Contains(c.err.String(), "paid 12 350 sat") {
		t.Errorf("stdout %q, stderr %q", c.out.String(), c.err.String())
	}
	proves(t, c.out.String(), i)
	r := record(t, w, i)
	if r.Qube != "personal" || r.State != payment.Paid || r.Amount != 12_350_000 || r.Fee != 0 || r.Description != "coffee" ||
		r.Preimage == nil || len(r.Steps) != 4 || time.Since(r.Since()) > time.Minute {
		t.Errorf("journal: %+v", r)
	}
	says(t, ctx, w, "Paid 12 350 sat")
	says(t, ctx, w, "given to personal")
	press(t, ctx, w, "Close")
	noWindow(t, ctx, w)
	paidOnce(t, ctx, w, w.Net.Bob, i, 12_350_000)
}

func TestRoutedPaymentPaysTheFee(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Carol, 100_000_000, "")
	c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
	press(t, ctx, w, "Pay")
	c.wait(wire.ExitOK)
	var a wire.PayAnswer
	must(t, json.Unmarshal(c.out.Bytes(), &a))
	if fee := w.Net.Fees.For(100_000_000); uint64(a.Fee) != fee || record(t, w, i).Fee != a.Fee || fee == 0 {
		t.Errorf("fee %d, want %d", a.Fee, fee)
	}
	press(t, ctx, w, "Close")
}

func TestAmountTypedByThePerson(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 0, "donation")
	c := qpay(t, ctx, w, "personal", "--amount", "5", i.PaymentRequest)
	must(t, window(t, ctx, w).SetText(ctx, "Amount in satoshi", "1 234.567"))
	press(t, ctx, w, "Pay")
	c.wait(wire.ExitOK)
	proves(t, c.out.String(), i)
	press(t, ctx, w, "Close")
	paidOnce(t, ctx, w, w.Net.Bob, i, 1_234_567)
	if r := record(t, w, i); r.Amount != 1_234_567 || r.FeeLimit != 12_345 {
		// 1 % of it is more than the base of 10 sat
		t.Errorf("journal: %+v", r)
	}
}

func TestDenied(t *testing.T) {
	for name, deny := range map[string]func(*testing.T, context.Context, *world.World){
		"cancel": func(t *testing.T, ctx context.Context, w *world.World) { press(t, ctx, w, "Cancel") },
		"escape": func(t *testing.T, ctx context.Context, w *world.World) {
			// Escape is ignored in the first second: armed means that it is over.
			asks(t, ctx, w, true)
			must(t, w.Desktop.Key(ctx, "Escape"))
		},
		"window closed": func(t *testing.T, ctx context.Context, w *world.World) {
			asks(t, ctx, w, false)
			must(t, w.Desktop.CloseWindow(ctx))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := start(t)
			i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
			c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
			deny(t, ctx, w)
			if e := c.wait(wire.ExitDenied).failure(wire.Denied); e.Payment != wire.NotSent {
				t.Errorf("%+v", e)
			}
			noWindow(t, ctx, w)
			if r := record(t, w, i); r.State != payment.Denied {
				t.Errorf("journal: %s", r.State)
			}
			neverSent(t, ctx, w, i)
		})
	}
}

func TestNotEnrolled(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	c := qpay(t, ctx, w, "untrusted", "--json", i.PaymentRequest).wait(wire.ExitTransport)
	c.failure(wire.PolicyRefused)
	neverSent(t, ctx, w, i)
	if r := record(t, w, i); r.ID != 0 {
		t.Errorf("journal: %+v", r)
	}
}

func TestInvoicesFromStandardInput(t *testing.T) {
	w, ctx := start(t)
	one, two := invoice(t, ctx, w.Net.Bob, 1_000, "first"), invoice(t, ctx, w.Net.Bob, 2_000, "second")
	c := &call{t: t, cmd: w.Qpay(ctx, "work"), ended: make(chan error, 1)}
	c.cmd.Stdin = strings.NewReader(fmt.Sprintf("\n  lightning:%s\n%s\n", strings.ToUpper(one.PaymentRequest), two.PaymentRequest))
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.err
	must(t, c.cmd.Start())
	go func() { c.ended <- c.cmd.Wait() }()
	says(t, ctx, w, "first")
	press(t, ctx, w, "Pay")
	says(t, ctx, w, "Paid 1 sat")
	says(t, ctx, w, "second") // gives way by itself
	press(t, ctx, w, "Cancel")
	c.wait(wire.ExitDenied)
	proves(t, c.out.String(), one)
	neverSent(t, ctx, w, two)
}
