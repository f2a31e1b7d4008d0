package dialog

import (
	"testing"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
)

func TestPay(t *testing.T) {
	f := open(t, AskPage())
	f.must(f.armed().Press(f.ctx))
	if e := f.answered(screen.Pay); e.Amount != nil || e.FeeLimit != nil {
		t.Errorf("an amount in the answer, though none was asked for: %+v", e)
	}
	f.shows("Approved")
	f.show(PayingPage())
	f.shows("Paying 12 350 sat")
	f.must(f.tree.Press(f.ctx, "Close"))
	f.answered(screen.Pay, screen.Close)
	f.ended()
}

func TestDenials(t *testing.T) {
	for name, do := range map[string]func(*fixture){
		"Cancel":       func(f *fixture) { f.must(f.tree.Press(f.ctx, "Cancel")) },
		"window close": func(f *fixture) { f.focus(f.id()); f.must(f.d.CloseWindow(f.ctx)) },
		"Escape":       func(f *fixture) { f.armed(); f.key("Escape") },
		"Enter on Cancel": func(f *fixture) {
			f.armed()
			f.key("Return")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, AskPage())
			f.grey()
			do(f)
			f.answered(screen.Deny)
			f.ended()
		})
	}
}

// Before the question is there, and while there is trouble, Cancel is a refusal
// as well; afterwards the person only stops looking.
func TestCloseOnEachPage(t *testing.T) {
	for name, c := range map[string]struct {
		page   screen.Page
		button string
		want   screen.Happening
	}{
		"loading": {LoadingPage(), "Cancel", screen.Deny}, "trouble": {TroublePage(), "Cancel", screen.Deny},
		"paying": {PayingPage(), "Close", screen.Close}, "paid": {PaidPage(), "Close", screen.Close},
		"failed": {FailedPage(), "Close", screen.Close}, "open": {OpenPage(), "Close", screen.Close},
		"notice": {NoticePage(), "Close", screen.Close}, "done": {Golden("signed")(), "Close", screen.Close},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, c.page)
			f.must(f.tree.Press(f.ctx, c.button))
			f.answered(c.want)
			f.ended()
		})
	}
}

func TestMute(t *testing.T) {
	f := open(t, AskPage())
	f.must(f.tree.Press(f.ctx, "Deny and mute this qube"))
	f.answered(screen.Mute)
	f.ended()
}

func TestRetry(t *testing.T) {
	f := open(t, TroublePage())
	n := f.button("Try again")
	f.must(n.Press(f.ctx))
	f.must(n.Press(f.ctx)) // the second one does nothing
	f.answered(screen.Retry)
	f.show(AskPage())
	f.must(f.armed().Press(f.ctx))
	f.answered(screen.Retry, screen.Pay)
}

// The digest is that of the page on the screen, not of the first one.
func TestDigestOfTheNewestPage(t *testing.T) {
	f := open(t, LoadingPage())
	f.shows("Checking the invoice")
	first := f.digest
	f.show(AskPage())
	f.armed()
	if f.digest == first {
		t.Fatal("both pages have one digest")
	}
	p := AskPage()
	p.Heading, p.PayLabel = "99 sat", "Pay 99 sat"
	f.show(p)
	// What was armed is void: the amount is another one.
	_, err := f.tree.WaitButton(f.ctx, "Pay 99 sat", false)
	f.must(err)
	f.must(f.armed().Press(f.ctx))
	f.answered(screen.Pay)
}

func TestTypedAmount(t *testing.T) {
	f := open(t, AmountPage())
	f.grey()
	entry, err := f.tree.WaitText(f.ctx, "Amount in satoshi")
	f.must(err)
	if entry.Text != "" {
		t.Errorf("the entry begins with %q: nobody has typed that", entry.Text)
	}
	f.shows("The qube suggests 5 000 sat", "Type the amount to pay")
	x, y := middle(entry)
	f.must(f.d.Click(f.ctx, x, y, 1))
	f.must(f.d.Type(f.ctx, "1234"))
	f.shows("Pay 1 234 sat", "Fee: at most 12.34 sat", "0.00001234 BTC")
	f.armed()
	f.must(f.d.Type(f.ctx, "5"))
	n, err := f.tree.WaitButton(f.ctx, "Pay 12 345 sat", false) // armed before, but for another amount
	f.must(err)
	f.must(n.Press(f.ctx))
	f.key("Return") // in the entry: pays nothing
	f.none("Pay was grey")
	f.must(f.armed().Press(f.ctx))
	e := f.answered(screen.Pay)
	if e.Amount == nil || *e.Amount != 12345*money.PerSat || e.FeeLimit == nil || *e.FeeLimit != 123_450 {
		t.Errorf("answered %v, %v", e.Amount, e.FeeLimit)
	}
}

func TestWrongAmount(t *testing.T) {
	f := open(t, AmountPage())
	for text, hint := range map[string]string{
		"1,000": "Not an amount", "0": "must be more than 0", "1000001": "At most 1 000 000 sat", "1.0001": "Finer than",
	} {
		f.must(f.tree.SetText(f.ctx, "Amount in satoshi", text))
		f.shows(hint)
		f.must(f.grey().Press(f.ctx))
	}
	time.Sleep(3500 * time.Millisecond) // long enough to be armed
	f.must(f.grey().Press(f.ctx))
	f.key("alt+p")
	f.none("there was no amount")
}

func TestSuggestedAmount(t *testing.T) {
	f := open(t, AmountPage())
	f.must(f.tree.Press(f.ctx, "Use 5 000 sat"))
	f.shows("Pay 5 000 sat")
	f.must(f.grey().Press(f.ctx))
	f.none("Pay was grey")
	f.must(f.armed().Press(f.ctx))
	if e := f.answered(screen.Pay); e.Amount == nil || *e.Amount != 5000*money.PerSat {
		t.Errorf("answered %v", e.Amount)
	}
}

func TestCopy(t *testing.T) {
	f := open(t, PaidPage())
	f.must(f.tree.Press(f.ctx, "Copy preimage"))
	for {
		text, err := f.d.Clipboard(f.ctx)
		if err == nil && text == preimage {
			break
		}
		if f.ctx.Err() != nil {
			t.Fatalf("clipboard has %q, %v", text, err)
		}
	}
}
