package dialog

import (
	"fmt"
	"strings"
	"time"

	"qpay/internal/dialog/rule"
	"qpay/internal/screen"
)

// draw brings the changing parts of the page in line with the state.
func (w *window) draw(now time.Time) {
	p := w.page
	if w.state.Phase() == rule.Expired && !p.expired {
		p.expire()
	}
	w.drawClock(now)
	if p.Kind == screen.Ask {
		w.drawPay(now)
	}
	p.copy.SetSensitive(w.state.Closable(now))
	if closable := w.state.Closable(now); closable != p.leave.GetSensitive() {
		p.leave.SetSensitive(closable)
		if closable {
			p.leave.GrabFocus() // it lost the focus while it was grey
		}
	}
}

// drawClock shows how long there is left, or how long it has taken.
func (w *window) drawClock(now time.Time) {
	p := w.page
	switch {
	case p.Since != 0:
		say(p.ui.label("elapsed"), rule.Elapsed(now.Sub(unixMilli(p.Since))))
	case p.Kind == screen.Ask && p.Expires != 0 && !p.expired && !p.answered:
		left, urgent := rule.Countdown(unixMilli(p.Expires).Sub(now))
		say(p.clock, "Expires in "+left)
		class(p.clock, "urgent", urgent)
	}
}

// drawPay draws the Pay button, grey and with the seconds until it is armed.
func (w *window) drawPay(now time.Time) {
	p := w.page
	text := p.payText()
	if p.answered {
		p.approved()
		return
	}
	if p.expired {
		return
	}
	valid := p.Amount == nil || p.typed.OK
	ready := w.state.Phase() == rule.Armed && valid
	label, keys := rule.Mnemonic(text)
	hint := "Waiting for this window to be active"
	switch w.state.Phase() {
	case rule.Arming:
		label = fmt.Sprintf("%s (%d)", label, w.state.Left(now))
		hint = "Typing starts the wait again."
	case rule.Armed:
		hint = "To approve by keyboard, press " + keys + "."
		if p.pays() {
			hint = "To pay by keyboard, press " + keys + "."
		}
	}
	if !valid {
		hint = "An amount is needed."
		if p.pays() {
			hint = "Pay needs an amount."
		}
	}
	p.pay.SetLabel(label)
	p.ui.name("a_pay", text)
	p.pay.SetSensitive(ready)
	class(p.pay, "suggested-action", ready)
	say(p.hint, hint)
}

// payText is what Pay says when it is armed; a typed amount stands in it.
func (p *page) payText() string {
	text := p.PayLabel
	if text == "" {
		text = "Pay"
	}
	if p.Amount != nil && p.typed.OK && !p.typed.None {
		text += " " + p.typed.Amount.String()
	}
	return text
}

// pays says whether it is about a payment; else about an invoice or a signature.
func (p *page) pays() bool { return p.PayLabel == "" || strings.HasPrefix(p.PayLabel, "Pay") }

// expire draws the question as one that came too late. What was shown stays to
// be read, and nothing but Close is left to press.
func (p *page) expire() {
	p.expired = true
	p.lock()
	p.setBanner(screen.Banner{Level: screen.Error, Text: "This invoice has expired. Nothing was paid."})
	p.pay.SetLabel("Expired")
	p.ui.name("a_pay", "Expired")
	p.setLeave("Close")
	say(p.hint, "Ask the payee for a new invoice.")
	say(p.clock, "")
}

// approved draws the moment between Pay and the server's next page.
func (p *page) approved() {
	p.lock()
	p.pay.SetLabel("Approved")
	p.ui.name("a_pay", "Approved")
	p.setLeave("Close")
	say(p.hint, "Approved. Waiting for the wallet…")
	say(p.clock, "")
}

// lock takes away all that would answer the question. The page keeps its
// height: a second click must not land beside a window that has shrunk.
func (p *page) lock() {
	p.root.SetSizeRequest(pageWidth, max(leastHeight, p.root.GetAllocatedHeight()))
	p.pay.SetSensitive(false)
	class(p.pay, "suggested-action", false)
	p.mute.SetVisible(false)
	p.ui.box("question").SetSensitive(false)
}
