package lnnet

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

func peerAway(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	inv := must[Invoice](t)(n.Carol.AddInvoice(ctx, InvoiceSpec{Msat: 1_000_000}))
	check(t, n.Carol.Stop(ctx))
	spec := PaySpec{PaymentRequest: inv.PaymentRequest, FeeLimitMsat: 1_000_000}
	if p := must[Payment](t)(n.Alice.Pay(ctx, spec)); p.Status != "FAILED" {
		t.Errorf("to a payee that is away: %+v", p)
	}
	check(t, n.Bob.Restart(ctx)) // does not wait for carol
	pay(t, ctx, n.Alice, n.Bob, 1_000_000)
	check(t, n.Carol.Restart(ctx))
	if p := must[Payment](t)(n.Alice.Pay(ctx, spec)); p.Status != "SUCCEEDED" {
		t.Errorf("to a payee that is back: %+v", p)
	}
}

func hungNode(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	check(t, n.Alice.Hang())
	timesOut(t, ctx, n.Alice)
	check(t, n.Alice.Resume())
	check(t, n.Alice.WaitUsable(ctx))
	pay(t, ctx, n.Alice, n.Bob, 1_000_000)
}

func hungChain(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	check(t, n.HangChain())
	timesOut(t, ctx, n.Alice)
	check(t, n.ResumeChain())
	check(t, n.Alice.WaitUsable(ctx))
	pay(t, ctx, n.Alice, n.Carol, 1_000_000)
}

func lineCut(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	alice, cut := through(t, n.Alice)
	preimage, hash, outcome := inFlight(t, ctx, alice, n.Bob)
	cut.Cut()
	if r := <-outcome; r.err == nil {
		t.Errorf("the caller on a line that was cut got %+v", r)
	}
	if _, err := alice.info(ctx); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a call over a line that is cut: %v, want it refused", err)
	}
	check(t, n.Bob.SettleInvoice(ctx, preimage))
	check(t, cut.Heal())
	if p := must[Payment](t)(alice.TrackPayment(ctx, hash)); p.Status != "SUCCEEDED" {
		t.Errorf("payment: %+v", p)
	}
}

func lineStalled(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	alice, cut := through(t, n.Alice)
	preimage, _, outcome := inFlight(t, ctx, alice, n.Bob)
	cut.Stall()
	check(t, n.Bob.SettleInvoice(ctx, preimage))
	timesOut(t, ctx, alice)
	select {
	case r := <-outcome:
		t.Fatalf("news over a line that is stalled: %+v", r)
	default:
	}
	check(t, cut.Heal())
	if r := <-outcome; r.err != nil || r.Status != "SUCCEEDED" {
		t.Errorf("late outcome: %+v", r)
	}
}

func addedNode(t *testing.T, ctx context.Context, n *Net) {
	ctx = within(t, ctx)
	dave := must[*Node](t)(n.AddNode(ctx, "dave"))
	var answer struct{ Channels []any }
	check(t, dave.Call(ctx, "GET", "/v1/channels", nil, &answer))
	if len(answer.Channels) != 0 {
		t.Errorf("dave has %d channels", len(answer.Channels))
	}
	check(t, dave.Restart(ctx))
	if _, err := n.AddNode(ctx, "dave"); err == nil {
		t.Error("a second dave was started")
	}
	if _, err := n.AddNode(ctx, "../dave"); err == nil {
		t.Error("a name with a path was accepted")
	}
}

// TestCut needs no node: an echo stands at the end of the line.
func TestCut(t *testing.T) {
	cut := must[*Cut](t)(NewCut(echo(t)))
	t.Cleanup(cut.Close)
	line := must[net.Conn](t)(net.Dial("tcp4", cut.Addr()))
	says(t, line, "a", true)
	cut.Stall()
	says(t, line, "b", false)
	fresh := must[net.Conn](t)(net.Dial("tcp4", cut.Addr()))
	says(t, fresh, "c", false)
	check(t, cut.Heal())
	hears(t, line, "b")
	hears(t, fresh, "c")
	cut.Cut()
	check(t, line.SetReadDeadline(time.Now().Add(time.Minute)))
	if _, err := line.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a line that is cut: %v, want a reset", err)
	}
	if _, err := net.Dial("tcp4", cut.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a new connection: %v, want it refused", err)
	}
	check(t, cut.Heal())
	check(t, cut.Heal()) // nothing to heal
	says(t, must[net.Conn](t)(net.Dial("tcp4", cut.Addr())), "d", true)
}

func echo(t *testing.T) string {
	l := must[net.Listener](t)(listenLow())
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				buf := make([]byte, 16)
				for {
					n, err := conn.Read(buf)
					if err != nil {
						return
					}
					conn.Write(buf[:n])
				}
			}()
		}
	}()
	return l.Addr().String()
}

// says writes and looks for the echo, or for its absence.
func says(t *testing.T, line net.Conn, word string, echoed bool) {
	t.Helper()
	_, err := line.Write([]byte(word))
	check(t, err)
	if echoed {
		hears(t, line, word)
		return
	}
	check(t, line.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	if _, err := line.Read(make([]byte, 1)); err == nil {
		t.Errorf("an echo of %q", word)
	}
}

func hears(t *testing.T, line net.Conn, word string) {
	t.Helper()
	check(t, line.SetReadDeadline(time.Now().Add(time.Minute)))
	buf := make([]byte, len(word))
	if _, err := line.Read(buf); err != nil || string(buf) != word {
		t.Errorf("heard %q, %v; want %q", buf, err, word)
	}
}
