package spine

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// What happens between the approval and the outcome. In all of it the answer
// is never "failed" unless lnd says so, and nothing is paid twice.

// held makes a hold invoice of bob's.
func held(t *testing.T, ctx context.Context, w *world.World, msat uint64) (lnnet.Invoice, string) {
	t.Helper()
	preimage, hash := lnnet.NewPreimage()
	i, err := w.Net.Bob.AddHoldInvoice(ctx, hash, lnnet.InvoiceSpec{Msat: msat, Memo: "held"})
	must(t, err)
	return i, preimage
}

// onItsWay approves a payment of a hold invoice and waits until bob has it.
func onItsWay(t *testing.T, ctx context.Context, w *world.World, i lnnet.Invoice) *call {
	t.Helper()
	c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
	press(t, ctx, w, "Pay")
	must(t, w.Net.Bob.WaitInvoiceState(ctx, i.Hash, "ACCEPTED"))
	return c
}

// quick lets callers wait for two seconds only.
func quick(t *testing.T, ctx context.Context, w *world.World, more string) {
	t.Helper()
	must(t, w.Configure(ctx, world.Settings{More: "[times]\nanswer_seconds = 2\n" + more}))
}

// server is the running qpay-server.
func server(t *testing.T, ctx context.Context, w *world.World) int {
	t.Helper()
	c, err := w.Qubes.WaitStarted(ctx, "personal", world.Service)
	must(t, err)
	return c.ID
}

func TestCallerKilledWhileTheWindowIsOpen(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	c := qpay(t, ctx, w, "personal", i.PaymentRequest)
	asks(t, ctx, w, true)
	must(t, c.cmd.Process.Kill())
	noWindow(t, ctx, w)
	becomes(t, ctx, w, i, payment.Gone)
	neverSent(t, ctx, w, i)
}

// Ctrl-C: the wallet takes its window away and still says that nothing was
// sent.
func TestInterruptedBeforeApproval(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
	asks(t, ctx, w, false)
	must(t, c.cmd.Process.Signal(os.Interrupt))
	c.wait(wire.ExitDenied).failure(wire.NotAnswered)
	noWindow(t, ctx, w)
	neverSent(t, ctx, w, i)
}

func TestCallerKilledAfterApproval(t *testing.T) {
	w, ctx := start(t)
	i, preimage := held(t, ctx, w, 2_000_000)
	c := onItsWay(t, ctx, w, i)
	must(t, c.cmd.Process.Kill())
	must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
	becomes(t, ctx, w, i, payment.Paid)
	says(t, ctx, w, "gets the proof if it asks again")
	press(t, ctx, w, "Close")
	noWindow(t, ctx, w)

	again := qpay(t, ctx, w, "personal", i.PaymentRequest).wait(wire.ExitOK) // and no window
	proves(t, again.out.String(), i)
	other := qpay(t, ctx, w, "work", "--json", i.PaymentRequest).wait(wire.ExitInvoice)
	other.failure(wire.AlreadyPaid) // without the proof, which is not its own
	says(t, ctx, w, "Already paid")
	press(t, ctx, w, "Close")
	paidOnce(t, ctx, w, w.Net.Bob, i, 2_000_000)
}

func TestHeldInvoiceIsInFlight(t *testing.T) {
	w, ctx := start(t)
	quick(t, ctx, w, "")
	i, preimage := held(t, ctx, w, 2_000_000)
	c := onItsWay(t, ctx, w, i)
	if e := c.wait(wire.ExitOpen).failure(wire.InFlightCode); e.Payment != wire.InFlight {
		t.Errorf("%+v", e)
	}
	says(t, ctx, w, "On its way")
	// Asking again meanwhile does not pay again, whoever asks.
	other := qpay(t, ctx, w, "work", "--json", i.PaymentRequest)
	other.wait(wire.ExitOpen).failure(wire.InFlightCode)
	must(t, w.Configure(ctx, world.Settings{}))
	again := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
	says(t, ctx, w, "On its way")
	must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
	again.wait(wire.ExitOK)
	becomes(t, ctx, w, i, payment.Paid)
	press(t, ctx, w, "Close")
	paidOnce(t, ctx, w, w.Net.Bob, i, 2_000_000)
}

