package invoice

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"qpay/internal/money"

	"github.com/btcsuite/btcd/btcutil/bech32"
	"github.com/lightningnetwork/lnd/zpay32"
)

// checkProperties holds for whatever was accepted.
func checkProperties(t *testing.T, inv Invoice) {
	t.Helper()
	if amount, ok := inv.Amount(); ok != (amount != 0) || amount > money.Max {
		t.Errorf("amount %d, %v", amount, ok)
	}
	if inv.Expiry() < 0 || inv.Expires().After(inv.Created().Add(maxExpiry*1e9)) || inv.Expires().Before(inv.Created()) {
		t.Errorf("from %s to %s", inv.Created(), inv.Expires())
	}
	if inv.FinalCLTVDelta() > maxCLTV {
		t.Errorf("c %d", inv.FinalCLTVDelta())
	}
	if _, d := inv.Description(); d == inv.given.has(fieldH) {
		t.Errorf("d %v, h %v", d, !d)
	}
	z, err := zpay32.Decode(inv.PaymentRequest(), inv.Network().params(), zpay32.WithErrorOnUnknownFeatureBit())
	if err != nil || z.PaymentAddr.IsNone() {
		t.Errorf("zpay32: %v, no payment secret or %v", z, err)
	}
	checkCases(t, inv)
	checkWrittenAgain(t, inv)
	for n := Network(0); n <= Simnet; n++ {
		if _, err := Parse(inv.PaymentRequest(), n); (err == nil) != (n == inv.Network()) {
			t.Errorf("on %s: %v", n, err)
		}
	}
}

// checkCases: capitals and small letters mean the same.
func checkCases(t *testing.T, inv Invoice) {
	t.Helper()
	for _, s := range []string{strings.ToUpper(inv.request), strings.ToLower(inv.request)} {
		other, err := Parse(s, inv.Network())
		if err != nil || other.request != s {
			t.Fatalf("in other letters: %v", err)
		}
		if other.request = inv.request; other != inv {
			t.Errorf("%#v is not %#v", other, inv)
		}
	}
}

// checkWrittenAgain: an invoice made of the fields read is read alike. The key
// is that of the test, which is why the payee may differ.
func checkWrittenAgain(t *testing.T, inv Invoice) {
	t.Helper()
	again, err := Parse(written(inv).String(), inv.Network())
	if err != nil {
		t.Fatalf("written again: %v", err)
	}
	const kept = 1<<fieldD | 1<<fieldH | 1<<fieldN | 1<<amountGiven
	again.request, again.payee, again.given = inv.request, inv.payee, again.given&kept
	if inv.given &= kept; again != inv {
		t.Errorf("written again: %#v is not %#v", again, inv)
	}
}

func written(inv Invoice) draft {
	d := draft{prefix: "ln" + networks[inv.network].prefix, created: uint64(inv.created)}
	if inv.given.has(amountGiven) {
		d.prefix += amountText(inv.amount)
	}
	d.fields = []field{fS(inv.secret[:]), fP(inv.hash[:]), fX(inv.expiry), fC(uint64(inv.cltv))}
	if text, ok := inv.Description(); ok {
		d.fields = append(d.fields, fD(text))
	}
	if h, ok := inv.DescriptionHash(); ok {
		d.fields = append(d.fields, fH(h[:]))
	}
	if inv.DestinationGiven() {
		d.fields = append(d.fields, ownKey())
	}
	return d
}

// amountText: amounts that are no multiple of 100 came from a p themselves, so
// that ten times as many fit into 64 bits.
func amountText(m money.Msat) string {
	if m%100 == 0 {
		return fmt.Sprintf("%dn", m/100)
	}
	return fmt.Sprintf("%dp", m*10)
}

