package dialog

import (
	"time"

	"qpay/internal/dialog/rule"
)

// askAmount shows the entry of an invoice without an amount.
//
// The amount that the qube suggests is not filled in. It would turn a claim of
// the qube into the amount that one click pays, and a wrong figure is overlooked
// where it already stands. So it is named as what it is, beside a button that
// takes it over, and taking it over starts the wait anew, as typing does.
func (w *window) askAmount(p *page) {
	p.ui.box("question").SetVisible(true)
	p.entry.Connect("changed", func() {
		if w.page == p {
			w.typed()
		}
	})
	if s := p.Amount.Suggested; s != nil {
		p.ui.label("suggested_text").SetText("The qube suggests " + s.String() + ".")
		p.ui.name("a_use", "Use "+s.String())
		p.ui.button("use").Connect("clicked", func() {
			if w.page == p && !p.answered && !p.expired {
				p.entry.SetText(s.Sat())
			}
		})
		p.ui.box("suggested").SetVisible(true)
	}
	p.typed = rule.Read(*p.Amount, "")
	p.drawTyped()
}

// typed reads the entry anew. What is asked has changed: nobody has looked at
// it for three seconds yet.
func (w *window) typed() {
	p := w.page
	text, err := p.entry.GetText()
	if err != nil {
		text = ""
	}
	p.typed = rule.Read(*p.Amount, text)
	p.drawTyped()
	w.state.Disturb(time.Now())
	w.refresh()
}

// drawTyped says below the entry what it comes to.
func (p *page) drawTyped() {
	label, text := p.ui.label("typed"), "Type the amount to pay."
	if p.Amount.Hint != "" {
		text = p.Amount.Hint
	}
	switch t := p.typed; {
	case t.None:
	case t.OK && p.Amount.NoFee:
		text = t.Amount.BTC()
	case t.OK:
		text = t.Amount.BTC() + "  ·  Fee: at most " + t.Fee.String()
	case t.Wrong != "":
		text = t.Wrong
	}
	label.SetText(text)
	class(label, "qpay-bad", p.typed.Wrong != "")
	class(label, "qpay-dim", p.typed.Wrong == "")
	class(p.entry, "error", p.typed.Wrong != "")
}
