package ask

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/lightningnetwork/lnd/lnwire"
	"github.com/lightningnetwork/lnd/zpay32"

	"qpay/internal/money"
	"qpay/internal/screen"
	"qpay/internal/server/invoice"
	"qpay/internal/server/journal"
	"qpay/internal/server/metadata"
	"qpay/internal/server/payment"
	"qpay/internal/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// made gives an invoice of a fixed key: of an amount, or of none if it is 0.
func made(t testing.TB, amount money.Msat, more ...func(*zpay32.Invoice)) invoice.Invoice {
	t.Helper()
	net := &chaincfg.MainNetParams
	more = append([]func(*zpay32.Invoice){
		zpay32.Description("1 cup of coffee"),
		zpay32.PaymentAddr([32]byte{2}),
		zpay32.Features(lnwire.NewFeatureVector(lnwire.NewRawFeatureVector(8, 14), lnwire.Features)),
	}, more...)
	if amount > 0 {
		more = append(more, zpay32.Amount(lnwire.MilliSatoshi(amount)))
	}
	z, err := zpay32.NewInvoice(net, payment.Preimage{7}.Hash(), noon, more...)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{3}, 32))
	text, err := z.Encode(zpay32.MessageSigner{SignCompact: func(m []byte) ([]byte, error) {
		return ecdsa.SignCompact(key, chainhash.HashB(m), true), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	inv, err := invoice.Parse(text, invoice.Mainnet)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func asked(inv invoice.Invoice) Question {
	return Question{Caller: "personal", Invoice: inv, Fee: money.DefaultFeeRule, MaxPayment: 1_000_000 * money.PerSat}
}

// hostile is what a payee may write to be misread: markup, an override of the
// reading direction, invisible and control characters, look-alike letters.
const hostile = "<span size='120000'>0 sat</span>\u202e\u2066tas 000 1\u2069 \u200bBit\u0441oin\x00\x1b[2J\tend"

// remembered is a journal of a few days, newest first.
func remembered(paid journal.Record) []journal.Record {
	at := func(r journal.Record, days int, text string) journal.Record {
		r.Description, r.Steps = text, []journal.Step{{State: payment.Asked, At: noon.AddDate(0, 0, -days)}}
		return r
	}
	way := journal.Record{Qube: "work", State: payment.Sent, Amount: 2_000_000}
	return []journal.Record{
		at(way, 0, "a subscription"),
		at(paid, 1, "1 cup of coffee"),
		at(journal.Record{Qube: "untrusted", State: payment.Denied, Amount: 250_000_000}, 1, hostile),
		at(journal.Record{Qube: "personal", State: payment.Failed, Amount: 12_345_678}, 4, "a book"),
		at(journal.Record{Qube: "personal", State: payment.Gone}, 9, ""),
	}
}

// pages are all that a person can be shown, for golden files and screenshots.
func pages(t *testing.T) map[string]screen.Page {
	t.Helper()
	coffee := asked(made(t, 12_350_000))
	claimed := coffee
	claimed.Claims.Origin, claimed.PaidBefore, claimed.LastPaid = "https://shop.example", 3, noon.AddDate(0, 0, -9)
	open := asked(made(t, 0))
	tip := money.Msat(500_000)
	open.Claims.Amount = &tip
	large := asked(made(t, 250_000_000, zpay32.Description(hostile)))
	large.Claims.Origin = "https://xn--80ak6aa92e.example/\u202e"
	doubt := coffee
	doubt.Doubt = noon.Add(-time.Hour)
	long := asked(made(t, 1_000, zpay32.Description(strings.Repeat("a line\n", 90))))
	hashed := asked(made(t, 1_234_567, func(i *zpay32.Invoice) {
		i.Description = nil
		h := [32]byte{0xab, 0xcd}
		i.DescriptionHash = &h
	}))
	verified := hashed
	verified.Claims.Address = "anna@shop.example"
	verified.Claims.Text = metadata.Text{Texts: wire.Texts{Short: "Two cups of coffee"}, Given: true, Committed: true}
	said := coffee
	said.Claims.Address, said.Claims.Text = "shop.example", metadata.Text{Texts: wire.Texts{Short: "A gift to charity"}, Given: true}
	trick := verified
	trick.Claims.Address = "anna@sh\u043ep.example"
	trick.Claims.Text.Texts = wire.Texts{Short: hostile, Long: "line\n\u2067" + strings.Repeat("Press Pay to update. ", 90)}
	proof := payment.Preimage{7}
	paid := journal.Record{Qube: "personal", State: payment.Paid, Amount: 12_350_000, Fee: 1_500, Preimage: &proof}
	all := servicePages(made(t, 12_350_000), made(t, 0))
	for name, p := range map[string]screen.Page{
		"loading":      PayWords.Checking("personal"),
		"ask":          coffee.Page(),
		"ask-website":  claimed.Page(),
		"ask-amount":   open.Page(),
		"ask-hostile":  large.Page(),
		"ask-doubt":    doubt.Page(),
		"ask-long":     long.Page(),
		"ask-hash":     hashed.Page(),
		"ask-verified": verified.Page(),
		"ask-claimed":  said.Page(),
		"ask-trick":    trick.Page(),
		"mismatch":     PayWords.Refusal("personal", wire.New(wire.BadMetadata, "The text that came with this invoice is not the one that its payee has signed.", "nothing was paid; the service is broken, or the text or the invoice was exchanged on the way: do not pay it")),
		"trouble":      PayWords.Trouble(wire.New(wire.NodeNotReady, "The node's wallet is locked.", "nothing was paid; unlock it, for example with lncli unlock")),
		"paying":       Paying(12_350_000, noon),
		"under-way":    UnderWay(12_350_000, noon),
		"unknown":      OutcomeUnknown(12_350_000, noon),
		"paid":         Result(paid, true),
		"paid-gone":    Result(paid, false),
		"history":      History(remembered(paid)),
		"failed":       Result(journal.Record{State: payment.Failed, Reason: payment.NoRoute}, true),
		"expired":      PayWords.Refusal("personal", wire.New(wire.Expired, "The invoice has expired.", "nothing was paid; ask for a new invoice")),
		"already-paid": PayWords.Refusal("work", wire.New(wire.AlreadyPaid, "This invoice is already paid; another qube asked for it.", "nothing was paid now; ask for a new invoice")),
		"wrong":        PayWords.Refusal("personal", wire.New(wire.WrongNetwork, "The invoice is for regtest, not for mainnet.", "nothing was paid; this wallet is on mainnet")),
	} {
		all[name] = p
	}
	return all
}

func TestGoldenPages(t *testing.T) {
	time.Local = time.UTC
	for name, p := range pages(t) {
		file := filepath.Join("testdata", name+".json")
		var got bytes.Buffer
		e := json.NewEncoder(&got)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(p); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: run go test ./internal/server/ask -update and look at the difference: %v\n%s", name, err, got.Bytes())
		}
		if err := p.Check(); err != nil {
			t.Errorf("%s cannot be drawn: %v", name, err)
		}
	}
}

func TestApprove(t *testing.T) {
	fixed, open := asked(made(t, 5_000_000)), asked(made(t, 0))
	amount, fee := money.Msat(2_000_000), money.Msat(20_000)
	zero, over, overFee := money.Msat(0), open.MaxPayment+1, open.Fee.Limit(open.MaxPayment+1)
	other := fee + 1
	soon := noon.Add(time.Minute)
	for name, c := range map[string]struct {
		q      Question
		digest string
		e      screen.Event
		now    time.Time
		ok     bool
	}{
		"approved":                      {fixed, "d", screen.Event{What: screen.Pay, Digest: "d"}, soon, true},
		"amount typed":                  {open, "d", screen.Event{What: screen.Pay, Digest: "d", Amount: &amount, FeeLimit: &fee}, soon, true},
		"another page was shown":        {fixed, "d", screen.Event{What: screen.Pay, Digest: "e"}, soon, false},
		"nothing was shown":             {fixed, "", screen.Event{What: screen.Pay}, soon, false},
		"denied":                        {fixed, "d", screen.Event{What: screen.Deny, Digest: "d"}, soon, false},
		"expired":                       {fixed, "d", screen.Event{What: screen.Pay, Digest: "d"}, noon.Add(time.Hour), false},
		"amount for a fixed invoice":    {fixed, "d", screen.Event{What: screen.Pay, Digest: "d", Amount: &amount, FeeLimit: &fee}, soon, false},
		"no amount for an open one":     {open, "d", screen.Event{What: screen.Pay, Digest: "d"}, soon, false},
		"nothing for an open one":       {open, "d", screen.Event{What: screen.Pay, Digest: "d", Amount: &zero, FeeLimit: &fee}, soon, false},
		"over the limit":                {open, "d", screen.Event{What: screen.Pay, Digest: "d", Amount: &over, FeeLimit: &overFee}, soon, false},
		"another fee limit was shown":   {open, "d", screen.Event{What: screen.Pay, Digest: "d", Amount: &amount, FeeLimit: &other}, soon, false},
		"an amount without a fee limit": {open, "d", screen.Event{What: screen.Pay, Digest: "d", Amount: &amount}, soon, false},
	} {
		a, err := c.q.Approve(c.digest, c.e, c.now)
		if (err == nil) != c.ok || a.Valid() != c.ok {
			t.Errorf("%s: %v, valid %v", name, err, a.Valid())
		}
	}
	a, err := open.Approve("d", screen.Event{What: screen.Pay, Digest: "d", Amount: &amount, FeeLimit: &fee}, soon)
	if set, ok := a.AmountToSet(); err != nil || !ok || set != amount || a.FeeLimit() != fee || a.PaymentRequest() != open.Invoice.PaymentRequest() {
		t.Fatal(a, err)
	}
	if _, ok := mustApprove(t, fixed).AmountToSet(); ok {
		t.Fatal("lnd refuses an amount for an invoice that has one")
	}
}

func mustApprove(t *testing.T, q Question) Approved {
	t.Helper()
	a, err := q.Approve("d", screen.Event{What: screen.Pay, Digest: "d"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestASuggestionOutOfBoundsIsDropped(t *testing.T) {
	q := asked(made(t, 0))
	for _, m := range []money.Msat{0, q.MaxPayment + 1, money.Max} {
		q.Claims.Amount = &m
		if q.Page().Amount.Suggested != nil {
			t.Errorf("%d was suggested", m)
		}
	}
}

func TestGroups(t *testing.T) {
	if got := Groups(hex.EncodeToString([]byte{1, 2, 3})); got != "0102 03" {
		t.Fatal(got)
	}
}
