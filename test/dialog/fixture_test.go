package dialog

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"qpay/internal/screen"
	"qpay/test/atspi"
	"qpay/test/desktop"
)

// The tests share one desktop, so they do not run at once: there is one focus.
var shared struct {
	desktop *desktop.Desktop
	bus     *atspi.Bus
	other   string // a window of another program
	err     error
}

func TestMain(m *testing.M) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	shared.err = start(ctx)
	cancel()
	code := m.Run()
	if shared.bus != nil {
		shared.bus.Close()
	}
	if shared.desktop != nil {
		shared.desktop.Stop()
	}
	os.Exit(code)
}

func start(ctx context.Context) (err error) {
	if _, err := Program(); err != nil {
		return err
	}
	if shared.desktop, err = desktop.Start(ctx, desktop.Options{}); err != nil {
		return err
	}
	if shared.bus, err = atspi.Connect(ctx, shared.desktop.Env()); err != nil {
		return err
	}
	shared.other, err = shared.desktop.Other(ctx)
	return err
}

// need skips the test where something is not installed, unless it must be.
func need(t *testing.T) {
	t.Helper()
	switch {
	case shared.err == nil:
	case os.Getenv("QPAY_REQUIRE_TOOLS") == "1":
		t.Fatal(shared.err)
	case errors.Is(shared.err, desktop.ErrNoTools) || errors.Is(shared.err, ErrNotBuilt):
		t.Skip(shared.err)
	default:
		t.Fatal(shared.err)
	}
}

// fixture is one window in one test.
type fixture struct {
	*testing.T
	*Window
	ctx    context.Context
	d      *desktop.Desktop
	tree   *atspi.Program
	digest string // of the newest page
}

// open opens the window with a page and waits until it is up.
func open(t *testing.T, p screen.Page) *fixture {
	t.Helper()
	need(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	w, err := Open(shared.desktop)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, Window: w, ctx: ctx, d: shared.desktop}
	t.Cleanup(func() {
		w.Close()
		// GTK complains there of whatever it was given that is wrong.
		if s := w.Stderr(); s != "" {
			t.Errorf("on stderr: %s", s)
		}
	})
	f.show(p)
	f.tree, err = w.Tree(ctx, shared.bus)
	f.must(err)
	return f
}

func (f *fixture) show(p screen.Page) {
	f.Helper()
	var err error
	f.digest, err = f.Show(p)
	f.must(err)
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// armed waits until Pay can be pressed.
func (f *fixture) armed() atspi.Node {
	f.Helper()
	n, err := f.tree.WaitButton(f.ctx, "Pay", true)
	f.must(err)
	return n
}

func (f *fixture) grey() atspi.Node {
	f.Helper()
	n, err := f.tree.WaitButton(f.ctx, "Pay", false)
	f.must(err)
	return n
}

func (f *fixture) button(name string) atspi.Node {
	f.Helper()
	n, err := f.tree.WaitButton(f.ctx, name, true)
	f.must(err)
	return n
}

func (f *fixture) key(keys ...string) { f.Helper(); f.must(f.d.Key(f.ctx, keys...)) }

// focus gives the focus to a window.
func (f *fixture) focus(id string) { f.Helper(); f.must(f.d.Focus(f.ctx, id)) }

func (f *fixture) id() string {
	f.Helper()
	id, err := f.d.Window(f.ctx, Title)
	f.must(err)
	return id
}

// none makes sure that nothing was answered, also not a little later: a key
// presses a button with a delay of a quarter of a second.
func (f *fixture) none(why string) {
	f.Helper()
	time.Sleep(400 * time.Millisecond)
	if events, err := f.Events(); err != nil || len(events) != 0 {
		f.Fatalf("%s: answered %+v, %v", why, events, err)
	}
}

// answered waits for these events in all, with the digest of the page shown.
func (f *fixture) answered(want ...screen.Happening) screen.Event {
	f.Helper()
	last, err := f.WaitEvent(f.ctx, len(want))
	f.must(err)
	events, err := f.Events()
	f.must(err)
	var got []screen.Happening
	for _, e := range events {
		got = append(got, e.What)
	}
	if !slices.Equal(got, want) {
		f.Fatalf("answered %v, want %v", got, want)
	}
	if last.Digest != f.digest {
		f.Fatalf("answered with the digest %s, the page has %s", last.Digest, f.digest)
	}
	return last
}

// ended waits until the program has ended by itself and well.
func (f *fixture) ended() {
	f.Helper()
	f.must(f.WaitEnd(f.ctx))
}

func (f *fixture) shows(texts ...string) {
	f.Helper()
	for _, s := range texts {
		_, err := f.tree.WaitText(f.ctx, s)
		f.must(err)
	}
}

// middle is where to click on a node.
func middle(n atspi.Node) (x, y int) { return n.X + n.W/2, n.Y + n.H/2 }

func expiring(p screen.Page, in time.Duration) screen.Page {
	p.Expires = time.Now().Add(in).UnixMilli()
	return p
}