func TestReceiverCancelsWhatItHolds(t *testing.T) {
	w, ctx := start(t)
	i, _ := held(t, ctx, w, 2_000_000)
	c := onItsWay(t, ctx, w, i)
	must(t, w.Net.Bob.CancelInvoice(ctx, i.Hash))
	if e := c.wait(wire.ExitFailed).failure(wire.PayeeRefused); e.Payment != wire.Failed {
		t.Errorf("%+v", e)
	}
	says(t, ctx, w, "None of it moved")
	press(t, ctx, w, "Close")
	becomes(t, ctx, w, i, payment.Failed)
}

// lnd stops making attempts after pay_seconds, but one that is out may still
// be taken: SUCCEEDED with the failure reason TIMEOUT is paid.
func TestSuccessWithTimeoutAsReasonIsPaid(t *testing.T) {
	w, ctx := start(t)
	must(t, w.Configure(ctx, world.Settings{More: "[times]\npay_seconds = 1\n"}))
	i, preimage := held(t, ctx, w, 2_000_000)
	c := onItsWay(t, ctx, w, i)
	time.Sleep(1500 * time.Millisecond) // lnd's own limit passes; nothing shows it before the outcome
	must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
	c.wait(wire.ExitOK)
	p, err := w.Net.Alice.Payment(ctx, i.Hash)
	if err != nil || p.Status != "SUCCEEDED" || p.FailureReason != "FAILURE_REASON_TIMEOUT" {
		t.Errorf("lnd: %+v, %v", p, err)
	}
	becomes(t, ctx, w, i, payment.Paid)
	press(t, ctx, w, "Close")
}

// The node goes away while a payment is on its way, in three ways.
func TestNodeLostWhileInFlight(t *testing.T) {
	for name, f := range map[string]func(*testing.T, context.Context, *world.World) (lose func(), back func()){
		"stopped": func(t *testing.T, ctx context.Context, w *world.World) (func(), func()) {
			return func() { must(t, w.Net.Alice.Stop(ctx)) }, func() { must(t, w.Net.Alice.Restart(ctx)) }
		},
		"killed": func(t *testing.T, ctx context.Context, w *world.World) (func(), func()) {
			return func() { must(t, w.Net.Alice.Kill()) }, func() { must(t, w.Net.Alice.Restart(ctx)) }
		},
		"hung": func(t *testing.T, ctx context.Context, w *world.World) (func(), func()) {
			return func() { must(t, w.Net.Alice.Hang()) }, func() {
				must(t, w.Net.Alice.Resume())
				must(t, w.Net.Alice.WaitUsable(ctx))
			}
		},
		"cut off": func(t *testing.T, ctx context.Context, w *world.World) (func(), func()) {
			line, err := lnnet.NewCut(w.Net.Alice.GRPCAddr)
			must(t, err)
			t.Cleanup(line.Close)
			must(t, w.Configure(ctx, world.Settings{Address: line.Addr(), More: "[times]\nanswer_seconds = 2\n"}))
			return line.Cut, func() { must(t, line.Heal()) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := start(t)
			quick(t, ctx, w, "")
			lose, back := f(t, ctx, w)
			i, preimage := held(t, ctx, w, 2_000_000)
			c := onItsWay(t, ctx, w, i)
			lose()
			e := c.wait(wire.ExitOpen)
			if r := record(t, w, i); !r.State.Open() {
				t.Errorf("journal: %s", r.State)
			}
			t.Logf("answer %s, journal %s", e.out.String(), record(t, w, i).State)
			back()
			must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
			becomes(t, ctx, w, i, payment.Paid) // by the same process, which follows on
			says(t, ctx, w, "Paid 2 000 sat")
			press(t, ctx, w, "Close")
			paidOnce(t, ctx, w, w.Net.Bob, i, 2_000_000)
		})
	}
}

