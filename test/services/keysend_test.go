package services

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"syscall"
	"testing"
	"time"

	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
	"qpay/test/lnnet"
	"qpay/test/world"
)

// received is an invoice in a node's list.
type received struct {
	Hash    []byte `json:"r_hash"`
	Keysend bool   `json:"is_keysend"`
	State   string
	Paid    uint64 `json:"amt_paid_msat,string"`
	HTLCs   []struct {
		Records map[string]string `json:"custom_records"`
	} `json:"htlcs"`
}

func invoices(t *testing.T, ctx context.Context, n *lnnet.Node) []received {
	t.Helper()
	var all struct{ Invoices []received }
	must(t, n.Call(ctx, "GET", "/v1/invoices?num_max_invoices=10000", nil, &all))
	return all.Invoices
}

// keysends are those that bob got.
func keysends(t *testing.T, ctx context.Context, w *world.World) (got []received) {
	t.Helper()
	for _, i := range invoices(t, ctx, w.Net.Bob) {
		if i.Keysend {
			got = append(got, i)
		}
	}
	return got
}

// records are the keysends in the journal, newest first.
func records(t *testing.T, w *world.World) []journal.Record {
	t.Helper()
	j, err := w.Journal()
	must(t, err)
	rs, err := j.Select(func(r journal.Record) bool { return r.Keysend })
	must(t, err)
	return rs
}

