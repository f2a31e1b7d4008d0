package dialog

import (
	"fmt"
	"strings"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
)

const (
	payee    = "02f1 a8c8 7607 f415 c8f2 2c00 5930 0277 5941 dea4 8869 ce23 096a f27b 0cfd cc0b 69"
	preimage = "9f2c61a0b7d84e53c1f0a6d29e3b4875d1c6a7f8e9021b3c4d5e6f708192a3b4"
)

// row is a line of the sample pages below.
func row(key, value, note, source string, style screen.Style) screen.Row {
	return screen.Row{Key: key, Value: value, Note: note, Source: source, Style: style}
}

// AskPage is a usual question, one that a browser's page led to.
func AskPage() screen.Page {
	return screen.Page{
		Kind: screen.Ask, Heading: "12 350 sat", Subheading: "0.00012350 BTC", PayLabel: "Pay 12 350 sat", CanMute: true,
		Rows: []screen.Row{
			row("Asked by", "personal", "", "by Qubes", screen.Plain),
			row("Website", "https://shop.example", "", "a claim of the qube", screen.Plain),
			row("For", "Order 4711: one kilogram of coffee beans, roasted on Monday", "", "in the invoice", screen.Text),
			row("Payee", payee, "first payment to this key", "in the invoice", screen.Mono),
			row("Fee", "at most 123.5 sat", "", "by this wallet", screen.Plain),
			row("Payment hash", "3b1f 90c2 …", "", "in the invoice", screen.Mono),
		},
	}
}

// AmountPage asks for the amount as well.
func AmountPage() screen.Page {
	p := AskPage()
	suggested := 5000 * money.PerSat
	p.Heading, p.Subheading, p.PayLabel = "Which amount?", "The invoice leaves the amount to you.", "Pay"
	p.Amount = &screen.AmountQuestion{Max: 1_000_000 * money.PerSat, Suggested: &suggested,
		FeeBase: money.DefaultFeeRule.Base, FeePPM: money.DefaultFeeRule.PPM}
	p.Rows = append(p.Rows[:4:4], p.Rows[5]) // the fee stands at the amount
	return p
}

// WarningPage is a large one, with a description that tries to deceive.
func WarningPage() screen.Page {
	p := AskPage()
	p.Heading, p.Subheading, p.PayLabel = "2 100 000 sat", "0.02100000 BTC", "Pay 2 100 000 sat"
	p.Banner = &screen.Banner{Level: screen.Warning, Text: "This is a large payment."}
	p.Rows[0].Value = "untrusted"
	p.Rows[2].Value = "Donation⟨U+202E⟩ gnp.tac\nRefund⟨U+200B⟩: <b>0 sat</b> <span size='90000'>FREE</span> &amp; paypal⟨U+0007⟩"
	p.Rows[2].Note = "3 invisible or control characters are shown as ⟨codes⟩; mixes look-alike alphabets"
	p.Rows[4].Value = "at most 21 000 sat"
	return p
}

// FloodPage has a description of 10 kB in 600 lines, as the server hands it
// over when it shortens nothing.
func FloodPage() screen.Page {
	p := AskPage()
	var b strings.Builder
	for i := range 600 {
		fmt.Fprintf(&b, "%03d buy, buy, buy\n", i)
	}
	p.Rows[2].Value = b.String()
	return p
}

// ManyRowsPage has more rows than fit on any screen.
func ManyRowsPage() screen.Page {
	p := AskPage()
	for i := range 40 {
		p.Rows = append(p.Rows, row(fmt.Sprintf("Fact %d", i), "one more", "", "in the invoice", screen.Plain))
	}
	return p
}

// LoadingPage is the first of all.
func LoadingPage() screen.Page {
	return screen.Page{Kind: screen.Loading, Heading: "Checking the invoice…", Subheading: "Asked by personal"}
}

// TroublePage can be tried again.
func TroublePage() screen.Page {
	return screen.Page{Kind: screen.Trouble, Heading: "Cannot pay now", Subheading: "The Lightning node did not answer.",
		Rows: []screen.Row{row("What to do", "Nothing was paid; run qpay-server doctor in lightningvm.", "", "", screen.Plain)}}
}

// PayingPage began a moment ago.
func PayingPage() screen.Page {
	return screen.Page{Kind: screen.Paying, Heading: "Paying 12 350 sat", Since: time.Now().Add(-7 * time.Second).UnixMilli(),
		Subheading: "Your node is looking for a way to the payee. You may close this window: the payment goes on."}
}

// PaidPage has the proof.
func PaidPage() screen.Page {
	groups := strings.Join(strings.FieldsFunc(fours(preimage), func(c rune) bool { return c == ' ' }), " ")
	return screen.Page{Kind: screen.Paid, Heading: "Paid 12 350 sat", Subheading: "0.00012350 BTC",
		Rows: []screen.Row{
			row("Fee", "2.119 sat", "", "by this wallet", screen.Plain),
			row("Proof", "given to personal", "", "", screen.Plain),
			row("Preimage", groups, "", "", screen.Mono),
		}, Copy: preimage, CopyLabel: "Copy preimage"}
}

// FailedPage is final.
func FailedPage() screen.Page {
	return screen.Page{Kind: screen.Failed, Heading: "Not paid", Subheading: "No way to the payee was found within the fee limit.",
		Rows: []screen.Row{
			row("Your money", "None of it moved, by the node's final word.", "", "by this wallet", screen.Plain),
			row("What to do", "Try again later, or allow a higher fee in the wallet's config.toml.", "", "", screen.Plain),
		}}
}

// OpenPage is neither paid nor failed.
func OpenPage() screen.Page {
	return screen.Page{Kind: screen.Open, Heading: "On its way", Since: time.Now().Add(-95 * time.Second).UnixMilli(),
		Subheading: "The payee has not taken or refused 12 350 sat yet. That can last hours.",
		Rows: []screen.Row{
			row("This window", "may be closed; the payment goes on without it.", "", "", screen.Plain),
			row("Paying again", "is not needed. Open the same invoice again to see what became of it; it cannot be paid twice.", "", "", screen.Plain),
		}}
}

// NoticePage leaves nothing to decide.
func NoticePage() screen.Page {
	return screen.Page{Kind: screen.Notice, Heading: "This invoice has expired", Subheading: "It could be paid until 2026-02-03 14:05.",
		Rows: []screen.Row{
			row("Asked by", "personal", "", "by Qubes", screen.Plain),
			row("What to do", "Nothing was paid; ask for a new invoice.", "", "", screen.Plain),
		}}
}

func fours(digits string) string {
	var b strings.Builder
	for i, c := range digits {
		if i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}