// checkAny parses what may be anything. A refusal is fit to be shown, and never
// for the reason that zpay32 read another invoice than the guard.
func checkAny(t *testing.T, s string, want Network) {
	inv, err := Parse(s, want)
	if err == nil {
		if inv.PaymentRequest() != s {
			t.Errorf("%q instead of %q", inv.PaymentRequest(), s)
		}
		checkProperties(t, inv)
		return
	}
	var e *Error
	if !errors.As(err, &e) || e.Code == 0 || e.Rule == "" || inv != (Invoice{}) {
		t.Fatalf("%#v, %#v", err, inv)
	}
	if e.Rule == RuleAgreement {
		t.Errorf("two readings: %s", e.Msg)
	}
	for _, c := range e.Msg {
		if c < ' ' || c > '~' {
			t.Errorf("%q has %q", e.Msg, c)
		}
	}
	if len(e.Msg) > 200 {
		t.Errorf("long message: %s", e.Msg)
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Invoice, uint8(network(f, v.Network)))
	}
	f.Fuzz(func(t *testing.T, s string, n uint8) { checkAny(t, s, Network(n)) })
}

// How FuzzRaw uses its data, so that it need not find each part by chance.
const (
	asFields  = 1 << iota // type, length, groups … instead of plain groups
	addPlain              // with the fields of a plain invoice
	addOwnKey             // with an n field
	makeHighS
	badRecovery // the first byte is the recovery id
)

// FuzzRaw signs what the fuzzer made up, and so gets past the checksum.
func FuzzRaw(f *testing.F) {
	for _, v := range vectors(f) {
		if hrp, data, err := bech32.DecodeNoLimit(v.Invoice); err == nil && len(data) > signatureGroups {
			f.Add(hrp, uint64(testTime), data[:len(data)-signatureGroups], uint8(0), uint8(network(f, v.Network)))
			f.Add(hrp, uint64(testTime), data[timestampGroups:len(data)-signatureGroups], uint8(addPlain), uint8(network(f, v.Network)))
		}
	}
	for flags := range uint8(32) {
		f.Add("lnbc1u", uint64(testTime), []byte("\x06\x02\x01\x02\x18\x01\x12\x09\x03\x13\x02\x02\x05\x02\x01\x08"), flags, uint8(Mainnet))
	}
	f.Fuzz(func(t *testing.T, prefix string, created uint64, data []byte, flags, n uint8) {
		d := draft{prefix: strings.ToLower(prefix), created: created}
		switch {
		case flags&asFields != 0:
			d.fields = fieldsOf(data)
		case flags&(addPlain|addOwnKey) == 0: // everything is the fuzzer's, the timestamp too
			checkAny(t, sealed(d.prefix, masked(data), changes(flags, data)), Network(n))
			return
		default:
			d.fields = []field{{0, nil}}
			d.extra = masked(data)
		}
		if flags&addPlain != 0 {
			d.fields = append(d.fields, plain()...)
		}
		if flags&addOwnKey != 0 {
			d.fields = append(d.fields, ownKey())
		}
		d.sign = changes(flags, data)
		checkAny(t, d.String(), Network(n))
	})
}

func changes(flags uint8, data []byte) func([]byte) {
	return func(sig []byte) {
		if flags&makeHighS != 0 {
			highS(sig)
		}
		if flags&badRecovery != 0 && len(data) > 0 {
			sig[64] = data[0]
		}
	}
}

func masked(data []byte) []byte {
	groups := make([]byte, len(data))
	for i, b := range data {
		groups[i] = b & 31
	}
	return groups
}

func fieldsOf(data []byte) (fields []field) {
	for len(data) >= 2 {
		n := min(int(data[1]), len(data)-2)
		fields = append(fields, field{data[0] & 31, masked(data[2 : 2+n])})
		data = data[2+n:]
	}
	return fields
}

func BenchmarkParse(b *testing.B) {
	s := vector(b, "pico-amount-one-week").Invoice
	for b.Loop() {
		if _, err := Parse(s, Mainnet); err != nil {
			b.Fatal(err)
		}
	}
}
