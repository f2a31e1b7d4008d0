package ask

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/invoice"
	"qpay/internal/server/payment"
)

// KeysendQuestion is all that is known when a person is asked to pay without
// an invoice.
type KeysendQuestion struct {
	Caller      payment.Qube
	Origin      string
	Network     invoice.Network
	Destination [33]byte
	Amount      money.Msat
	Records     map[uint64][]byte // that go along to the payee
	Preimage    payment.Preimage  // of this wallet's own making
	Fee         money.FeeRule
	MaxPayment  money.Msat
	PaidBefore  int       // payments to this key, by the journal
	LastPaid    time.Time // the last of them
	Open        time.Time // an earlier keysend to this key without an outcome; zero if none
}

// Page is the question as it is drawn.
func (q KeysendQuestion) Page() screen.Page {
	rows := append(askedBy(q.Caller, q.Origin),
		screen.Row{Key: "No invoice", Value: "Nobody asked you for this payment, and nothing proves it afterwards. The payee may not know who paid, or what for.",
			Source: fromWallet, Style: screen.Plain},
		payeeRow(q.Destination, q.PaidBefore, q.LastPaid, fromQube))
	if len(q.Records) > 0 {
		rows = append(rows, q.records())
	}
	rows = append(rows, screen.Row{Key: "Fee", Value: "at most " + q.Fee.Limit(q.Amount).String(), Source: fromWallet, Style: screen.Plain})
	return screen.Page{Kind: screen.Ask, Heading: q.Amount.String(), Subheading: q.Amount.BTC(), Banner: q.banner(),
		Rows: rows, PayLabel: "Pay " + q.Amount.String() + " without an invoice"}
}

func (q KeysendQuestion) banner() *screen.Banner {
	switch {
	case !q.Open.IsZero():
		return &screen.Banner{Level: screen.Warning, Text: "An earlier payment without an invoice to this key, of " + day(q.Open) +
			", has no outcome yet. This would be another one."}
	case q.Amount >= q.MaxPayment/10:
		return &screen.Banner{Level: screen.Warning, Text: "This is a large payment."}
	}
	return testNetwork(q.Network)
}

// records shows what goes along: as text, in quotes, where all of it is;
// else in hex.
func (q KeysendQuestion) records() screen.Row {
	var lines []string
	for _, number := range slices.Sorted(maps.Keys(q.Records)) {
		value := string(q.Records[number])
		text := strconv.Quote(value)
		if !utf8.ValidString(value) || strings.ContainsFunc(value, func(c rune) bool { return !harmless(c) }) {
			text = fmt.Sprintf("%x", value)
		}
		lines = append(lines, fmt.Sprintf("%d: %s", number, text))
	}
	s := draw(strings.Join(lines, "\n"), screen.MaxLine/8, len(lines), harmless) // bounded by the request
	return screen.Row{Key: "Data for it", Value: s.text, Note: s.note(), Alert: s.note() != "", Source: fromQube, Style: screen.Text}
}

// Ends is never.
func (KeysendQuestion) Ends() time.Time { return time.Time{} }

// ApprovedKeysend is a payment without an invoice that a person saw and
// approved. Only KeysendQuestion.Approve makes one.
type ApprovedKeysend struct {
	destination [33]byte
	amount      money.Msat
	feeLimit    money.Msat
	records     map[uint64][]byte
	preimage    payment.Preimage
	valid       bool
}

// Valid tells an approval from the zero value, which anybody can write.
func (a ApprovedKeysend) Valid() bool { return a.valid }

// Destination is the payee's compressed public key.
func (a ApprovedKeysend) Destination() [33]byte { return a.destination }

// Amount is what the payee gets.
func (a ApprovedKeysend) Amount() money.Msat { return a.amount }

// FeeLimit is the most that routing may cost besides, as it was shown.
func (a ApprovedKeysend) FeeLimit() money.Msat { return a.feeLimit }

// Records are those that were shown; the caller may change its copy.
func (a ApprovedKeysend) Records() map[uint64][]byte { return maps.Clone(a.records) }

// Preimage is what the payee takes the payment with.
func (a ApprovedKeysend) Preimage() payment.Preimage { return a.preimage }

// Approve turns the event of a window into an approval; see Question.Approve.
func (q KeysendQuestion) Approve(digest string, e screen.Event, _ time.Time) (ApprovedKeysend, error) {
	if !about(digest, e) || e.Amount != nil || e.FeeLimit != nil {
		return ApprovedKeysend{}, ErrNotShown
	}
	if q.Amount == 0 || q.Amount > q.MaxPayment || q.Preimage == (payment.Preimage{}) {
		return ApprovedKeysend{}, ErrAmount
	}
	return ApprovedKeysend{destination: q.Destination, amount: q.Amount, feeLimit: q.Fee.Limit(q.Amount),
		records: maps.Clone(q.Records), preimage: q.Preimage, valid: true}, nil
}
