package ask

import (
	"strings"

	"qpay/internal/screen"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
)

// Words are what the pages and errors of a service say where they differ from
// those of a payment.
type Words struct {
	checking string // heading while the node is asked
	trouble  string // heading where the node cannot do it now
	refusal  string // heading where there is nothing to decide
	denied   string // what the person refused
	nothing  string // what did not happen; empty where nothing could
}

// The words of each service. Those without a window only need Quiet.
var (
	PayWords     = Words{"Checking the invoice…", "Cannot pay now", "Not a payable invoice", "The payment", "nothing was paid"}
	KeysendWords = Words{"Checking the payment…", "Cannot pay now", "Not a possible payment", "The payment", "nothing was paid"}
	InvoiceWords = Words{"Checking the node…", "Cannot make an invoice now", "No invoice was made", "The invoice", "no invoice was made"}
	SignWords    = Words{"Checking the node…", "Cannot sign now", "Nothing was signed", "The signature", "nothing was signed"}
	Quiet        = Words{}
)

// Denied is the sentence for a question that was answered with no.
func (w Words) Denied() string { return w.denied + " was refused in the wallet's window." }

// Error is e with a hint that fits the service. Hints are written for payments
// and say first that nothing was paid, which is all that a caller of Pay wants
// to know; to others it would be a riddle.
func (w Words) Error(e *wire.Error) *wire.Error {
	rest, ok := strings.CutPrefix(e.Hint, "nothing was paid")
	fits := *e
	switch {
	case !ok:
	case w.nothing != "":
		fits.Hint = w.nothing + rest
	case rest != "":
		fits.Hint = strings.TrimPrefix(rest, "; ")
	default:
		fits.Hint = "nothing was changed"
	}
	return &fits
}

// Checking is the first page: the window is up while the node is asked.
func (w Words) Checking(caller payment.Qube) screen.Page {
	return screen.Page{Kind: screen.Loading, Heading: w.checking,
		Subheading: "Asked by " + line(string(caller), 64).text}
}

// Trouble is shown where the node cannot do it now; it can be tried again.
func (w Words) Trouble(e *wire.Error) screen.Page {
	e = w.Error(e)
	return screen.Page{Kind: screen.Trouble, Heading: w.trouble, Subheading: e.Message,
		Rows: []screen.Row{{Key: "What to do", Value: Sentence(e.Hint), Style: screen.Plain}}}
}

// Refusal is shown where there is nothing to decide: a wrong, expired or paid
// invoice, or what the node refused after the approval.
func (w Words) Refusal(caller payment.Qube, e *wire.Error) screen.Page {
	headings := map[wire.Code]string{
		wire.Expired:     "This invoice has expired",
		wire.AlreadyPaid: "Already paid",
		wire.OverLimit:   "Above your limit",
		wire.BadMessage:  "A text that is not signed",
		wire.BadMetadata: "Text and invoice do not match",
	}
	e = w.Error(e)
	heading, ok := headings[e.Code]
	if !ok {
		heading = w.refusal
	}
	return screen.Page{Kind: screen.Notice, Heading: heading, Subheading: e.Message, Rows: []screen.Row{
		{Key: "Asked by", Value: line(string(caller), 64).text, Source: fromQubes, Style: screen.Plain},
		{Key: "What to do", Value: Sentence(e.Hint), Style: screen.Plain},
	}}
}
