package invoice

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"qpay/internal/money"

	"github.com/btcsuite/btcd/btcutil/bech32"
	"github.com/lightningnetwork/lnd/zpay32"
)

func checkRefused(t *testing.T, err error, code Code, rule Rule) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("%v, want a refusal for %s", err, rule)
		return
	}
	if e.Code != code || e.Rule != rule {
		t.Errorf("code %d, rule %s (%s), want %d, %s", e.Code, e.Rule, e.Msg, code, rule)
	}
}

func mustParse(t *testing.T, d draft) Invoice {
	t.Helper()
	inv, err := Parse(d.String(), Mainnet)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func changed(d draft, f func(*draft)) draft {
	f(&d)
	return d
}

func signedBy(d draft, sign func([]byte)) draft {
	d.sign = sign
	return d
}

const year = 365 * 24 * 3600

var lineOfHints = field{3, to32(append(testPub.SerializeCompressed(), make([]byte, 18)...))}

// Each rule on its good side.
func TestAccepts(t *testing.T) {
	for name, d := range map[string]draft{
		"plain":                          with(),
		"no features":                    without(field9),
		"empty features":                 without(field9, f9()),
		"no amount":                      asking(""),
		"one millisatoshi":               asking("10p"),
		"20000p where 20n would do":      asking("20000p"),
		"h":                              without(fieldD, fH(testHash)),
		"empty d":                        without(fieldD, fD("")),
		"d of the largest length":        without(fieldD, fD(strings.Repeat("x", 639))),
		"two d: the first counts":        with(fD("second")),
		"two p: the first counts":        with(fP(testSecret)),
		"two s: the first counts":        with(fS(testHash)),
		"short p before the good one":    only(append([]field{{fieldP, make([]byte, 51)}}, plain()...)...),
		"h of wrong length beside d":     with(field{fieldH, make([]byte, 53)}),
		"s of wrong length":              with(field{fieldS, make([]byte, 51)}),
		"n of wrong length":              with(field{fieldN, make([]byte, 52)}),
		"second x is not looked at":      with(fX(60), fX(20*year)),
		"second c is not looked at":      with(fC(18), fC(1<<40)),
		"second 9 is not looked at":      with(f9(100)),
		"unknown types":                  with(field{0, nil}, field{2, []byte{1}}, field{31, make([]byte, 1023)}),
		"x 0":                            with(fX(0)),
		"x 1":                            with(fX(1)),
		"x ten years":                    with(fX(10 * year)),
		"c 0":                            with(fC(0)),
		"c 18":                           with(fC(18)),
		"c 2016":                         with(fC(2016)),
		"optional features":              without(field9, f9(9, 15, 17, 25, 37, 49, 99, 149)),
		"required features":              without(field9, f9(8, 14, 16, 24, 48)),
		"mpp offered, secret required":   without(field9, f9(9, 14, 17)),
		"both of a pair":                 without(field9, f9(8, 9, 14, 15)),
		"n":                              with(ownKey()),
		"n, other recovery id":           signedBy(with(ownKey()), func(sig []byte) { sig[64] ^= 1 }),
		"high-S without n":               signedBy(with(), highS),
		"routing hints":                  with(lineOfHints, lineOfHints),
		"fallback address":               with(field{9, append([]byte{17}, to32(make([]byte, 20))...)}),
		"fallback of an unknown version": with(field{9, []byte{19, 1, 2}}),
		"metadata":                       with(field{27, to32([]byte{1, 2, 3})}),
		"created in 1970":                changed(with(), func(d *draft) { d.created = 0 }),
		"created in 3058":                changed(with(fX(10*year)), func(d *draft) { d.created = 1<<35 - 1 }),
	} {
		t.Run(name, func(t *testing.T) {
			inv := mustParse(t, d)
			if string(inv.hash[:]) != string(testHash) || string(inv.secret[:]) != string(testSecret) ||
				string(inv.payee[:]) != string(testPub.SerializeCompressed()) {
				t.Errorf("wrong hash, secret or payee: %x %x %x", inv.hash, inv.secret, inv.payee)
			}
			if text, ok := inv.Description(); ok && text == "second" {
				t.Error("the second description counts")
			}
			checkProperties(t, inv)
		})
	}
}

// refusals has each rule on its bad side. lnd says that zpay32 alone takes the
// invoice, the strict option included: these are what the guard is for.
var refusals = map[string]struct {
	d    draft
	code Code
	rule Rule
	lnd  bool
}{
	"unknown prefix":              {changed(with(), func(d *draft) { d.prefix = "lnxy" }), Malformed, RulePrefix, false},
	"prefix bcr":                  {changed(with(), func(d *draft) { d.prefix = "lnbcr" }), Malformed, RulePrefix, false},
	"offer":                       {changed(with(), func(d *draft) { d.prefix = "lno" }), Malformed, RulePrefix, false},
	"amount 0":                    {asking("0"), Malformed, RulePrefix, true},
	"amount 0u":                   {asking("0u"), Malformed, RulePrefix, true},
	"leading zero":                {asking("025u"), Malformed, RulePrefix, true},
	"sign":                        {asking("+25u"), Malformed, RulePrefix, false},
	"fraction":                    {asking("2.5u"), Malformed, RulePrefix, false},
	"multiplier alone":            {asking("u"), Malformed, RulePrefix, false},
	"unknown multiplier":          {asking("25k"), Malformed, RulePrefix, false},
	"two multipliers":             {asking("25mu"), Malformed, RulePrefix, false},
	"line break":                  {asking("25u!"), Malformed, RulePrefix, false},
	"a tenth of a millisatoshi":   {asking("1p"), Malformed, RuleAmount, false},
	"not a whole millisatoshi":    {asking("19p"), Malformed, RuleAmount, false},
	"no p":                        {without(fieldP), Malformed, RuleHash, false},
	"p of wrong length only":      {without(fieldP, field{fieldP, make([]byte, 53)}), Malformed, RuleHash, false},
	"p padded with ones":          {without(fieldP, field{fieldP, append(make([]byte, 51), 1)}), Malformed, RuleFields, false},
	"no s":                        {without(fieldS), Unsupported, RuleSecret, true},
	"s of wrong length only":      {without(fieldS, field{fieldS, make([]byte, 51)}), Unsupported, RuleSecret, true},
	"blinded paths and s":         {with(field{fieldB, nil}), Unsupported, RuleBlinded, false},
	"d and h":                     {with(fH(testHash)), Malformed, RuleDescription, false},
	"neither d nor h":             {without(fieldD), Malformed, RuleDescription, false},
	"h of wrong length only":      {without(fieldD, field{fieldH, make([]byte, 53)}), Malformed, RuleDescription, false},
	"d not UTF-8":                 {without(fieldD, fD("\xff")), Malformed, RuleDescription, false},
	"d cut within a character":    {without(fieldD, fD("é"[:1])), Malformed, RuleDescription, false},
	"d with a surrogate":          {without(fieldD, fD("\xed\xa0\x80")), Malformed, RuleDescription, false},
	"d of five bits":              {without(fieldD, field{fieldD, []byte{0}}), Malformed, RuleFields, false},
	"x in leading zeros":          {with(field{fieldX, []byte{0, 1}}), Malformed, RuleExpiry, true},
	"x a zero group":              {with(field{fieldX, []byte{0}}), Malformed, RuleExpiry, true},
	"x ten years and a second":    {with(fX(10*year + 1)), Absurd, RuleExpiry, true},
	"x 2^34":                      {with(fX(1 << 34)), Absurd, RuleExpiry, true},
	"x 2^35":                      {with(fX(1 << 35)), Absurd, RuleExpiry, true},
	"x one hour for zpay32":       {with(fX(1<<55 + 3600)), Absurd, RuleExpiry, true},
	"x negative for zpay32":       {with(fX(1 << 34 * 1000)), Absurd, RuleExpiry, true},
	"x loses its top bit":         {with(field{fieldX, append([]byte{16}, make([]byte, 12)...)}), Absurd, RuleExpiry, true},
	"c 2017":                      {with(fC(2017)), Absurd, RuleCLTV, true},
	"c 18 after lnd cuts it":      {with(fC(65536 + 18)), Absurd, RuleCLTV, true},
	"c of 13 groups":              {with(field{fieldC, append([]byte{16}, make([]byte, 12)...)}), Absurd, RuleCLTV, true},
	"c in leading zeros":          {with(field{fieldC, []byte{0, 18}}), Malformed, RuleCLTV, true},
	"9 in leading zeros":          {without(field9, field{field9, append([]byte{0}, bits(8, 14)...)}), Malformed, RuleFeatures, true},
	"feature 100":                 {without(field9, f9(8, 14, 100)), Unsupported, RuleFeatures, false},
	"feature 36, unknown to lnd":  {without(field9, f9(8, 14, 36)), Unsupported, RuleFeatures, false},
	"feature 0, not for invoices": {without(field9, f9(0, 8, 14)), Unsupported, RuleFeatures, true},
	"feature 262, blinded paths":  {without(field9, f9(8, 14, 262)), Unsupported, RuleFeatures, true},
	"mpp without payment secret":  {without(field9, f9(8, 17)), Malformed, RuleFeatures, true},
	"secret without onion":        {without(field9, f9(14)), Malformed, RuleFeatures, true},
	"AMP required":                {without(field9, f9(8, 14, 30)), Unsupported, RuleAMP, true},
	"AMP offered":                 {without(field9, f9(8, 14, 31)), Unsupported, RuleAMP, true},
	"one group after the fields":  {changed(with(), func(d *draft) { d.extra = []byte{1} }), Malformed, RuleFields, false},
	"two groups after the fields": {changed(with(), func(d *draft) { d.extra = []byte{1, 0} }), Malformed, RuleFields, false},
	"length beyond the end":       {changed(with(), func(d *draft) { d.extra = []byte{2, 0, 1} }), Malformed, RuleFields, false},
	"length 1023":                 {changed(with(), func(d *draft) { d.extra = []byte{2, 31, 31} }), Malformed, RuleFields, false},
	"high-S with n":               {signedBy(with(ownKey()), highS), BadSignature, RuleSignature, true},
	"S zero with n":               {signedBy(with(ownKey()), func(sig []byte) { clear(sig[32:64]) }), BadSignature, RuleSignature, false},
	"S over the order with n":     {signedBy(with(ownKey()), overflow(32)), BadSignature, RuleSignature, false},
	"R over the order with n":     {signedBy(with(ownKey()), overflow(0)), BadSignature, RuleSignature, false},
	"S over the order":            {signedBy(with(), overflow(32)), BadSignature, RuleSignature, false},
	"signature zero":              {signedBy(with(), func(sig []byte) { clear(sig) }), BadSignature, RuleSignature, false},
	"n of another":                {with(fN(append([]byte{2}, testHash...))), BadSignature, RuleSignature, false},
	"n no key":                    {with(fN(append([]byte{5}, testHash...))), BadSignature, RuleSignature, false},
	"recovery id 4":               {signedBy(with(), recoveryID(4)), BadSignature, RuleSignature, false},
	"recovery id 252 is 0":        {signedBy(with(), func(sig []byte) { sig[64] += 252 }), BadSignature, RuleSignature, true},
	"recovery id 200 with n":      {signedBy(with(ownKey()), recoveryID(200)), BadSignature, RuleSignature, true},
	"broken fallback address":     {with(field{9, []byte{17, 1}}), Malformed, RuleDecoder, false},
	"empty fallback address":      {with(field{9, nil}), Malformed, RuleDecoder, false},
	"broken routing hint":         {with(field{3, []byte{1, 2}}), Malformed, RuleDecoder, false},
	"routing hint with a bad key": {with(field{3, to32(make([]byte, 51))}), Malformed, RuleDecoder, false},
	"metadata with a broken end":  {with(field{27, []byte{1}}), Malformed, RuleDecoder, false},
	"longer than 7089":            {with(long()...), Malformed, RuleLength, false},
}

func TestRefuses(t *testing.T) {
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(c.d.String(), Mainnet)
			checkRefused(t, err, c.code, c.rule)
			_, err = zpay32.Decode(c.d.String(), Mainnet.params(), zpay32.WithErrorOnUnknownFeatureBit())
			equal(t, "zpay32 takes it", err == nil, c.lnd)
		})
	}
}

