package ask

import (
	"errors"
	"strings"
	"testing"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/invoice"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/server/signing"
	"qpay/internal/wire"
)

func receive() InvoiceQuestion {
	amount := money.Msat(12_350_000)
	return InvoiceQuestion{Caller: "personal", Network: invoice.Mainnet, Amount: &amount, Max: money.Max, Payer: true,
		Memo: "1 cup of coffee", Expiry: time.Hour, Own: true}
}

func receiveWithin(least, most money.Msat) InvoiceQuestion {
	q := receive()
	q.Amount, q.Payer, q.Min, q.Max = nil, false, least, most
	return q
}

func receiveAny() InvoiceQuestion {
	q := receive()
	q.Amount, q.Memo = nil, ""
	return q
}

func sending() KeysendQuestion {
	q := KeysendQuestion{Caller: "personal", Network: invoice.Mainnet, Amount: 12_350_000, Preimage: payment.Preimage{9},
		Fee: money.DefaultFeeRule, MaxPayment: 1_000_000 * money.PerSat}
	q.Destination[0], q.Destination[32] = 2, 7
	return q
}

// servicePages are the pages of the services other than Pay.
func servicePages(fixed, open invoice.Invoice) map[string]screen.Page {
	site := receiveWithin(1_000, 5_000_000)
	site.Origin, site.Own, site.Expiry = "https://shop.example", false, 90061*time.Second
	suggestion := money.Msat(2_000_000)
	site.Default, site.Memo, site.Network = &suggestion, hostile, invoice.Simnet
	drawn := receiveWithin(10_000, 50_000)
	drawn.Address, drawn.Memo = "atm.example", "Your withdrawal"
	data := sending()
	data.Records = map[uint64][]byte{7629169: []byte(`{"podcast":"x"}`), 65536: {0, 255}, 696969: []byte("a\u202eb")}
	data.Origin, data.PaidBefore, data.LastPaid = "https://podcast.example", 2, noon
	again := sending()
	again.Open = noon
	keysent := journal.Record{Qube: "personal", State: payment.Paid, Amount: 12_350_000, Fee: 1_500, Keysend: true,
		Destination: strings.Repeat("02", 33), Preimage: &payment.Preimage{9}}
	refused := journal.Record{State: payment.Failed, Reason: payment.IncorrectDetails, Keysend: true}
	notAllowed := wire.New(wire.NodeRefused, "The node refuses qpay's macaroon: it does not allow this call.", "nothing was paid; run qpay-server doctor in the wallet's qube")
	return map[string]screen.Page{
		"invoice":           receive().Page(),
		"invoice-bounds":    site.Page(),
		"invoice-any":       receiveAny().Page(),
		"invoice-withdraw":  drawn.Page(),
		"invoice-checking":  InvoiceWords.Checking("personal"),
		"invoice-made":      InvoiceMade("personal", fixed, true),
		"invoice-made-any":  InvoiceMade("personal", open, false),
		"invoice-refused":   InvoiceWords.Refusal("personal", notAllowed),
		"sign":              MessageQuestion{Caller: "personal", Origin: "https://login.example", Message: "login.example\nnonce: 8f2c"}.Page(),
		"sign-hostile":      MessageQuestion{Caller: "personal", Message: hostile}.Page(),
		"sign-long":         MessageQuestion{Caller: "personal", Message: strings.Repeat("a line\n", signing.Max/7)}.Page(),
		"sign-trouble":      SignWords.Trouble(wire.New(wire.NodeNotReady, "The node's wallet is locked.", "nothing was paid; unlock it, for example with lncli unlock")),
		"signed":            Signed("personal", true),
		"keysend":           sending().Page(),
		"keysend-data":      data.Page(),
		"keysend-again":     again.Page(),
		"keysend-under-way": Progress(keysent, payment.Sent, true),
		"keysend-unknown":   Progress(keysent, payment.Unknown, false),
		"keysend-paid":      Result(keysent, true),
		"keysend-failed":    Result(refused, true),
	}
}

func TestApproveInvoice(t *testing.T) {
	yes := screen.Event{What: screen.Pay, Digest: "d"}
	typed := func(m money.Msat) screen.Event { return screen.Event{What: screen.Pay, Digest: "d", Amount: &m} }
	fee := typed(2_000)
	fee.FeeLimit = fee.Amount
	for name, c := range map[string]struct {
		q    InvoiceQuestion
		e    screen.Event
		want money.Msat // 0: none
		ok   bool
	}{
		"fixed":                      {receive(), yes, 12_350_000, true},
		"typed":                      {receiveWithin(1_000, 5_000), typed(5_000), 5_000, true},
		"left to the payer":          {receiveAny(), yes, 0, true},
		"typed all the same":         {receiveAny(), typed(1), 1, true},
		"another page was shown":     {receive(), screen.Event{What: screen.Pay, Digest: "e"}, 0, false},
		"denied":                     {receive(), screen.Event{What: screen.Deny, Digest: "d"}, 0, false},
		"typed for a fixed one":      {receive(), typed(1), 0, false},
		"nothing where it is needed": {receiveWithin(1_000, 5_000), yes, 0, false},
		"too little":                 {receiveWithin(1_000, 5_000), typed(999), 0, false},
		"too much":                   {receiveWithin(1_000, 5_000), typed(5_001), 0, false},
		"zero":                       {receiveAny(), typed(0), 0, false},
		"more than there can be":     {receiveAny(), typed(money.Max + 1), 0, false},
		"a fee limit":                {receiveAny(), fee, 0, false},
	} {
		a, err := c.q.Approve("d", c.e, noon)
		got, given := a.Amount()
		if (err == nil) != c.ok || a.Valid() != c.ok || got != c.want || given != (c.want > 0) {
			t.Errorf("%s: %v, %d %t", name, err, got, given)
		}
	}
	a, err := receive().Approve("d", yes, noon)
	if err != nil || a.Memo() != "1 cup of coffee" || a.Expiry() != time.Hour {
		t.Fatal(a, err)
	}
}

