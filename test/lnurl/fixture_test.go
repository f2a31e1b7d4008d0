package lnurl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"qpay/internal/money"
	"qpay/internal/wire"
	"qpay/test/world"
)

// patience bounds a test's waits for states; it is never what a test waits for.
const patience = time.Minute

var shared = world.Shared{Options: world.Options{Nodes: 2}}

func TestMain(m *testing.M) { shared.Main(m) }

// start gives the world, with bob as the one behind the service.
func start(t *testing.T) (*world.World, *Service, context.Context) {
	t.Helper()
	w, ctx := shared.Get(t, patience)
	s, err := Start(w.Net.Bob, filepath.Join(t.TempDir(), "ca.pem"))
	must(t, err)
	t.Cleanup(s.Stop)
	must(t, w.Configure(ctx, world.Settings{}))
	return w, s, ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// metadata says what a payment is for.
func metadata(text string) string { return fmt.Sprintf(`[["text/plain",%q]]`, text) }

func lnurl(t *testing.T, address string) string {
	t.Helper()
	text, err := Code(address)
	must(t, err)
	return text
}

func button(sat uint64) string { return "Pay " + (money.Msat(sat) * money.PerSat).String() }

// command is qpay running in the qube personal.
type command struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err bytes.Buffer
	ended    chan struct{}
}

// qpay starts it, without a terminal.
func qpay(t *testing.T, ctx context.Context, w *world.World, s *Service, args ...string) *command {
	t.Helper()
	c := prepare(t, ctx, w, s, args...)
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.err
	c.run()
	return c
}

func prepare(t *testing.T, ctx context.Context, w *world.World, s *Service, args ...string) *command {
	c := &command{t: t, cmd: w.Qpay(ctx, "personal", args...), ended: make(chan struct{})}
	if s != nil {
		c.cmd.Env = append(c.cmd.Env, s.Switch())
	}
	return c
}

func (c *command) run() {
	c.t.Helper()
	must(c.t, c.cmd.Start())
	go func() { c.cmd.Wait(); close(c.ended) }()
	c.t.Cleanup(func() { c.cmd.Process.Kill() })
}

// wait waits for the end and compares the exit code.
func (c *command) wait(want wire.Exit) {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatal("qpay still runs")
	}
	if got := c.cmd.ProcessState.ExitCode(); got != int(want) {
		c.t.Fatalf("exit code %d, want %d\nstdout %q\nstderr %s", got, want, c.out.String(), c.err.String())
	}
}

// says fails unless standard error has all of these.
func (c *command) says(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		if !strings.Contains(c.err.String(), text) {
			c.t.Errorf("not said: %q, but\n%s", text, c.err.String())
		}
	}
	if strings.ContainsAny(c.err.String()+c.out.String(), "\x1b\u202e\u2066") {
		c.t.Errorf("a service's characters reached the terminal: %q", c.err.String())
	}
}

// atTerminal starts qpay with a terminal on its input and its errors, on which
// the answers are typed.
func atTerminal(t *testing.T, ctx context.Context, w *world.World, s *Service, answers string, args ...string) *command {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	must(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	must(t, err)
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	c := prepare(t, ctx, w, s, args...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = slave, &c.out, slave
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	must(t, c.cmd.Start())
	slave.Close()
	_, err = io.WriteString(master, answers) // the terminal keeps them until they are read
	must(t, err)
	go func() {
		defer close(c.ended)
		_, err := io.Copy(&c.err, master)
		if err != nil && !errors.Is(err, syscall.EIO) { // EIO: the other side is closed
			t.Error(err)
		}
		c.cmd.Wait()
		master.Close()
	}()
	t.Cleanup(func() { c.cmd.Process.Kill() })
	return c
}