func overflow(at int) func([]byte) {
	return func(sig []byte) {
		for i := range 32 {
			sig[at+i] = 0xff
		}
	}
}

func long() (f []field) {
	for range 7 {
		f = append(f, field{31, make([]byte, 1023)})
	}
	return f
}

// Each multiplier at its last good value, one above, and where zpay32 wraps
// around: there the signed invoice of millions of bitcoin reads as small change.
func TestAmountBounds(t *testing.T) {
	for _, c := range []struct{ last, above, wraps string }{
		{"21000000", "21000001", "184467441"},
		{"21000000000m", "21000000001m", "184467440738m"},
		{"21000000000000u", "21000000000001u", "184467440737096u"},
		{"21000000000000000n", "21000000000000001n", "184467440737095517n"},
		{"18446744073709551610p", "18446744073709551620p", "18446744073709551620p"}, // 2^64 and no wrap
	} {
		inv := mustParse(t, asking(c.last))
		if amount, ok := inv.Amount(); !ok || c.last[len(c.last)-1] != 'p' && amount != money.Max {
			t.Errorf("%s is %d, %v", c.last, amount, ok)
		}
		for _, amount := range []string{c.above, c.wraps, "9" + c.wraps} {
			_, err := Parse(asking(amount).String(), Mainnet)
			checkRefused(t, err, Absurd, RuleAmount)
		}
		z, err := zpay32.Decode(asking(c.wraps).String(), Mainnet.params())
		if c.wraps != c.above && (err != nil || uint64(*z.MilliSat) >= uint64(money.PerBTC)) {
			t.Errorf("zpay32 no longer wraps %s around: %v, %v", c.wraps, z, err)
		}
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]money.Msat{
		"1": money.PerBTC, "1m": 100_000_000, "1u": 100_000, "1n": 100, "10p": 1, "20000p": 2000, "2500u": 250_000_000,
	} {
		if got, ok := mustParse(t, asking(text)).Amount(); got != want || !ok {
			t.Errorf("%s is %d, %v, want %d", text, got, ok, want)
		}
	}
	if got, ok := mustParse(t, asking("")).Amount(); got != 0 || ok {
		t.Errorf("no amount is %d, %v", got, ok)
	}
}