func TestApproveMessage(t *testing.T) {
	yes := screen.Event{What: screen.Pay, Digest: "d"}
	a, err := MessageQuestion{Message: hello}.Approve("d", yes, noon)
	if err != nil || !a.Valid() || a.Message() != hello {
		t.Fatal(a, err)
	}
	// Checked again where the approval is made: a fault before must not matter.
	for name, q := range map[string]MessageQuestion{"the phrase": {Message: "do not ever sign this text"}, "empty": {}} {
		if a, err := q.Approve("d", yes, noon); !errors.Is(err, ErrNotShown) || a.Valid() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a, err := (MessageQuestion{Message: hello}).Approve("e", yes, noon); err == nil || a.Valid() {
		t.Error("another page was shown")
	}
}

const hello = " hello\u202e\n"

func TestApproveKeysend(t *testing.T) {
	yes := screen.Event{What: screen.Pay, Digest: "d"}
	q := sending()
	q.Records = map[uint64][]byte{65536: {1}}
	a, err := q.Approve("d", yes, noon)
	if err != nil || !a.Valid() || a.Amount() != q.Amount || a.FeeLimit() != q.Fee.Limit(q.Amount) || a.Destination() != q.Destination ||
		a.Preimage() != q.Preimage || len(a.Records()) != 1 {
		t.Fatal(a, err)
	}
	q.Records[70000] = nil
	a.Records()[80000] = nil
	if len(a.Records()) != 1 {
		t.Error("what was approved changed afterwards")
	}
	for name, spoil := range map[string]func(*KeysendQuestion){
		"nothing":         func(q *KeysendQuestion) { q.Amount = 0 },
		"over the limit":  func(q *KeysendQuestion) { q.Amount = q.MaxPayment + 1 },
		"a zero preimage": func(q *KeysendQuestion) { q.Preimage = payment.Preimage{} },
	} {
		q := sending()
		spoil(&q)
		if a, err := q.Approve("d", yes, noon); err == nil || a.Valid() {
			t.Errorf("%s was approved", name)
		}
	}
	if a, err := sending().Approve("", screen.Event{What: screen.Pay}, noon); err == nil || a.Valid() {
		t.Error("nothing was shown")
	}
}

// All of a text is shown, whatever it is made of, and fits on a page's line.
func TestTheWholeMessageIsShown(t *testing.T) {
	for _, unit := range []string{"a", "\x01", "\u0301", "\n", "<", "\u202e", "\U000E0041", "é"} {
		message := strings.Repeat(unit, signing.Max/len(unit))
		p := MessageQuestion{Caller: "personal", Origin: strings.Repeat("\u202e", 600), Message: message}.Page()
		if err := p.Check(); err != nil {
			t.Errorf("%q: %v", unit, err)
		}
		if _, err := screen.WriteLine(&strings.Builder{}, p); err != nil {
			t.Errorf("%q: %v", unit, err)
		}
		for _, r := range p.Rows {
			if strings.Contains(r.Note, "shortened") && r.Key == "Text" {
				t.Errorf("%q: %s", unit, r.Note)
			}
		}
	}
}

// The same for the largest records.
func TestAllRecordsAreShown(t *testing.T) {
	q := sending()
	q.Records = map[uint64][]byte{}
	for i := range uint64(8) {
		q.Records[1<<63+i] = []byte(strings.Repeat("\x00", 128))
	}
	p := q.Page()
	for _, r := range p.Rows {
		if r.Key == "Data for it" && (strings.Count(r.Value, "00") < 8*128 || r.Note != "") {
			t.Errorf("%+v", r)
		}
	}
	if _, err := screen.WriteLine(&strings.Builder{}, p); err != nil {
		t.Error(err)
	}
}

func TestHintsFitTheService(t *testing.T) {
	for hint, want := range map[string][3]string{
		"nothing was paid":                 {"nothing was paid", "nothing was signed", "nothing was changed"},
		"nothing was paid; start the node": {"nothing was paid; start the node", "nothing was signed; start the node", "start the node"},
		"look at it":                       {"look at it", "look at it", "look at it"},
	} {
		for i, w := range []Words{PayWords, SignWords, Quiet} {
			e := &wire.Error{Hint: hint}
			if got := w.Error(e).Hint; got != want[i] || e.Hint != hint {
				t.Errorf("%q: %q, want %q", hint, got, want[i])
			}
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Hour: "1 hour", time.Second: "1 second", 90061 * time.Second: "1 day 1 hour 1 minute 1 second", 365 * 24 * time.Hour: "365 days",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}
