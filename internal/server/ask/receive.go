package ask

import (
	"fmt"
	"strings"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/invoice"
	"qpay/internal/server/payment"
)

// InvoiceQuestion is all that is known when a person is asked whether an
// invoice may be made. Nothing of it but the caller and the network is more
// than a wish of the qube's.
type InvoiceQuestion struct {
	Caller  payment.Qube
	Origin  string
	Address string // who is said to pay
	Network invoice.Network
	Amount  *money.Msat // fixed; nil: the person types it
	Min     money.Msat  // of what is typed
	Max     money.Msat
	Default *money.Msat // a suggestion
	Payer   bool        // the payer may decide: nothing need be typed
	Memo    string
	Expiry  time.Duration
	Own     bool // Expiry is the wallet's own, not the qube's
}

const fromQube = "a claim of the qube"

// Page is the question as it is drawn.
func (q InvoiceQuestion) Page() screen.Page {
	p := screen.Page{
		Kind: screen.Ask, Heading: "Which amount?",
		Subheading: "An invoice by which you are paid. Nothing is paid by you.",
		Banner:     testNetwork(q.Network), Rows: q.rows(), PayLabel: "Request",
	}
	if q.Amount != nil {
		p.Heading, p.PayLabel = q.Amount.String(), "Request "+q.Amount.String()
		p.Subheading = "An invoice by which you are paid this amount. Nothing is paid by you."
		return p
	}
	p.Amount = &screen.AmountQuestion{Min: q.Min, Max: q.Max, Suggested: q.Default, NoFee: true,
		Optional: q.Payer, Hint: "Type the amount to receive."}
	if q.Payer {
		p.Amount.Hint = "Type the amount to receive, or leave it to the payer."
	}
	return p
}

func (q InvoiceQuestion) rows() []screen.Row {
	rows := append(askedBy(q.Caller, q.Origin), addressRow("Payer", q.Address)...)
	rows = append(rows, q.memo())
	if q.Amount == nil && !q.Payer {
		bounds := "up to " + q.Max.String()
		if q.Min > 0 {
			bounds = "from " + q.Min.String() + " to " + q.Max.String()
		}
		rows = append(rows, screen.Row{Key: "Amount", Value: bounds, Source: fromQube, Style: screen.Plain})
	}
	valid := screen.Row{Key: "Valid", Value: "for " + span(q.Expiry), Source: fromQube, Style: screen.Plain}
	if q.Own {
		valid.Source = fromWallet
	}
	return append(rows, valid)
}

// memo goes into the invoice as the qube wrote it: whoever pays reads it as the
// words of the wallet's owner.
func (q InvoiceQuestion) memo() screen.Row { return textRow("For", q.Memo, fromQube) }

// Ends is never: what the qube wants made has no end yet.
func (InvoiceQuestion) Ends() time.Time { return time.Time{} }

// ApprovedInvoice is an invoice to be made that a person saw and approved.
// Only InvoiceQuestion.Approve makes one.
type ApprovedInvoice struct {
	amount money.Msat // 0: none
	memo   string
	expiry time.Duration
	valid  bool
}

// Valid tells an approval from the zero value, which anybody can write.
func (a ApprovedInvoice) Valid() bool { return a.valid }

// Amount is what the invoice is to ask for; ok is false if the payer decides.
func (a ApprovedInvoice) Amount() (amount money.Msat, ok bool) { return a.amount, a.amount > 0 }

// Memo is the description, Expiry how long it may be paid.
func (a ApprovedInvoice) Memo() string          { return a.memo }
func (a ApprovedInvoice) Expiry() time.Duration { return a.expiry }

// Approve turns the event of a window into an approval; see Question.Approve.
func (q InvoiceQuestion) Approve(digest string, e screen.Event, _ time.Time) (none ApprovedInvoice, err error) {
	if !about(digest, e) || e.FeeLimit != nil || q.Amount != nil && e.Amount != nil {
		return none, ErrNotShown
	}
	a := ApprovedInvoice{memo: q.Memo, expiry: q.Expiry, valid: true}
	switch {
	case q.Amount != nil:
		a.amount = *q.Amount
	case e.Amount == nil && q.Payer:
		return a, nil
	case e.Amount == nil || *e.Amount < q.Min || *e.Amount > q.Max:
		return none, ErrAmount
	default:
		a.amount = *e.Amount
	}
	if a.amount == 0 || a.amount > money.Max {
		return none, ErrAmount
	}
	return a, nil
}

// InvoiceMade is the page of an invoice that was made.
func InvoiceMade(caller payment.Qube, inv invoice.Invoice, answered bool) screen.Page {
	p := screen.Page{Kind: screen.Done, Heading: "Invoice made", Subheading: "The payer decides the amount.",
		Copy: inv.PaymentRequest(), CopyLabel: "Copy invoice"}
	if amount, ok := inv.Amount(); ok {
		p.Subheading = "You are paid " + amount.String() + " by it."
	}
	given := "given to " + line(string(caller), 64).text
	if !answered {
		given = line(string(caller), 64).text + " is gone and did not get it"
	}
	hash := inv.PaymentHash()
	p.Rows = []screen.Row{
		{Key: "Invoice", Value: given, Style: screen.Plain},
		{Key: "Expires", Value: day(inv.Expires()), Source: fromWallet, Style: screen.Plain},
		{Key: "Payment hash", Value: Groups(payment.Hash(hash).String()[:16]) + " …", Source: fromWallet, Style: screen.Mono},
	}
	return p
}

// span says a time in its units, exactly.
func span(d time.Duration) string {
	var parts []string
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / u.of; n > 0 {
			parts = append(parts, count(int(n), u.name, u.name+"s"))
			d -= n * u.of
		}
	}
	return strings.Join(parts, " ")
}

// testNetwork says that it is not about real money.
func testNetwork(n invoice.Network) *screen.Banner {
	if n == invoice.Mainnet {
		return nil
	}
	return &screen.Banner{Level: screen.Info, Text: fmt.Sprintf("Test network (%s): no real bitcoin.", n)}
}

// askedBy are the first rows of each question.
func askedBy(caller payment.Qube, origin string) []screen.Row {
	rows := []screen.Row{{Key: "Asked by", Value: line(string(caller), 64).text, Source: fromQubes, Style: screen.Plain}}
	if origin == "" {
		return rows
	}
	return append(rows, addressRow("Website", origin)...)
}

// addressRow is an address in the net that the qube claims to have spoken to;
// no row if there is none.
func addressRow(key, untrusted string) []screen.Row {
	if untrusted == "" {
		return nil
	}
	s := address(untrusted, originChars)
	return []screen.Row{{Key: key, Value: s.text, Note: s.note(), Alert: s.note() != "", Source: fromQube, Style: screen.Plain}}
}
