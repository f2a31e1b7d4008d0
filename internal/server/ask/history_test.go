package ask

import (
	"strings"
	"testing"
	"time"

	"qpay/internal/money"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
)

func TestHistory(t *testing.T) {
	time.Local = time.UTC
	record := func(s payment.State, amount money.Msat) journal.Record {
		return journal.Record{Qube: "personal", State: s, Amount: amount, Fee: 1_500, Description: hostile,
			Steps: []journal.Step{{State: payment.Asked, At: noon}}}
	}
	p := History([]journal.Record{record(payment.Paid, 12_350_000), record(payment.Sent, 1_000), record(payment.Denied, 0)})
	for i, want := range []string{"12 350 sat, paid, fee 1.5 sat", "1 sat, on its way", "amount left open, refused by you"} {
		r := p.Rows[i]
		if r.Value != want || r.Key != "2026-03-04 12:00" || r.Source != "personal" || r.Alert != (i == 1) {
			t.Errorf("%+v, want %q", r, want)
		}
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	if p := History(nil); len(p.Rows) != 0 || p.Subheading == "" {
		t.Errorf("%+v", p)
	}
	many := History(repeat(record(payment.Gone, 1), 500))
	if len(many.Rows) != newest || !strings.Contains(many.Subheading, "60 of 500") {
		t.Errorf("%d rows, %q", len(many.Rows), many.Subheading)
	}
}

// Every state has words.
func TestHistoryHasWordsForEveryState(t *testing.T) {
	for _, s := range []payment.State{payment.Asked, payment.Approved, payment.Sent, payment.Paid, payment.Failed,
		payment.Unknown, payment.Denied, payment.Expired, payment.Gone} {
		if stateWords[s] == "" {
			t.Errorf("no words for %s", s)
		}
	}
}

func repeat(r journal.Record, n int) (rs []journal.Record) {
	for range n {
		rs = append(rs, r)
	}
	return rs
}
