package dialog

import (
	"context"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"qpay/internal/screen"
	"qpay/test/atspi"
)

func TestEachPageShowsItsTexts(t *testing.T) {
	for name, c := range map[string]struct {
		page screen.Page
		more []string // words of the window's own
	}{
		"loading": {LoadingPage(), []string{"Cancel"}},
		"ask":     {expiring(AskPage(), 20*time.Minute), []string{"Cancel", "Pay 12 350 sat", "Deny and mute this qube", "Expires in "}},
		"amount":  {AmountPage(), []string{"The qube suggests 5 000 sat", "Amount in satoshi"}},
		"warning": {WarningPage(), nil},
		"trouble": {TroublePage(), []string{"Cancel", "Try again"}},
		"paying":  {PayingPage(), []string{"Close", " s"}},
		"paid":    {PaidPage(), []string{"Close", "Copy preimage"}},
		"failed":  {FailedPage(), []string{"Close"}},
		"open":    {OpenPage(), []string{"Close", " min "}},
		"notice":  {NoticePage(), []string{"Close"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, c.page)
			f.shows(append(c.more, c.page.Heading, c.page.Subheading)...)
			if c.page.Banner != nil {
				f.shows(c.page.Banner.Text)
			}
			for _, r := range c.page.Rows {
				f.shows(r.Key, r.Value, r.Note, r.Source, r.Key+": "+r.Value)
			}
			f.named()
			f.none("nobody did anything")
		})
	}
}

// named makes sure that a screen reader has a word for everything that can be
// operated, and that Cancel is where the keyboard is.
func (f *fixture) named() {
	f.Helper()
	nodes, err := f.tree.Nodes(f.ctx)
	f.must(err)
	focus := ""
	for _, n := range nodes {
		switch n.Role {
		case "push button", "text", "entry", "animation", "scroll pane", "label", "frame", "dialog":
			if strings.TrimSpace(n.Name) == "" && (n.Role != "label" || n.Text != "") {
				f.Errorf("a %s without a name", n.Role)
			}
		}
		if n.Focused {
			focus = n.Name
		}
	}
	if focus != "Cancel" && focus != "Close" && focus != "" { // Close is grey at first
		f.Errorf("the keyboard is on %q", focus)
	}
}

func TestCancelHasTheFocus(t *testing.T) {
	f := open(t, AskPage())
	f.armed()
	if n, err := f.tree.Focused(f.ctx); err != nil || n.Name != "Cancel" {
		t.Errorf("the keyboard is on %v, %v", n, err)
	}
}

// However long the text is and however many rows there are, the window fits on
// a small screen with the amount and both buttons in it.
func TestButtonsStayInView(t *testing.T) {
	usual := open(t, AskPage())
	usual.armed()
	want, err := usual.d.Geometry(usual.ctx, usual.id())
	usual.must(err)
	usual.Close()
	oneLine := AskPage()
	oneLine.Rows[2].Value = strings.Repeat("a", 10_000)
	for name, page := range map[string]screen.Page{
		"600 lines": FloodPage(), "40 more rows": ManyRowsPage(), "10,000 characters without a space": oneLine,
		"a warning": expiring(WarningPage(), time.Minute), "an amount": expiring(AmountPage(), time.Minute),
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, page)
			r, err := f.d.Geometry(f.ctx, f.id())
			f.must(err)
			if r.W != want.W || r.H > 700 {
				t.Errorf("the window is %d x %d, the usual one %d x %d", r.W, r.H, want.W, want.H)
			}
			f.shows(page.Heading)
			for _, name := range []string{"Cancel", "Pay", "Deny and mute"} {
				n, err := f.tree.Wait(f.ctx, name, func(n atspi.Node) bool {
					return n.Role == atspi.Button && strings.HasPrefix(n.Name, name)
				})
				f.must(err)
				if n.W < 50 || n.H < 20 || n.X < r.X || n.Y < r.Y || n.X+n.W > r.X+r.W || n.Y+n.H > r.Y+r.H {
					t.Errorf("%s is at %d,%d %dx%d, the window at %+v", n, n.X, n.Y, n.W, n.H, r)
				}
			}
		})
	}
}

