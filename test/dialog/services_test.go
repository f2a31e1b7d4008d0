package dialog

import (
	"strings"
	"testing"

	"qpay/internal/screen"
)

// An invoice of one's own: bounds below and above, and no fee anywhere.
func TestInvoiceWithinBounds(t *testing.T) {
	f := open(t, Golden("invoice-bounds")())
	f.shows("Type the amount to receive.", "The qube suggests 2 000 sat")
	for text, wrong := range map[string]string{"0.5": "At least 1 sat is asked for.", "5001": "At most 5 000 sat is asked for."} {
		f.must(f.tree.SetText(f.ctx, "Amount in satoshi", text))
		f.shows(wrong, "An amount is needed.")
	}
	f.must(f.tree.SetText(f.ctx, "Amount in satoshi", "1234.5"))
	n, err := f.tree.WaitButton(f.ctx, "Request 1 234.5 sat", true)
	f.must(err)
	f.shows("To approve by keyboard, press Alt+R.")
	f.must(n.Press(f.ctx))
	e := f.answered(screen.Pay)
	if e.What != screen.Pay || e.Digest != f.digest || e.Amount == nil || *e.Amount != 1_234_500 || e.FeeLimit != nil {
		t.Errorf("%+v", e)
	}
}

// Where the payer may decide, an empty entry is an answer, and a wrong one is
// none.
func TestInvoiceWithoutAmount(t *testing.T) {
	f := open(t, Golden("invoice-any")())
	f.must(f.tree.SetText(f.ctx, "Amount in satoshi", "x"))
	if n, err := f.tree.WaitButton(f.ctx, "Request", false); err != nil || n.Sensitive {
		t.Fatal(n, err)
	}
	f.must(f.tree.SetText(f.ctx, "Amount in satoshi", ""))
	n, err := f.tree.WaitButton(f.ctx, "Request", true)
	f.must(err)
	f.must(n.Press(f.ctx))
	if e := f.answered(screen.Pay); e.What != screen.Pay || e.Amount != nil || e.FeeLimit != nil {
		t.Errorf("%+v", e)
	}
}

// The buttons of the other services are armed as Pay is: not before three
// seconds.
func TestSignIsArmedLikePay(t *testing.T) {
	f := open(t, Golden("sign")())
	if n, err := f.tree.WaitButton(f.ctx, "Sign", false); err != nil || n.Sensitive {
		t.Fatal(n, err)
	}
	n, err := f.tree.WaitButton(f.ctx, "Sign", true)
	f.must(err)
	f.must(n.Press(f.ctx))
	if e := f.answered(screen.Pay); e.What != screen.Pay || e.Digest != f.digest {
		t.Errorf("%+v", e)
	}
}

// The longest text that there can be, and the worst to break into lines: the
// window comes up all the same.
func TestTheLongestTextToSign(t *testing.T) {
	p := Golden("sign")()
	p.Rows[2].Value = strings.Repeat("⟨U+0001⟩", 4096)
	f := open(t, p)
	if _, err := f.tree.WaitButton(f.ctx, "Sign", true); err != nil {
		t.Fatal(err)
	}
}
