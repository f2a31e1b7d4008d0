package ask

import (
	"strings"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
)

// Progress is the page of a payment that was sent and has no outcome yet; long
// tells that this has lasted.
func Progress(r journal.Record, now payment.State, long bool) screen.Page {
	var p screen.Page
	switch {
	case now == payment.Unknown:
		p = OutcomeUnknown(r.Amount, r.Since())
	case long:
		p = UnderWay(r.Amount, r.Since())
	default:
		return Paying(r.Amount, r.Since())
	}
	if r.Keysend {
		p.Rows = openKeysendRows
	}
	return p
}

// OpenError is the answer to a caller that waits no longer for it.
func OpenError(r journal.Record, now payment.State) *wire.Error {
	hint := "do not pay again: ask for the same invoice later to learn what became of it"
	if r.Keysend {
		hint = "do not send it again, that would be a second payment; the wallet's history tells what became of it"
	}
	if now == payment.Unknown {
		return wire.New(wire.UnknownCode, "The payment was sent, and the node cannot be asked what became of it.", hint)
	}
	return wire.New(wire.InFlightCode, "The payment is on its way; the payee has not taken it yet.", hint)
}

// Paying is shown from the approval on.
func Paying(amount money.Msat, since time.Time) screen.Page {
	return screen.Page{Kind: screen.Paying, Heading: "Paying " + amount.String(),
		Subheading: "Your node is looking for a way to the payee. You may close this window: the payment goes on.",
		Since:      since.UnixMilli()}
}

// UnderWay is Paying after a while: what it means that nothing comes back.
func UnderWay(amount money.Msat, since time.Time) screen.Page {
	p := Paying(amount, since)
	p.Kind, p.Heading = screen.Open, "On its way"
	p.Subheading = "The payee has not taken or refused " + amount.String() + " yet. That can last hours."
	p.Rows = openRows
	return p
}

// OutcomeUnknown is shown while the node cannot be asked.
func OutcomeUnknown(amount money.Msat, since time.Time) screen.Page {
	p := UnderWay(amount, since)
	p.Heading = "Outcome not known yet"
	p.Subheading = amount.String() + " may have been paid, or may still be: the node cannot be asked now."
	return p
}

var openRows = []screen.Row{
	{Key: "This window", Value: "may be closed; the payment goes on without it.", Style: screen.Plain},
	{Key: "Paying again", Value: "is not needed. Open the same invoice again to see what became of it; it cannot be paid twice.", Style: screen.Plain},
}

// A keysend has no invoice that could be opened again, and no hash by which
// lnd would refuse a second one.
var openKeysendRows = []screen.Row{
	openRows[0],
	{Key: "Paying again", Value: "would be a second payment: there is no invoice by which the node could tell the two apart.", Style: screen.Plain},
}

// Result is the page of a payment that has its final state. answered tells
// whether the asking program was still there to take the answer.
func Result(r journal.Record, answered bool) screen.Page {
	if r.State == payment.Paid {
		return paid(r, answered)
	}
	e := FailedError(r)
	return screen.Page{Kind: screen.Failed, Heading: "Not paid", Subheading: e.Message, Rows: []screen.Row{
		{Key: "Your money", Value: "None of it moved, by the node's final word.", Source: fromWallet, Style: screen.Plain},
		{Key: "What to do", Value: Sentence(e.Hint), Style: screen.Plain},
	}}
}

func paid(r journal.Record, answered bool) screen.Page {
	proof := "given to " + line(string(r.Qube), 64).text
	if !answered {
		proof = line(string(r.Qube), 64).text + " is gone; it gets the proof if it asks again"
	}
	preimage := r.Preimage.String()
	if r.Keysend { // whoever sends makes the preimage itself
		return screen.Page{Kind: screen.Paid, Heading: "Paid " + r.Amount.String(), Subheading: r.Amount.BTC(),
			Rows: []screen.Row{
				{Key: "Fee", Value: r.Fee.String(), Source: fromWallet, Style: screen.Plain},
				{Key: "Proof", Value: "none: there was no invoice", Style: screen.Plain},
				{Key: "Payee", Value: Groups(r.Destination), Style: screen.Mono},
			}}
	}
	return screen.Page{Kind: screen.Paid, Heading: "Paid " + r.Amount.String(), Subheading: r.Amount.BTC(),
		Rows: []screen.Row{
			{Key: "Fee", Value: r.Fee.String(), Source: fromWallet, Style: screen.Plain},
			{Key: "Proof", Value: proof, Style: screen.Plain},
			{Key: "Preimage", Value: Groups(preimage), Style: screen.Mono},
		},
		Copy: preimage, CopyLabel: "Copy preimage"}
}

// FailedError is the answer for a payment that failed for good.
func FailedError(r journal.Record) *wire.Error {
	switch r.Reason {
	case payment.NoRoute:
		return wire.New(wire.NoRoute, "No way to the payee was found within the fee limit.",
			"no money moved; try again later, or allow a higher fee in the wallet's config.toml")
	case payment.Insufficient:
		return wire.New(wire.Insufficient, "The channels of this node do not hold enough for this payment and its fee.",
			"no money moved; add funds to a channel, or pay a smaller amount")
	case payment.IncorrectDetails:
		if r.Keysend {
			return wire.New(wire.PayeeRefused, "The payee refused: it takes no payments without an invoice.",
				"no money moved; ask the payee for an invoice")
		}
		return wire.New(wire.PayeeRefused, "The payee refused: it does not know this invoice any more, or has cancelled it.",
			"no money moved; ask for a new invoice")
	case payment.TimedOut:
		return wire.New(wire.TimedOut, "The payment did not get through in time.",
			"no money moved; you may try again")
	}
	return wire.New(wire.PaymentFailed, "The node could not make this payment.",
		"no money moved; see the log of the node")
}

// Sentence makes one of a fragment such as a hint, which begin with a small
// ASCII letter and have no full stop.
func Sentence(fragment string) string {
	if fragment == "" {
		return ""
	}
	return strings.ToUpper(fragment[:1]) + fragment[1:] + "."
}
