package dialog

import (
	"time"

	"github.com/gotk3/gotk3/gdk"
	"github.com/gotk3/gotk3/gtk"

	"qpay/internal/dialog/rule"
	"qpay/internal/screen"
)

// connect joins the buttons to what they do. A click that was on its way when
// the page was replaced belongs to the old page and does nothing.
func (w *window) connect(p *page) {
	on := func(b *gtk.Button, do func()) {
		b.Connect("clicked", func() {
			if w.page == p && !w.over {
				do()
			}
		})
	}
	on(p.leave, w.leave)
	on(p.pay, w.pay)
	on(p.mute, w.deny)
	on(p.retry, w.retry)
	on(p.copy, w.copy)
}

// pay looks at everything again; see rule.State.Approve for why.
func (w *window) pay() {
	p := w.page
	switch {
	case p.Kind != screen.Ask || p.answered:
		return
	case p.Amount != nil && !p.typed.OK:
		return
	case w.state.Approve(time.Now(), w.win.IsActive()):
		w.answer(screen.Pay)
	}
	w.refresh()
}

// leave is Cancel, Close, Escape and the cross of the title bar. Until something
// is approved that is a refusal; afterwards, and where there is nothing left to
// refuse, the person has only stopped looking.
func (w *window) leave() {
	what := screen.Close
	if w.page != nil {
		switch w.page.Kind {
		case screen.Loading, screen.Ask, screen.Trouble:
			if w.state.Phase() != rule.Expired {
				what = screen.Deny
			}
		}
	}
	w.answer(what)
	w.end(nil)
}

func (w *window) deny() {
	w.answer(screen.Mute)
	w.end(nil)
}

func (w *window) retry() {
	p := w.page
	w.answer(screen.Retry)
	p.retry.SetSensitive(false)
	p.retry.SetLabel("Trying again…")
}

// copy leaves the text with the X server for as long as the window is open.
// From there the person takes it to another qube by Qubes' own clipboard.
func (w *window) copy() {
	clipboard, err := gtk.ClipboardGet(gdk.SELECTION_CLIPBOARD)
	if err != nil {
		return
	}
	clipboard.SetText(w.page.Copy)
	w.page.copy.SetLabel("Copied")
}
