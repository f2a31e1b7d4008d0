package world

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"qpay/test/desktop"
	"qpay/test/lnnet"
)

// Shared is the one world of a test package, started by the first test that
// needs it and stopped by Main.
type Shared struct {
	Options Options

	once sync.Once
	w    *World
	err  error
}

// Main runs the tests of a package, then what is to end before the world, and
// stops the world. It does not return.
func (s *Shared) Main(m *testing.M, before ...func()) {
	code := m.Run()
	for _, end := range before {
		end()
	}
	if s.w != nil {
		s.w.Stop()
	}
	os.Exit(code)
}

// Get gives a test the world, and after the test takes off the screen what it
// left there. Where the tools are not installed the test is skipped, unless
// they are required.
func (s *Shared) Get(t *testing.T, patience time.Duration) (*World, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	s.once.Do(func() { s.w, s.err = Start(ctx, s.Options) })
	if errors.Is(s.err, lnnet.ErrNoTools) || errors.Is(s.err, desktop.ErrNoTools) {
		if os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
			t.Skip(s.err)
		}
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	t.Cleanup(func() { s.w.tidy(t, patience) })
	return s.w, ctx
}

// tidy ends what still runs.
func (w *World) tidy(t *testing.T, patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, c := range w.Qubes.Calls() {
		if c.Running() {
			w.Qubes.Signal(c.ID, syscall.SIGKILL)
			if _, err := w.Qubes.WaitEnded(ctx, c.ID); err != nil {
				t.Error(err)
			}
		}
	}
	if err := w.NoWindow(ctx); err != nil {
		t.Error(err)
	}
}
