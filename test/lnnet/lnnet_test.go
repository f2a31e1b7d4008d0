package lnnet

import (
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNetwork starts one network and asks it all that other tests rely on.
func TestNetwork(t *testing.T) {
	n := startNet(t, 3)
	for _, test := range []struct {
		name string
		run  func(*testing.T, context.Context, *Net)
	}{
		{"DirectPaymentIsFree", directPayment},
		{"RoutedPaymentCostsTheFee", routedPayment},
		{"PartsHeldWithinATightFeeLimit", partsHeld},
		{"HoldInvoiceSettled", holdSettled},
		{"HoldInvoiceCancelled", holdCancelled},
		{"AmountlessInvoice", amountless},
		{"AMPInvoicePaidTwice", ampTwice},
		{"DeletedPaymentIsGone", deletePayment},
		{"MacaroonAllowsAndIsRevoked", macaroons},
		{"RestartKeepsPayments", restartKeeps},
		{"KilledWithPaymentInFlight", killInFlight},
		{"LockedUntilUnlocked", locked},
		{"PeerAway", peerAway},
		{"HungNodeTimesOut", hungNode},
		{"HungChainTimesOut", hungChain},
		{"LineCutInFlight", lineCut},
		{"LineStalled", lineStalled},
		{"AddedNodeHasNoChannel", addedNode},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, t.Context(), n) })
	}
}

// TestStartIsBoundByItsContext looks for what a start that fails leaves behind.
func TestStartIsBoundByItsContext(t *testing.T) {
	needTools(t)
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	dir := t.TempDir() + "/state"
	if _, err := Start(ctx, Options{Dir: dir}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Start: %v, want the deadline", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("state folder: %v, want it removed", err)
	}
}

func TestStartRefuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(full+"/mine", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("MissingTools", func(t *testing.T) {
		t.Setenv("QPAY_TOOLS", t.TempDir())
		_, err := Start(t.Context(), Options{})
		if !errors.Is(err, ErrNoTools) || !strings.Contains(err.Error(), `run "make tools"`) {
			t.Errorf("Start: %v, want ErrNoTools with a hint", err)
		}
	})
	t.Run("FolderInUse", func(t *testing.T) {
		needTools(t)
		if _, err := Start(t.Context(), Options{Dir: full}); err == nil {
			t.Error("a folder with files was taken")
		}
		if _, err := os.Stat(full + "/mine"); err != nil {
			t.Errorf("a file that is not the network's: %v", err)
		}
	})
	t.Run("FourNodes", func(t *testing.T) {
		if _, err := Start(t.Context(), Options{Nodes: 4}); err == nil {
			t.Error("four nodes were accepted")
		}
	})
}

func needTools(t *testing.T) {
	t.Helper()
	_, err := findTools()
	if err == nil {
		return
	}
	if os.Getenv("QPAY_REQUIRE_TOOLS") == "1" {
		t.Fatal(err)
	}
	t.Skip(err)
}

func startNet(t *testing.T, nodes int) *Net {
	t.Helper()
	needTools(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	began := time.Now()
	n, err := Start(ctx, Options{Nodes: nodes, Dir: t.TempDir(), Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, n.Stop()) })
	t.Logf("%d nodes usable after %.1f s", nodes, time.Since(began).Seconds())
	return n
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must turns a result and its error into the result.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		check(t, err)
		return v
	}
}

// within bounds a step, so that a fault fails one test and not the whole run.
func within(t *testing.T, ctx context.Context) context.Context {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// pay has alice pay an ordinary invoice and demands that it works.
func pay(t *testing.T, ctx context.Context, from, to *Node, msat uint64) Payment {
	t.Helper()
	inv := must[Invoice](t)(to.AddInvoice(ctx, InvoiceSpec{Msat: msat, Memo: "a test"}))
	p := must[Payment](t)(from.Pay(ctx, PaySpec{PaymentRequest: inv.PaymentRequest, FeeLimitMsat: 1_000_000}))
	if p.Status != "SUCCEEDED" || p.Hash != inv.Hash || p.ValueMsat != msat {
		t.Fatalf("payment: %+v", p)
	}
	return p
}

// inFlight sends to a hold invoice of to and returns once it is ACCEPTED, with
// the outcome to come.
func inFlight(t *testing.T, ctx context.Context, from, to *Node) (preimage, hash string, outcome <-chan result) {
	t.Helper()
	preimage, hash = NewPreimage()
	inv := must[Invoice](t)(to.AddHoldInvoice(ctx, hash, InvoiceSpec{Msat: 50_000_000}))
	done := make(chan result, 1)
	go func() {
		p, err := from.Pay(ctx, PaySpec{PaymentRequest: inv.PaymentRequest, FeeLimitMsat: 1_000_000})
		done <- result{p, err}
	}()
	check(t, to.WaitInvoiceState(ctx, hash, "ACCEPTED"))
	check(t, from.WaitPaymentStatus(ctx, hash, "IN_FLIGHT"))
	return preimage, hash, done
}

type result struct {
	Payment
	err error
}

// timesOut demands that a call runs into its deadline.
func timesOut(t *testing.T, ctx context.Context, n *Node) {
	t.Helper()
	short, cancel := context.WithTimeout(ctx, 400*time.Millisecond)
	defer cancel()
	if _, err := n.info(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("GetInfo of %s: %v, want the deadline", n.Name, err)
	}
}

// through is the node as seen over a line that can be cut.
func through(t *testing.T, n *Node) (*Node, *Cut) {
	t.Helper()
	cut := must[*Cut](t)(NewCut(n.RESTAddr))
	t.Cleanup(cut.Close)
	client := must[*http.Client](t)(pinnedClient(n.TLSCert))
	_, macaroon := n.access()
	return &Node{
		Name: n.Name + " behind a line", RESTAddr: cut.Addr(), net: n.net,
		proc: n.process(), http: client, macaroon: macaroon,
	}, cut
}

func hasPayment(t *testing.T, ctx context.Context, n *Node, hash, status string) {
	t.Helper()
	all := must[[]Payment](t)(n.Payments(ctx))
	if !slices.ContainsFunc(all, func(p Payment) bool { return p.Hash == hash && p.Status == status }) {
		t.Errorf("%s has no payment %s that is %s", n.Name, hash, status)
	}
}
