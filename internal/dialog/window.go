package dialog

import (
	"io"
	"time"

	"github.com/gotk3/gotk3/gdk"
	"github.com/gotk3/gotk3/glib"
	"github.com/gotk3/gotk3/gtk"

	"qpay/internal/dialog/rule"
	"qpay/internal/screen"
)

// title is fixed: dom0 draws it, and nothing from outside belongs there.
const title = "Lightning payment - qpay"

// window is the one window of the program. It has no header bar of its own, as
// dom0 draws a title bar around every window of a qube. It is never modal and
// grabs nothing: a qube that grabs is hostile, and Qubes does not let it.
type window struct {
	win   *gtk.Window
	out   io.Writer
	state rule.State
	page  *page
	timer glib.SourceHandle // the one timer; 0: none
	width int               // of the last configure event, like height
	high  int
	least int // height of the highest page so far
	over  bool
	err   error
}

func newWindow(out io.Writer) (*window, error) {
	win, err := gtk.WindowNew(gtk.WINDOW_TOPLEVEL)
	if err != nil {
		return nil, err
	}
	w := &window{win: win, out: out}
	win.SetTitle(title)
	win.SetResizable(false)
	win.SetPosition(gtk.WIN_POS_CENTER)
	win.SetTypeHint(gdk.WINDOW_TYPE_HINT_DIALOG)

	// Not window-state-event: GTK takes its focused bit from the window manager,
	// and where that has none, as in Qubes, it is on from the start for ever.
	win.Connect("focus-in-event", func(_ *gtk.Window, _ *gdk.Event) bool { w.focus(true); return false })
	win.Connect("focus-out-event", func(_ *gtk.Window, _ *gdk.Event) bool { w.focus(false); return false })
	win.Connect("configure-event", func(_ *gtk.Window, e *gdk.Event) bool {
		w.sized(gdk.EventConfigureNewFromEvent(e))
		return false
	})
	win.Connect("key-press-event", func(_ *gtk.Window, e *gdk.Event) bool {
		return w.key(gdk.EventKeyNewFromEvent(e).KeyVal())
	})
	win.Connect("delete-event", func(_ *gtk.Window, _ *gdk.Event) bool { w.leave(); return true })
	return w, nil
}

// show replaces the page. The window never gets smaller: where it shrank under
// the pointer, the second half of a double click would land beside it.
func (w *window) show(sp screen.Page, digest string) {
	p := w.newPage(sp, digest)
	w.least = max(w.least, leastHeight)
	if w.page != nil {
		// A page that was replaced at once has no height yet.
		w.least = max(w.least, w.page.root.GetAllocatedHeight())
		w.win.Remove(w.page.root)
	}
	w.page = p
	w.win.Add(p.root)
	p.layOut()
	p.root.SetSizeRequest(pageWidth, w.least)
	w.state.Show(time.Now(), sp.Kind, unixMilli(sp.Expires))
	w.refresh()
	w.win.Present()
	p.leave.GrabFocus() // Cancel, so that a stray Enter costs a question at most
}

func (w *window) focus(in bool) {
	w.state.Focus(time.Now(), in)
	w.refresh()
}

// sized restarts the wait when the size has changed: a window that somebody
// moves is the same, one that shrinks or grows may hide what it says.
func (w *window) sized(e *gdk.EventConfigure) {
	if e.Width() == w.width && e.Height() == w.high {
		return
	}
	w.width, w.high = e.Width(), e.Height()
	w.state.Disturb(time.Now())
	w.refresh()
}

// refresh draws what the state says now, and asks to be called again when the
// state will change by itself. Both happen here only, so no timer of an old
// state can draw over a new one.
func (w *window) refresh() {
	w.stopTimer()
	if w.over || w.page == nil {
		return
	}
	now := time.Now()
	w.state.Tick(now)
	w.draw(now)
	if next := w.state.Next(now, unixMilli(w.page.Since)); next > 0 {
		w.timer = glib.TimeoutAdd(uint(next/time.Millisecond)+1, func() bool {
			w.timer = 0 // it has ended; removing it again would be an error
			w.refresh()
			return false
		})
	}
}

func (w *window) stopTimer() {
	if w.timer != 0 {
		glib.SourceRemove(w.timer)
		w.timer = 0
	}
}

// key sees every key press first; true swallows it.
func (w *window) key(k uint) bool {
	if w.page == nil {
		return true
	}
	now := time.Now()
	acts := w.state.Key(now)
	w.refresh()
	switch {
	case k == gdk.KEY_Escape:
		if w.state.Escape(now) {
			w.leave()
		}
		return true
	case w.page.pay.HasFocus() && presses(k):
		return true // Enter and Space never pay, armed or not
	case acts:
		return false
	case w.page.Amount != nil:
		// Where an amount is to be typed, keys start the wait again but reach
		// the entry, and Tab finds it. What presses a button does not.
		return presses(k) && !(w.page.entry.HasFocus() && k == gdk.KEY_space)
	}
	return true
}

// presses says whether the key presses the button that has the focus.
func presses(k uint) bool {
	switch k {
	case gdk.KEY_Return, gdk.KEY_KP_Enter, gdk.KEY_ISO_Enter, gdk.KEY_space, gdk.KEY_KP_Space:
		return true
	}
	return false
}
