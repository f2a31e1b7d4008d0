// Package services tests each service but Pay from end to end: the raw line of
// doc/protocol.md through a simulated qrexec, the real qpay-server and
// qpay-dialog, a real lnd, and bob, another real wallet, who must accept what
// ours makes. What a person does is done through AT-SPI.
package services

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"qpay/internal/wire"
	"qpay/test/world"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = 2 * time.Minute

var shared = world.Shared{Options: world.Options{Nodes: 2}}

func TestMain(m *testing.M) { shared.Main(m) }

// off are the services that are off as shipped, by policy and by config.toml.
var off = []string{wire.ServiceSignMessage, wire.ServiceKeysend, wire.ServiceGetBalance}

const allOn = "[services]\nsign_message = true\nkeysend = true\nget_balance = true\n"

// start gives the one world of this package, with everything switched on.
func start(t *testing.T) (*world.World, context.Context) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	must(t, w.Allow(off...))
	configure(t, ctx, w, "")
	return w, ctx
}

// configure switches everything on, with more lines of config.toml.
func configure(t *testing.T, ctx context.Context, w *world.World, more string) {
	t.Helper()
	must(t, w.Configure(ctx, world.Settings{Services: wire.Services, More: allOn + more}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// call is one call by qrexec. Its standard input stays open, as a caller that
// waits holds it.
type call struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	line  chan []byte
	ended chan struct{}
}

// raw sends a line as it is.
func raw(t *testing.T, ctx context.Context, w *world.World, qube, service, line string) *call {
	t.Helper()
	c := &call{t: t, cmd: w.Qubes.Command(ctx, qube, "qrexec-client-vm", "@default", service), line: make(chan []byte, 1), ended: make(chan struct{})}
	var err error
	c.in, err = c.cmd.StdinPipe()
	must(t, err)
	out, err := c.cmd.StdoutPipe()
	must(t, err)
	must(t, c.cmd.Start())
	t.Cleanup(func() { c.cmd.Process.Kill() })
	_, err = io.WriteString(c.in, line+"\n")
	if err != nil && !errors.Is(err, syscall.EPIPE) { // it was refused already
		t.Fatal(err)
	}
	go func() {
		var all bytes.Buffer
		for b := make([]byte, 1); !bytes.HasSuffix(all.Bytes(), []byte("\n")); {
			if _, err := io.ReadFull(out, b); err != nil {
				break
			}
			all.Write(b)
		}
		c.line <- all.Bytes()
		io.Copy(io.Discard, out)
		c.cmd.Wait()
		close(c.ended)
	}()
	return c
}

// ask sends a request, which is a wire type without its version.
func ask(t *testing.T, ctx context.Context, w *world.World, qube, service string, fields map[string]any) *call {
	t.Helper()
	request := map[string]any{"v": wire.Version}
	for k, v := range fields {
		request[k] = v
	}
	line, err := json.Marshal(request)
	must(t, err)
	return raw(t, ctx, w, qube, service, string(line))
}

// text waits for the answer's line.
func (c *call) text() []byte {
	c.t.Helper()
	select {
	case line := <-c.line:
		return line
	case <-time.After(patience):
		c.t.Fatal("no answer")
		return nil
	}
}

// answer is the answer that must be one.
func answer[A any](c *call) A {
	c.t.Helper()
	line := c.text()
	a, err := wire.DecodeAnswer[A](line)
	if err != nil {
		c.t.Fatalf("%v: %s", err, line)
	}
	return a
}

// fails is the error that the answer must be.
func (c *call) fails(code wire.Code) *wire.Error {
	c.t.Helper()
	line := c.text()
	_, err := wire.DecodeAnswer[struct{}](line)
	var e *wire.Error
	if !errors.As(err, &e) || e.Code != code {
		c.t.Fatalf("want %s, got %v: %s", code, err, line)
	}
	if e.Message == "" || e.Hint == "" {
		c.t.Errorf("no sentence or no hint: %s", line)
	}
	return e
}

// refused waits for the end of a call that policy refuses.
func (c *call) refused() {
	c.t.Helper()
	if line := c.text(); len(line) != 0 {
		c.t.Fatalf("answered: %s", line)
	}
	<-c.ended
	if rc := c.cmd.ProcessState.ExitCode(); rc != 126 {
		c.t.Fatalf("exit code %d, want 126", rc)
	}
}