// The text is the payee's: what must not reach the screen is escaped there.
func TestDescriptionIsRaw(t *testing.T) {
	for _, text := range []string{"", "\x00", "\x1b[2J", "a\nb", "\u202eevil", "\u200b", "<b>ナンセンス</b> 1杯", "\U000e0001", "\ufffd"} {
		if got, ok := mustParse(t, without(fieldD, fD(text))).Description(); got != text || !ok {
			t.Errorf("%q comes out as %q, %v", text, got, ok)
		}
	}
}

func TestWrongNetwork(t *testing.T) {
	for n := Mainnet; n <= Simnet; n++ {
		for _, amount := range []string{"", "25u"} {
			d := changed(with(), func(d *draft) { d.prefix = "ln" + networks[n].prefix + amount })
			for want := Network(0); want <= Simnet+1; want++ {
				inv, err := Parse(d.String(), want)
				if want == n {
					if err != nil || inv.Network() != n {
						t.Errorf("%s on %s: %v", d.prefix, want, err)
					}
					continue
				}
				checkRefused(t, err, WrongNetwork, RuleNetwork)
				if !strings.Contains(err.Error(), n.String()) || !strings.Contains(err.Error(), want.String()) {
					t.Errorf("%q does not name %s and %s", err, n, want)
				}
			}
		}
	}
}

