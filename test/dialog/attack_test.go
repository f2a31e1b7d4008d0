package dialog

import (
	"testing"
	"time"

	"qpay/internal/screen"
)

// A person types, and the window opens under the fingers: nothing is paid,
// nothing is denied, and Pay stays grey for as long as keys come.
func TestKeysHeldWhileItOpens(t *testing.T) {
	for _, key := range []string{"Return", "space", "KP_Enter", "alt+p"} {
		t.Run(key, func(t *testing.T) {
			need(t)
			f := open(t, LoadingPage())
			f.focus(f.id())
			f.show(AskPage())
			for end := time.Now().Add(4 * time.Second); time.Now().Before(end); {
				f.key(key)
				if n := f.grey(); n.Sensitive {
					t.Fatal("armed while keys came")
				}
			}
			f.none("only keys came")
			f.must(f.armed().Press(f.ctx))
			f.answered(screen.Pay)
		})
	}
}

func TestKeyHeldDown(t *testing.T) {
	f := open(t, AskPage())
	f.focus(f.id())
	f.must(f.d.KeyDown(f.ctx, "Return"))
	defer f.d.KeyUp(f.ctx, "Return")
	time.Sleep(4 * time.Second)
	f.must(f.grey().Press(f.ctx))
	f.none("Enter was held")
	f.must(f.d.KeyUp(f.ctx, "Return"))
	f.armed()
}

// A bare modifier is a key as well: somebody is typing.
func TestModifierStartsTheWaitAgain(t *testing.T) {
	f := open(t, AskPage())
	f.focus(f.id())
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end); {
		f.key("shift")
	}
	f.grey()
	f.armed()
}

// Enter and Space on an armed Pay button do nothing; Alt+P pays.
func TestPayByKeyboard(t *testing.T) {
	f := open(t, AskPage())
	f.armed()
	for {
		f.key("Tab")
		if n, err := f.tree.Focused(f.ctx); err == nil && n.Name == "Pay 12 350 sat" {
			break
		}
		f.must(f.ctx.Err())
	}
	f.key("Return", "space", "KP_Enter", "ISO_Enter", "ctrl+Return", "KP_Space")
	f.none("no such key pays")
	f.key("alt+p")
	f.answered(screen.Pay)
}

// Alt+P presses the button a quarter of a second later, also when the focus is
// gone by then. The click must look again.
func TestFocusLostWithinAltP(t *testing.T) {
	f := open(t, AskPage())
	f.armed()
	f.key("alt+p")
	f.focus(shared.other)
	events, err := f.Events()
	f.must(err)
	if len(events) != 0 {
		t.Skip("this machine was too slow to be between key and click")
	}
	f.none("the focus was gone")
}

func TestFocusLostDisarms(t *testing.T) {
	f := open(t, AskPage())
	pay := f.armed()
	f.focus(shared.other)
	f.must(f.grey().Press(f.ctx))
	f.must(pay.Press(f.ctx))
	f.shows("Waiting for this window to be active")
	time.Sleep(3500 * time.Millisecond) // without the focus it never arms
	f.must(f.grey().Press(f.ctx))
	f.none("it was grey")
	f.focus(f.id())
	f.must(f.grey().Press(f.ctx))
	f.must(f.armed().Press(f.ctx))
	f.answered(screen.Pay)
}

// A click that was meant for another window, and lands on Pay, brings the focus
// and no more.
func TestClickFromAnotherWindow(t *testing.T) {
	f := open(t, AskPage())
	x, y := middle(f.armed())
	f.focus(shared.other)
	f.grey()
	f.must(f.d.Click(f.ctx, x, y, 1))
	f.none("the first click only focuses")
	f.armed()
	f.must(f.d.Click(f.ctx, x, y, 1))
	f.answered(screen.Pay)
	f.must(f.d.Move(f.ctx, 1279, 799))
}

// The button was pressed before it was armed and is let go after: no click.
func TestPressHeldUntilArmed(t *testing.T) {
	f := open(t, AskPage())
	x, y := middle(f.grey())
	f.focus(f.id())
	f.must(f.d.Move(f.ctx, x, y))
	f.must(f.d.MouseDown(f.ctx))
	f.armed()
	f.must(f.d.MouseUp(f.ctx))
	f.none("it was pressed while grey")
	f.must(f.d.Move(f.ctx, 1279, 799))
}

// Four clicks in a row, and the server quick with its next pages: one payment,
// and the window stays to say what became of it.
func TestDoubleClick(t *testing.T) {
	f := open(t, AskPage())
	id := f.id()
	before, err := f.d.Geometry(f.ctx, id)
	f.must(err)
	x, y := middle(f.armed())
	clicked := make(chan error, 1)
	go func() { clicked <- f.d.Click(f.ctx, x, y, 4) }()
	f.answered(screen.Pay)
	f.show(PayingPage())
	f.show(PaidPage())
	f.must(<-clicked)
	f.shows("Paid 12 350 sat")
	f.button("Close")
	if events, _ := f.Events(); len(events) != 1 {
		t.Errorf("answered %+v", events)
	}
	after, err := f.d.Geometry(f.ctx, id)
	f.must(err)
	if before != after {
		t.Errorf("the window changed under the pointer from %+v to %+v", before, after)
	}
	f.must(f.d.Move(f.ctx, 1279, 799))
}

func TestEscapeAtOnce(t *testing.T) {
	f := open(t, AskPage())
	id := f.id()
	f.focus(shared.other)
	begin := time.Now() // before the focus comes, so the second is not over too soon
	f.focus(id)
	f.key("Escape")
	if time.Since(begin) > 900*time.Millisecond {
		t.Skip("this machine was too slow to press Escape within the first second")
	}
	f.none("Escape was typed as the window came up")
	time.Sleep(time.Until(begin.Add(1500 * time.Millisecond)))
	f.key("Escape")
	f.answered(screen.Deny)
	f.ended()
}

func TestExpiresWhileOpen(t *testing.T) {
	f := open(t, expiring(AskPage(), 5*time.Second))
	pay := f.armed()
	f.shows("Expires in 0:0")
	n, err := f.tree.WaitButton(f.ctx, "Expired", false)
	f.must(err)
	f.must(n.Press(f.ctx))
	f.must(pay.Press(f.ctx))
	f.shows("This invoice has expired. Nothing was paid.")
	f.key("alt+p")
	f.focus(shared.other)
	f.focus(f.id())
	time.Sleep(3500 * time.Millisecond) // it never arms again
	if n, err := f.tree.WaitButton(f.ctx, "Expired", false); err != nil || n.Sensitive {
		t.Errorf("%v, %v", n, err)
	}
	f.key("alt+p")
	f.none("it has expired")
	f.must(f.tree.Press(f.ctx, "Close"))
	f.answered(screen.Close)
	f.ended()
}
