package ask

import (
	"fmt"

	"qpay/internal/screen"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
)

// newest is how many payments the window shows; the command line shows all.
const newest = 60

// historyChars bounds what is shown of a description, in characters.
const historyChars = 60

// History is the journal as a window shows it, newest first.
func History(rs []journal.Record) screen.Page {
	p := screen.Page{Kind: screen.Notice, Heading: "Lightning payments", Subheading: "Nothing was asked for yet."}
	if n := len(rs); n > newest {
		p.Subheading = fmt.Sprintf("The newest %d of %d; qpay-server history shows all.", newest, n)
		rs = rs[:newest]
	} else if n > 0 {
		p.Subheading = count(n, "request", "requests") + ", newest first."
	}
	for _, r := range rs {
		p.Rows = append(p.Rows, historyRow(r))
	}
	return p
}

func historyRow(r journal.Record) screen.Row {
	row := screen.Row{
		Key:    day(r.Steps[0].At),
		Value:  r.Amount.String() + ", " + stateWords[r.State],
		Note:   line(r.Description, historyChars).text,
		Alert:  r.State.Open(),
		Source: line(string(r.Qube), 64).text,
		Style:  screen.Plain,
	}
	if r.Amount == 0 {
		row.Value = "amount left open, " + stateWords[r.State]
	}
	if r.State == payment.Paid {
		row.Value += ", fee " + r.Fee.String()
	}
	return row
}

// stateWords say what a state means to a person.
var stateWords = map[payment.State]string{
	payment.Asked:    "being asked",
	payment.Approved: "approved",
	payment.Sent:     "on its way",
	payment.Paid:     "paid",
	payment.Failed:   "failed, no money moved",
	payment.Unknown:  "outcome not known yet",
	payment.Denied:   "refused by you",
	payment.Expired:  "expired",
	payment.Gone:     "not answered",
}