// A page has its room whatever page was there before it, and the window gets no
// smaller on the way.
func TestManyPagesInOneWindow(t *testing.T) {
	f := open(t, LoadingPage())
	height := 0
	for _, p := range []screen.Page{LoadingPage(), AskPage(), WarningPage(), ManyRowsPage(), AskPage(), PayingPage(), PaidPage()} {
		f.show(p)
		f.shows(p.Heading)
		r, err := f.d.Geometry(f.ctx, f.id())
		f.must(err)
		if r.H < height || r.H > 700 {
			t.Errorf("%s: the window is %d high, after %d", p.Heading, r.H, height)
		}
		height = r.H
	}
	f.shows("Copy preimage")
	card, err := f.tree.WaitText(f.ctx, "Details")
	f.must(err)
	if card.H < 110 {
		t.Errorf("the card is %d high: its rows are cut off", card.H)
	}
}

// Nothing of a page that the toolkit would draw otherwise than it is meant is
// drawn, and no answer comes of it.
func TestRefusedPages(t *testing.T) {
	need(t)
	for name, c := range map[string]string{
		"a NUL cuts the text":   `{"kind":"ask","heading":"Pay\u0000 nothing"}`,
		"a bidi override":       `{"kind":"ask","heading":"\u202e1 sat"}`,
		"a field it knows not":  `{"kind":"ask","heading":"","pay_by_enter":true}`,
		"a kind it knows not":   `{"kind":"receive","heading":"1 sat"}`,
		"rubbish":               "\x00\xff",
		"a line without an end": strings.Repeat("a", screen.MaxLine+1),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			w, err := Open(shared.desktop)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			_, _ = io.WriteString(w.In, c+"\n")
			if err := w.WaitEnd(ctx); err == nil || !strings.Contains(w.Stderr(), "page refused") {
				t.Errorf("ended with %v: %s", err, w.Stderr())
			}
			if events, err := w.Events(); len(events) != 0 || err != nil {
				t.Errorf("answered %+v, %v", events, err)
			}
		})
	}
}

func TestServerGone(t *testing.T) {
	for name, page := range map[string]screen.Page{"ask": AskPage(), "paid": PaidPage()} {
		t.Run(name, func(t *testing.T) {
			f := open(t, page)
			f.shows(page.Heading)
			f.must(f.In.Close())
			f.ended()
			f.must(f.d.NoWindow(f.ctx, Title))
			f.none("nobody did anything")
		})
	}
	t.Run("gone", func(t *testing.T) {
		f := open(t, AskPage())
		f.show(screen.Page{Kind: screen.Gone})
		f.ended()
		f.none("nobody did anything")
	})
	t.Run("before any page", func(t *testing.T) {
		need(t)
		w, err := Open(shared.desktop)
		if err != nil {
			t.Fatal(err)
		}
		w.Close()
		if w.Err != nil {
			t.Error(w.Err)
		}
	})
}

func TestCommandLine(t *testing.T) {
	program, err := Program()
	if err != nil {
		need(t)
	}
	run := func(args ...string) (out string, err error) {
		cmd := exec.Command(program, args...)
		cmd.Env = []string{"PATH=/usr/bin:/bin"} // no display
		b, err := cmd.CombinedOutput()
		return string(b), err
	}
	if out, err := run("--version"); err != nil || !strings.HasPrefix(out, "qpay-dialog ") {
		t.Errorf("--version: %q, %v", out, err)
	}
	for args, want := range map[string]string{
		"":               "no display",
		"--display=:0":   "takes no arguments",
		"--gtk-module=x": "takes no arguments",
	} {
		out, err := run(strings.Fields(args)...)
		if err == nil || !strings.HasPrefix(out, "qpay-dialog: error: ") || !strings.Contains(out, want) {
			t.Errorf("%q: %q, %v", args, out, err)
		}
	}
}
