package bridge

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"qpay/internal/wire"
	"qpay/test/lnnet"
)

// The browser closes the port while the window is open.
func TestEndOfThePortClosesTheWindow(t *testing.T) {
	w, ctx := start(t)
	h := startHost(t, ctx, w, "personal")
	h.send(`{"id":1,"service":"qpay.Pay","request":` + payment(invoice(t, ctx, w, 1000)) + `}`)
	must(t, w.HasButton(ctx, "Cancel", true))
	h.in.Close()
	h.wait(0)
	must(t, w.NoWindow(ctx))
}

// A browser that crashes takes its host along; the window goes too.
func TestKilledHostClosesTheWindow(t *testing.T) {
	w, ctx := start(t)
	h := startHost(t, ctx, w, "personal")
	h.send(`{"id":1,"service":"qpay.Pay","request":` + payment(invoice(t, ctx, w, 1000)) + `}`)
	must(t, w.HasButton(ctx, "Cancel", true))
	must(t, h.cmd.Process.Kill())
	must(t, w.NoWindow(ctx))
}

// The page is gone, and the port is kept for others.
func TestCancelClosesTheWindow(t *testing.T) {
	w, ctx := start(t)
	h := startHost(t, ctx, w, "personal")
	h.send(`{"id":1,"service":"qpay.Pay","request":` + payment(invoice(t, ctx, w, 1000)) + `}`)
	must(t, w.HasButton(ctx, "Cancel", true))
	h.send(`{"cancel":1}`)
	must(t, w.NoWindow(ctx))
	h.send(`{"id":2,"service":"qpay.GetInfo","request":{"v":1}}`)
	if a := h.receive(); a.ID != 2 || a.Error != nil {
		t.Errorf("%+v", a)
	}
}

func TestTimeLimitClosesTheWindow(t *testing.T) {
	w, ctx := start(t)
	h := startHost(t, ctx, w, "personal")
	h.send(`{"id":1,"service":"qpay.Pay","timeout_ms":2000,"request":` + payment(invoice(t, ctx, w, 1000)) + `}`)
	a := h.receive()
	// The wallet's last words, that nothing was sent, are worth more than
	// "unknown".
	if a.Error == nil || a.Error.Code != wire.NotAnswered || a.Error.Payment != wire.NotSent {
		t.Errorf("%+v", a.Error)
	}
	must(t, w.NoWindow(ctx))
}

// One window is on the screen; the qube's other requests are answered meanwhile;
// eight of one qube may be open at once.
func TestRequestsInParallel(t *testing.T) {
	w, ctx := start(t)
	h := startHost(t, ctx, w, "personal")
	i := invoice(t, ctx, w, 1000)
	h.send(`{"id":1,"service":"qpay.Pay","request":` + payment(i) + `}`)
	must(t, w.HasButton(ctx, "Cancel", true))
	for n := 2; n <= 7; n++ {
		h.send(fmt.Sprintf(`{"id":%d,"service":"qpay.GetInfo","request":{"v":1}}`, n))
	}
	seen := map[int]bool{}
	for range 6 {
		a := h.receive()
		if a.Error != nil || seen[a.ID] || a.ID == 1 {
			t.Errorf("%+v", a)
		}
		seen[a.ID] = true
	}
	must(t, w.Press(ctx, "Pay 1 000 sat"))
	if a := h.receive(); a.ID != 1 || a.Error != nil {
		t.Errorf("%+v", a)
	}
	must(t, w.Press(ctx, "Close"))
}

func TestHostEndsOnNonsense(t *testing.T) {
	w, ctx := start(t)
	h := startHost(t, ctx, w, "personal")
	h.in.Write([]byte{0xff, 0xff, 0xff, 0xff})
	if said := h.wait(1); !strings.Contains(said, "longer than 64 KiB: 4294967295 bytes") || strings.Count(said, "\n") != 2 {
		t.Errorf("%q", said)
	}
}

// By hand it explains itself; standard output stays clean unless it is asked.
func TestHostByHand(t *testing.T) {
	w, ctx := start(t)
	null, err := os.Open(os.DevNull)
	must(t, err)
	defer null.Close()
	cmd := w.Qubes.Command(ctx, "personal", "qpay-native-host")
	var stdout, stderr strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = null, &stdout, &stderr
	cmd.Run()
	if cmd.ProcessState.ExitCode() != 2 || stdout.String() != "" || !strings.Contains(stderr.String(), "nothing to start by hand") {
		t.Errorf("%d %q %q", cmd.ProcessState.ExitCode(), stdout.String(), stderr.String())
	}
	for flag, want := range map[string]string{"--version": "qpay-native-host version ", "--help": "qpay-native-host - "} {
		out, err := w.Qubes.Command(ctx, "personal", "qpay-native-host", flag).Output()
		if err != nil || !strings.HasPrefix(string(out), want) {
			t.Errorf("%s: %v %q", flag, err, out)
		}
	}
}

func TestClientThatLeavesClosesTheWindow(t *testing.T) {
	w, ctx := start(t)
	b := startBridge(t, ctx, w, "personal")
	r := b.post(ctx, wire.ServicePay, payment(invoice(t, ctx, w, 1000)))
	must(t, w.HasButton(ctx, "Cancel", true))
	r.leave()
	must(t, w.NoWindow(ctx))
}

// The bridge is stopped while the window is open: the wallet says that nothing
// was sent, and the client hears it.
func TestStopWhileAsking(t *testing.T) {
	w, ctx := start(t)
	b := startBridge(t, ctx, w, "personal")
	r := b.post(ctx, wire.ServicePay, payment(invoice(t, ctx, w, 1000)))
	must(t, w.HasButton(ctx, "Cancel", true))
	must(t, b.cmd.Process.Signal(syscall.SIGTERM))
	r.wait(t)
	fails(t, r.body, wire.NotAnswered, wire.NotSent)
	<-b.ended
	if code := b.cmd.ProcessState.ExitCode(); code != 0 {
		t.Error(code)
	}
	must(t, w.NoWindow(ctx))
}

// It is stopped while the payment is held by the payee: neither paid nor
// failed, and the client is told so.
func TestStopWhilePaying(t *testing.T) {
	w, ctx := start(t)
	b := startBridge(t, ctx, w, "personal")
	preimage, hash := lnnet.NewPreimage()
	i, err := w.Net.Bob.AddHoldInvoice(ctx, hash, lnnet.InvoiceSpec{Msat: 1_000_000})
	must(t, err)
	r := b.post(ctx, wire.ServicePay, payment(i))
	must(t, w.Press(ctx, "Pay 1 000 sat"))
	must(t, w.Net.Bob.WaitInvoiceState(ctx, hash, "ACCEPTED"))
	must(t, b.cmd.Process.Signal(syscall.SIGTERM))
	r.wait(t)
	if e := fails(t, r.body, wire.Interrupted, wire.Unknown); r.status != 409 || !strings.Contains(e.Hint, "same invoice") {
		t.Errorf("%d %+v", r.status, e)
	}
	must(t, w.Net.Bob.SettleInvoice(ctx, preimage))
	must(t, w.Press(ctx, "Close"))
}
