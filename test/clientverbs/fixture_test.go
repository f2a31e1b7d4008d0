// Package clientverbs tests the commands of qpay besides pay from end to end:
// the real qpay in a simulated qube, the real qpay-server and qpay-dialog in
// lightningvm, a real lnd, and bob, who pays, is paid and signs.
package clientverbs

import (
	"bytes"
	"context"
	"os/exec"
	"sync"
	"testing"
	"time"

	"qpay/internal/wire"
	"qpay/test/world"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = time.Minute

var shared = world.Shared{Options: world.Options{Nodes: 2}}

func TestMain(m *testing.M) { shared.Main(m) }

// start gives the one world of this package, set up as shipped.
func start(t *testing.T) (*world.World, context.Context) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	must(t, w.Allow())
	must(t, w.Configure(ctx, world.Settings{}))
	return w, ctx
}

// allOn switches on what is off as shipped, in dom0 and in the wallet.
func allOn(t *testing.T, ctx context.Context, w *world.World) {
	t.Helper()
	must(t, w.Allow(wire.ServiceSignMessage, wire.ServiceKeysend, wire.ServiceGetBalance))
	switchOn(t, ctx, w)
}

// switchOn switches it on in the wallet alone.
func switchOn(t *testing.T, ctx context.Context, w *world.World) {
	t.Helper()
	must(t, w.Configure(ctx, world.Settings{Services: wire.Services,
		More: "[services]\nsign_message = true\nkeysend = true\nget_balance = true\n"}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// command is qpay running in a qube. What it printed may be read while it runs.
type command struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err text
	ended    chan struct{}
}

type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

func qpay(t *testing.T, ctx context.Context, w *world.World, qube string, args ...string) *command {
	t.Helper()
	c := &command{t: t, cmd: w.Qpay(ctx, qube, args...), ended: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.err
	must(t, c.cmd.Start())
	go func() { c.cmd.Wait(); close(c.ended) }()
	t.Cleanup(func() { c.cmd.Process.Kill() })
	return c
}

// wait waits until qpay has ended, compares its exit code and returns what it
// printed.
func (c *command) wait(want wire.Exit) string {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatalf("qpay still runs; it said:\n%s", c.err.String())
	}
	if got := c.cmd.ProcessState.ExitCode(); got != int(want) {
		c.t.Fatalf("exit code %d, want %d\nstdout %q\nstderr %s", got, want, c.out.String(), c.err.String())
	}
	return c.out.String()
}

// lines waits until qpay has printed so many whole lines.
func (c *command) lines(ctx context.Context, n int) string {
	c.t.Helper()
	for {
		if s := c.out.String(); bytes.Count([]byte(s), []byte("\n")) >= n {
			return s
		}
		select {
		case <-ctx.Done():
			c.t.Fatalf("qpay printed %q and said:\n%s", c.out.String(), c.err.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
