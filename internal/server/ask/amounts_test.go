package ask

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"testing"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
)

// inSat finds amounts as a person reads them.
var inSat = regexp.MustCompile(`[0-9][0-9 .,]*sat\b`)

// Every page that speaks of an amount shows the exact one, in the one way of
// package money, and no other amount than those that belong there.
func TestPagesShowExactAmounts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		// From one millisatoshi to all there are, each size as likely.
		amount := 1 + money.Msat(random.Uint64N(uint64(money.Max)>>random.UintN(51)))%money.Max
		limit, fee := money.DefaultFeeRule.Limit(amount), amount/101
		keysend, receive := sending(), receive()
		keysend.Amount, keysend.MaxPayment, receive.Amount = amount, money.Max, &amount
		question := asked(made(t, amount))
		question.MaxPayment = money.Max
		paid := journal.Record{Qube: "personal", State: payment.Paid, Amount: amount, Fee: fee, Preimage: &payment.Preimage{7},
			Steps: []journal.Step{{State: payment.Asked, At: noon}}}
		for name, c := range map[string]struct {
			page screen.Page
			may  []money.Msat // what else the page may name
		}{
			"ask":       {question.Page(), []money.Msat{limit}},
			"keysend":   {keysend.Page(), []money.Msat{limit}},
			"receive":   {receive.Page(), nil},
			"paying":    {Paying(amount, noon), nil},
			"under way": {UnderWay(amount, noon), nil},
			"unknown":   {OutcomeUnknown(amount, noon), nil},
			"paid":      {Result(paid, true), []money.Msat{fee, amount + fee}},
			"history":   {History([]journal.Record{paid}), []money.Msat{fee}},
		} {
			checkAmounts(t, name, c.page, amount, c.may)
		}
	}
}

func checkAmounts(t *testing.T, name string, p screen.Page, amount money.Msat, may []money.Msat) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	there := false
	for _, shown := range inSat.FindAllString(string(text), -1) {
		m, err := money.ParseSat(shown)
		ok := m == amount
		there = there || ok
		for _, other := range may {
			ok = ok || m == other
		}
		if err != nil || m.String() != shown || !ok {
			t.Errorf("%s of %d: shows %q (%v)", name, uint64(amount), shown, err)
		}
	}
	if !there {
		t.Errorf("%s of %d does not show it: %s", name, uint64(amount), text)
	}
}

// What the window offers to type an amount between is what it says.
func TestPagesNameTheirBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		least := 1 + money.Msat(random.Uint64N(uint64(money.Max)/2))
		most := least + money.Msat(random.Uint64N(uint64(money.Max)/2))
		p := receiveWithin(least, most).Page()
		if p.Amount == nil || p.Amount.Min != least || p.Amount.Max != most {
			t.Fatalf("%d to %d: %+v", least, most, p.Amount)
		}
		open := asked(made(t, 0))
		open.MaxPayment = most
		if p := open.Page(); p.Amount == nil || p.Amount.Max != most || p.Amount.FeePPM != open.Fee.PPM || p.Amount.FeeBase != open.Fee.Base {
			t.Fatalf("%d: %+v", most, p.Amount)
		}
	}
}