func TestNetworkNames(t *testing.T) {
	for name, want := range map[string]Network{"mainnet": Mainnet, "testnet": Testnet, "testnet3": Testnet,
		"testnet4": Testnet, "signet": Signet, "regtest": Regtest, "simnet": Simnet} {
		if got, err := ParseNetwork(name); err != nil || got != want {
			t.Errorf("%s is %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "Mainnet", "bitcoin", "no network"} {
		if n, err := ParseNetwork(name); err == nil {
			t.Errorf("%q is %v", name, n)
		}
	}
}

// QR codes carry capitals; the string sent to lnd is still the one received.
func TestCapitalsMeanTheSame(t *testing.T) {
	for _, d := range []draft{with(), asking("2500u"), with(ownKey())} {
		lower, err1 := Parse(d.String(), Mainnet)
		upper, err2 := Parse(strings.ToUpper(d.String()), Mainnet)
		if err1 != nil || err2 != nil || upper.PaymentRequest() != strings.ToUpper(d.String()) {
			t.Fatal(err1, err2, upper.request)
		}
		if upper.request = lower.request; upper != lower {
			t.Errorf("%+v is not %+v", upper, lower)
		}
	}
}

func TestMixedCaseRefused(t *testing.T) {
	s := with().String()
	for i := range s {
		if mixed := s[:i] + strings.ToUpper(s[i:i+1]) + s[i+1:]; mixed != s {
			_, err := Parse(mixed, Mainnet)
			checkRefused(t, err, Malformed, RuleCase)
		}
	}
}

// The server takes the bare string: the client does away with all else.
func TestBareStringOnly(t *testing.T) {
	s := with().String()
	for _, text := range []string{"", " " + s, s + " ", s + "\n", "lightning:" + s, s + "\x00", "\ufeff" + s, s + s, "1", "lnbc1"} {
		if _, err := Parse(text, Mainnet); err == nil {
			t.Errorf("%.40q is taken", text)
		}
	}
}

func TestTooShort(t *testing.T) {
	for n := range timestampGroups {
		_, err := Parse(sealed("lnbc", make([]byte, n), nil), Mainnet)
		checkRefused(t, err, Malformed, RuleLength)
	}
	_, err := Parse(sealed("lnbc", make([]byte, timestampGroups), nil), Mainnet)
	checkRefused(t, err, Malformed, RuleHash)
}

// The checksum finds any one wrong character; what it does not find by
// construction (bech32's q before a final p) breaks the last field.
func TestTypingErrors(t *testing.T) {
	s := asking("2500u").String()
	for i := range s {
		for c := byte(0); c < 128; c++ {
			if c == s[i] {
				continue
			}
			if _, err := Parse(s[:i]+string(c)+s[i+1:], Mainnet); err == nil {
				t.Fatalf("taken with %q at %d", c, i)
			}
		}
	}
	for d := with(); ; d.created++ {
		if s := d.String(); strings.HasSuffix(s, "p") {
			for n := 1; n < 40; n++ {
				longer := s[:len(s)-1] + strings.Repeat("q", n) + "p"
				if _, _, err := bech32.DecodeNoLimit(longer); err != nil {
					t.Fatal("bech32 finds an inserted q after all:", err)
				}
				if inv, err := Parse(longer, Mainnet); err == nil && inv.payee == [33]byte(testPub.SerializeCompressed()) {
					t.Errorf("taken for the same payee with %d q inserted", n)
				}
			}
			return
		}
	}
}

// Bech32m has another constant; lnd does not take it, so neither do we.
func TestBech32mRefused(t *testing.T) {
	hrp, data, err := bech32.DecodeNoLimit(with().String())
	if err != nil {
		t.Fatal(err)
	}
	s, _ := bech32.EncodeM(hrp, data)
	_, err = Parse(s, Mainnet)
	checkRefused(t, err, Malformed, RuleChecksum)
}

// Without n a changed invoice is a valid one of someone else: hence the key is
// on the screen. With n it is none.
func TestChangedInvoiceHasAnotherPayee(t *testing.T) {
	for _, named := range []bool{false, true} {
		d := asking("2500u")
		if named {
			d.fields = append(d.fields, ownKey())
		}
		_, data, err := split(d.String())
		if err != nil {
			t.Fatal(err)
		}
		dearer, _ := bech32.Encode("lnbc2600u", data)
		inv, err := Parse(dearer, Mainnet)
		if named {
			checkRefused(t, err, BadSignature, RuleSignature)
		} else if err != nil || inv.payee == [33]byte(testPub.SerializeCompressed()) {
			t.Errorf("%v, payee %x", err, inv.payee)
		}
	}
}

func TestCheckTime(t *testing.T) {
	inv := mustParse(t, with(fX(60)))
	created := time.Unix(testTime, 0)
	for after, code := range map[time.Duration]Code{
		0: 0, 59 * time.Second: 0, 60 * time.Second: Expired, year * time.Second: Expired,
		(60 - 10*year) * time.Second: 0, (59 - 10*year) * time.Second: Absurd, // a date from the future
	} {
		now := created.Add(after)
		if err := inv.CheckTime(now); code != 0 {
			checkRefused(t, err, code, RuleExpiry)
		} else if err != nil {
			t.Errorf("after %s: %v", after, err)
		}
		equal(t, "expired", inv.Expired(now), code == Expired)
	}
}

// zpay32 cannot be made to differ, as far as fuzzing found. So the guard's own
// reading is falsified, a field at a time.
func TestDiffersNamesTheField(t *testing.T) {
	for want, falsify := range map[string]func(*Invoice){
		"":                 func(i *Invoice) {},
		"amount":           func(i *Invoice) { i.amount++ },
		"payment hash":     func(i *Invoice) { i.hash[31]++ },
		"payment secret":   func(i *Invoice) { i.secret[0]++ },
		"destination":      func(i *Invoice) { i.payee[32]++ },
		"expiry":           func(i *Invoice) { i.expiry++ },
		"final delay":      func(i *Invoice) { i.cltv-- },
		"description":      func(i *Invoice) { i.description += " " },
		"description hash": func(i *Invoice) { i.given.add(fieldH) },
	} {
		inv := mustParse(t, asking("25u"))
		z, err := zpay32.Decode(inv.request, Mainnet.params())
		if err != nil {
			t.Fatal(err)
		}
		falsify(&inv)
		equal(t, "field", inv.differs(z), want)
	}
	none, zero := mustParse(t, asking("")), money.Msat(0)
	z, _ := zpay32.Decode(asking("0").String(), Mainnet.params()) // 0 for zpay32, which is not "none"
	equal(t, "amount", none.amount, zero)
	equal(t, "field", none.differs(z), "amount")
}

// A payment request in a log could be paid by whoever reads it.
func TestStringHidesTheRequest(t *testing.T) {
	inv := mustParse(t, with())
	for _, text := range []string{fmt.Sprint(inv), fmt.Sprintf("%+v", inv), fmt.Sprintf("%v", &inv)} {
		equal(t, "text", text, "invoice 0001020304050607080900010203040506070809000102030405060708090102")
	}
}