// becomes waits until the newest keysend of the journal has a state.
func becomes(t *testing.T, ctx context.Context, w *world.World, want payment.State) journal.Record {
	t.Helper()
	for {
		rs := records(t, w)
		if len(rs) > 0 && rs[0].State == want {
			return rs[0]
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the journal has %+v, want %s", rs, want)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// settles waits until a record of the journal has its final state.
func settles(t *testing.T, ctx context.Context, w *world.World, id uint64) payment.State {
	t.Helper()
	for ctx.Err() == nil {
		for _, r := range records(t, w) {
			if r.ID == id && r.State.Final() {
				return r.State
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("a keysend never got its final state")
	return ""
}

func keysend(t *testing.T, ctx context.Context, w *world.World, fields map[string]any) *call {
	t.Helper()
	all := map[string]any{"destination": w.Net.Bob.Pubkey, "amount_msat": 5_000}
	for k, v := range fields {
		all[k] = v
	}
	return ask(t, ctx, w, "personal", wire.ServiceKeysend, all)
}

const pay5 = "Pay 5 sat without an invoice"

func TestKeysend(t *testing.T) {
	w, ctx := start(t)
	before := len(keysends(t, ctx, w))
	c := keysend(t, ctx, w, map[string]any{"records": map[string]string{"7629169": hex.EncodeToString([]byte(`{"a":1}`))}})
	must(t, w.Says(ctx, "nothing proves it afterwards"))
	must(t, w.Says(ctx, `7629169: "{\"a\":1}"`))
	must(t, w.Press(ctx, pay5))
	a := answer[wire.PayAnswer](c)
	must(t, w.Says(ctx, "none: there was no invoice"))
	must(t, w.Press(ctx, "Close"))
	proof, err := payment.ParsePreimage(a.Preimage)
	if err != nil || proof.Hash().String() != a.PaymentHash || a.Amount != 5_000 {
		t.Fatalf("%+v, %v", a, err)
	}
	got := keysends(t, ctx, w)
	if len(got) != before+1 {
		t.Fatalf("bob got %d", len(got)-before)
	}
	last := got[len(got)-1]
	if hex.EncodeToString(last.Hash) != a.PaymentHash || last.State != "SETTLED" || last.Paid != 5_000 || len(last.HTLCs) != 1 ||
		last.HTLCs[0].Records["7629169"] != base64.StdEncoding.EncodeToString([]byte(`{"a":1}`)) {
		t.Errorf("bob got %+v", last)
	}
	r := records(t, w)[0]
	if r.State != payment.Paid || r.Qube != "personal" || r.Destination != w.Net.Bob.Pubkey || r.PaymentRequest != "" || r.Amount != 5_000 ||
		r.FeeLimit != 10_000 || r.Hash != proof.Hash() || len(r.Steps) != 4 {
		t.Errorf("journal: %+v", r)
	}
}

func TestKeysendDenied(t *testing.T) {
	w, ctx := start(t)
	before := len(keysends(t, ctx, w))
	c := keysend(t, ctx, w, nil)
	must(t, w.Press(ctx, "Cancel"))
	c.fails(wire.Denied)
	must(t, w.NoWindow(ctx))
	r := records(t, w)[0]
	if _, err := w.Net.Alice.Payment(ctx, r.Hash.String()); r.State != payment.Denied || err == nil || len(keysends(t, ctx, w)) != before {
		t.Errorf("%+v, %v", r, err)
	}
}

// The node hangs after the approval: the answer is that nobody knows, nothing
// is sent a second time by itself, and the same request is a new question that
// tells of the first.
func TestKeysendInFlight(t *testing.T) {
	w, ctx := start(t)
	configure(t, ctx, w, "[times]\nanswer_seconds = 2\n")
	before := len(keysends(t, ctx, w))
	must(t, w.Net.Bob.Hang()) // bob takes nothing, so that it stays on its way
	c := keysend(t, ctx, w, nil)
	must(t, w.Press(ctx, pay5))
	first := becomes(t, ctx, w, payment.Sent)
	must(t, w.Net.Alice.WaitPaymentStatus(ctx, first.Hash.String(), "IN_FLIGHT"))
	if e := c.fails(wire.InFlightCode); e.Payment != wire.InFlight {
		t.Errorf("%+v", e)
	}
	must(t, w.Says(ctx, "would be a second payment"))
	must(t, w.Press(ctx, "Close"))
	must(t, w.NoWindow(ctx))

	again := keysend(t, ctx, w, nil)
	must(t, w.Says(ctx, "has no outcome yet. This would be another one."))
	must(t, w.Press(ctx, "Cancel"))
	again.fails(wire.Denied)

	must(t, w.Net.Alice.Hang()) // and now our own node
	must(t, w.Net.Bob.Resume())
	third := keysend(t, ctx, w, nil)
	must(t, w.Says(ctx, "does not answer"))
	must(t, w.Press(ctx, "Cancel"))
	third.fails(wire.NodeUnreachable)
	must(t, w.Net.Alice.Resume())
	must(t, w.Net.Alice.WaitUsable(ctx))
	must(t, w.Net.Alice.WaitPaymentStatus(ctx, first.Hash.String(), "SUCCEEDED", "FAILED"))
	settles(t, ctx, w, first.ID) // the process that sent it follows on
	if got := len(keysends(t, ctx, w)) - before; got > 1 {
		t.Errorf("bob got %d payments", got)
	}
}

// Our node hangs at the moment of sending.
func TestKeysendUnknown(t *testing.T) {
	w, ctx := start(t)
	line, err := lnnet.NewCut(w.Net.Alice.GRPCAddr)
	must(t, err)
	t.Cleanup(line.Close)
	must(t, w.Configure(ctx, world.Settings{Services: wire.Services, Address: line.Addr(), More: allOn + "[times]\nanswer_seconds = 2\n"}))
	before := len(keysends(t, ctx, w))
	c := keysend(t, ctx, w, nil)
	must(t, w.HasButton(ctx, pay5, true))
	line.Cut()
	must(t, w.Press(ctx, pay5))
	if e := c.fails(wire.UnknownCode); e.Payment != wire.Unknown {
		t.Errorf("%+v", e)
	}
	must(t, w.Says(ctx, "Outcome not known yet"))
	r := becomes(t, ctx, w, payment.Unknown)
	must(t, w.Press(ctx, "Close"))
	must(t, w.NoWindow(ctx))
	must(t, line.Heal())
	// lnd never heard of it, and nobody sends it again.
	again := keysend(t, ctx, w, nil)
	must(t, w.Says(ctx, "has no outcome yet. This would be another one."))
	must(t, w.Press(ctx, "Cancel"))
	again.fails(wire.Denied)
	if _, err := w.Net.Alice.Payment(ctx, r.Hash.String()); err == nil || len(keysends(t, ctx, w)) != before {
		t.Errorf("it was sent: %v", err)
	}
}

// qpay-server is killed while a keysend is on its way. The caller cannot know,
// nothing is sent again, and whatever asks next lets the journal learn of it.
func TestServerKilledInAKeysend(t *testing.T) {
	w, ctx := start(t)
	before := len(keysends(t, ctx, w))
	must(t, w.Net.Bob.Hang())
	c := keysend(t, ctx, w, nil)
	started, err := w.Qubes.WaitStarted(ctx, "personal", wire.ServiceKeysend)
	must(t, err)
	must(t, w.Press(ctx, pay5))
	r := becomes(t, ctx, w, payment.Sent)
	must(t, w.Net.Alice.WaitPaymentStatus(ctx, r.Hash.String(), "IN_FLIGHT"))
	must(t, w.Qubes.Signal(started.ID, syscall.SIGKILL))
	if line := c.text(); len(line) != 0 {
		t.Errorf("answered: %s", line)
	}
	must(t, w.NoWindow(ctx))
	if now := records(t, w)[0]; now.ID != r.ID || !now.State.Open() {
		t.Errorf("journal: %+v", now)
	}

	must(t, w.Net.Bob.Resume())
	must(t, w.Net.Bob.WaitUsable(ctx))
	must(t, w.Net.Alice.WaitPaymentStatus(ctx, r.Hash.String(), "SUCCEEDED", "FAILED"))
	p, err := w.Net.Alice.Payment(ctx, r.Hash.String())
	must(t, err)
	other := keysend(t, ctx, w, nil) // settles what was left open before it asks
	want := map[string]payment.State{"SUCCEEDED": payment.Paid, "FAILED": payment.Failed}[p.Status]
	if end := settles(t, ctx, w, r.ID); end != want {
		t.Errorf("journal: %s, lnd: %s", end, p.Status)
	}
	must(t, w.Press(ctx, "Cancel"))
	other.fails(wire.Denied)
	got := len(keysends(t, ctx, w)) - before
	if got != map[string]int{"SUCCEEDED": 1, "FAILED": 0}[p.Status] {
		t.Errorf("bob got %d payments, lnd says %s", got, p.Status)
	}
}