// The server is killed at each step, and the same qube asks again.
func TestServerKilled(t *testing.T) {
	t.Run("while the window is open", func(t *testing.T) {
		w, ctx := start(t)
		i := invoice(t, ctx, w.Net.Bob, 3_000_000, "")
		c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
		asks(t, ctx, w, true)
		must(t, w.Qubes.Signal(server(t, ctx, w), syscall.SIGKILL))
		c.wait(wire.ExitOpen).failure(wire.NoAnswer) // the caller cannot know
		noWindow(t, ctx, w)
		neverSent(t, ctx, w, i)
		payAgain(t, ctx, w, i, 3_000_000)
		if rs := states(t, w, i); rs[0] != payment.Gone || rs[1] != payment.Paid {
			t.Errorf("journal: %v", rs)
		}
	})
	t.Run("while it is in flight", func(t *testing.T) {
		w, ctx := start(t)
		i, preimage := held(t, ctx, w, 3_000_000)
		c := onItsWay(t, ctx, w, i)
		must(t, w.Qubes.Signal(server(t, ctx, w), syscall.SIGKILL))
		c.wait(wire.ExitOpen).failure(wire.NoAnswer)
		noWindow(t, ctx, w)
		must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
		must(t, w.Net.Alice.WaitPaymentStatus(ctx, i.Hash, "SUCCEEDED"))
		// Another invoice's request is enough for the journal to learn of it.
		other := invoice(t, ctx, w.Net.Bob, 1_000, "")
		o := qpay(t, ctx, w, "work", other.PaymentRequest)
		becomes(t, ctx, w, i, payment.Paid)
		press(t, ctx, w, "Cancel")
		o.wait(wire.ExitDenied)
		again := qpay(t, ctx, w, "personal", i.PaymentRequest).wait(wire.ExitOK) // no window
		proves(t, again.out.String(), i)
		paidOnce(t, ctx, w, w.Net.Bob, i, 3_000_000)
	})
	t.Run("after it was approved and before it was sent", func(t *testing.T) {
		w, ctx := start(t)
		i := invoice(t, ctx, w.Net.Bob, 3_000_000, "")
		left(t, w, i, payment.Approved)
		payAgain(t, ctx, w, i, 3_000_000)
		if rs := states(t, w, i); rs[0] != payment.Gone || rs[1] != payment.Paid {
			t.Errorf("journal: %v", rs)
		}
	})
	t.Run("after it was journalled as sent and before lnd heard of it", func(t *testing.T) {
		w, ctx := start(t)
		i := invoice(t, ctx, w.Net.Bob, 3_000_000, "")
		left(t, w, i, payment.Approved, payment.Sent)
		c := qpay(t, ctx, w, "personal", i.PaymentRequest)
		says(t, ctx, w, "no trace of that payment")
		press(t, ctx, w, "Pay")
		proves(t, c.wait(wire.ExitOK).out.String(), i)
		press(t, ctx, w, "Close")
		paidOnce(t, ctx, w, w.Net.Bob, i, 3_000_000)
	})
	t.Run("while the paid window is open", func(t *testing.T) {
		w, ctx := start(t)
		i := invoice(t, ctx, w.Net.Bob, 3_000_000, "")
		c := qpay(t, ctx, w, "personal", i.PaymentRequest)
		press(t, ctx, w, "Pay")
		proves(t, c.wait(wire.ExitOK).out.String(), i)
		must(t, w.Qubes.Signal(server(t, ctx, w), syscall.SIGKILL))
		noWindow(t, ctx, w)
		again := qpay(t, ctx, w, "personal", i.PaymentRequest).wait(wire.ExitOK)
		proves(t, again.out.String(), i)
		paidOnce(t, ctx, w, w.Net.Bob, i, 3_000_000)
	})
}

// left puts a record into the journal as a killed qpay-server leaves it.
func left(t *testing.T, w *world.World, i lnnet.Invoice, steps ...payment.State) {
	t.Helper()
	j, err := w.Journal()
	must(t, err)
	h, err := payment.ParseHash(i.Hash)
	must(t, err)
	r, err := j.Ask(journal.Record{Qube: "personal", Hash: h, PaymentRequest: i.PaymentRequest}, time.Now())
	must(t, err)
	for _, s := range steps {
		_, err = j.Move(r.ID, s, time.Now(), nil, nil)
		must(t, err)
	}
}

func payAgain(t *testing.T, ctx context.Context, w *world.World, i lnnet.Invoice, msat uint64) {
	t.Helper()
	c := qpay(t, ctx, w, "personal", i.PaymentRequest)
	press(t, ctx, w, "Pay")
	proves(t, c.wait(wire.ExitOK).out.String(), i)
	press(t, ctx, w, "Close")
	paidOnce(t, ctx, w, w.Net.Bob, i, msat)
}

func states(t *testing.T, w *world.World, i lnnet.Invoice) (all []payment.State) {
	t.Helper()
	j, err := w.Journal()
	must(t, err)
	h, err := payment.ParseHash(i.Hash)
	must(t, err)
	rs, err := j.OfHash(h)
	must(t, err)
	for _, r := range rs {
		all = append(all, r.State)
	}
	return all
}
