package uri

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"qpay/internal/money"
	"qpay/internal/wire"
)

var (
	open      = built("lnbc")      // leaves the amount open
	coffee    = built("lnbc2500u") // 250 000 sat
	shop      = "https://shop.example/pay?id=A%2FB&x=+1"
	shopLNURL = lnurlOf(shop)
)

func TestParse(t *testing.T) {
	up := strings.ToUpper
	inv := func(text string, amount *money.Msat) Target {
		return Target{Kind: Invoice, Invoice: text, Amount: amount}
	}
	suggested := func(text string, amount *money.Msat) Target {
		return Target{Kind: Invoice, Invoice: text, Suggested: amount}
	}
	quarter := msat(250_000_000)
	for name, c := range map[string]struct {
		text string
		want Target
		url  string
	}{
		"an invoice":                     {coffee, inv(coffee, quarter), ""},
		"without an amount":              {open, inv(open, nil), ""},
		"in capitals":                    {up(coffee), inv(coffee, quarter), ""},
		"white space around it":          {" \t\n" + coffee + "\r\n", inv(coffee, quarter), ""},
		"no-break and zero-width spaces": {"\u00a0\u200b\ufeff" + coffee + "\u200d\u2060", inv(coffee, quarter), ""},
		"scheme":                         {"lightning:" + coffee, inv(coffee, quarter), ""},
		"scheme with //":                 {"lightning://" + coffee, inv(coffee, quarter), ""},
		"all in capitals":                {up("lightning:" + coffee), inv(coffee, quarter), ""},
		"scheme of both cases":           {"LightNing:" + coffee, inv(coffee, quarter), ""},
		"percent-encoded":                {"lightning:%6C%6ebc" + coffee[4:], inv(coffee, quarter), ""},
		"a query behind it":              {"lightning:" + coffee + "?label=x", inv(coffee, quarter), ""},
		"each network":                   {built("lnsb10n"), inv(built("lnsb10n"), msat(1000)), ""},
		"signet":                         {built("lntbs10n"), inv(built("lntbs10n"), msat(1000)), ""},

		"bitcoin: with an address":      {"bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W?lightning=" + coffee, inv(coffee, quarter), ""},
		"bitcoin: without":              {"bitcoin:?lightning=" + coffee, inv(coffee, quarter), ""},
		"bitcoin:// without":            {"bitcoin://?lightning=" + coffee, inv(coffee, quarter), ""},
		"bitcoin: as QR codes have it":  {up("bitcoin:?lightning=" + coffee), inv(coffee, quarter), ""},
		"keys of both cases":            {"bitcoin:?Label=a&LightNing=" + coffee + "&MESSAGE=b", inv(coffee, quarter), ""},
		"an equal amount":               {"bitcoin:?amount=0.0025&lightning=" + coffee, inv(coffee, quarter), ""},
		"an equal amount, many zeros":   {"bitcoin:?amount=000.00250000000000&lightning=" + coffee, inv(coffee, quarter), ""},
		"no digit before the point":     {"bitcoin:?amount=.0025&lightning=" + coffee, inv(coffee, quarter), ""},
		"a suggestion":                  {"bitcoin:?amount=20.3&lightning=" + open, suggested(open, msat(20_30_000_000_000)), ""},
		"the least suggestion":          {"bitcoin:?amount=0.00000000001&lightning=" + open, suggested(open, msat(1)), ""},
		"unknown keys, even twice":      {"bitcoin:?pj=https://x.example/pj&x=1&x=2&y&&lightning=" + coffee, inv(coffee, quarter), ""},
		"the first that can be read":    {"bitcoin:?lightning=lnbc420bogusinvoice&lightning=" + coffee + "&lightning=" + open, inv(coffee, quarter), ""},
		"an offer besides":              {"bitcoin:?lno=lno1bogusoffer&lightning=" + coffee, inv(coffee, quarter), ""},
		"pop that is not opened":        {"bitcoin:?pop=https%3aiwantyouripaddress.com&lightning=" + coffee, inv(coffee, quarter), ""},
		"a label in UTF-8":              {"bitcoin:?label=caf%C3%A9%20%E2%80%AE&lightning=" + coffee, inv(coffee, quarter), ""},
		"segwit addresses as keys":      {"bitcoin:?bc=bc1qufgy354j3kmvuch987xe4s40836x3h0lg8f5nq&TB=TB1Q&lightning=" + coffee, inv(coffee, quarter), ""},
		"a fragment":                    {"bitcoin:?lightning=" + coffee + "#amount=1", inv(coffee, quarter), ""},
		"a percent-encoded value":       {"bitcoin:?lightning=%4c%4E" + up(coffee[2:]), inv(coffee, quarter), ""},
		"LNURL in bitcoin:":             {"bitcoin:BC1Q?lightning=" + up(shopLNURL), Target{Kind: LNURL}, shop},
		"LNURL in bitcoin:, and amount": {"bitcoin:?amount=0.0001&lightning=" + shopLNURL, Target{Kind: LNURL, Suggested: msat(10_000_000)}, shop},
		"LUD-17 in bitcoin:":            {"bitcoin:?lightning=lnurlp%3A%2F%2Fshop.example%2Fa%3Fb%3Dc", Target{Kind: Pay}, "https://shop.example/a?b=c"},

		"LNURL":                     {shopLNURL, Target{Kind: LNURL}, shop},
		"LNURL in capitals":         {up("lightning:" + shopLNURL), Target{Kind: LNURL}, shop},
		"LNURL over http to .onion": {lnurlOf("http://abc.onion/x"), Target{Kind: LNURL}, "http://abc.onion/x"},
		"LNURL with a port":         {lnurlOf("https://Shop.Example:8443/X"), Target{Kind: LNURL}, "https://shop.example:8443/X"},
		"LNURL behind a page":       {"https://shop.example/?a=b&LIGHTNING=" + up(shopLNURL) + "#top", Target{Kind: LNURL}, shop},
		"LUD-17 pay":                {"lnurlp://shop.example/Path/?q=A%2fb", Target{Kind: Pay}, "https://shop.example/Path/?q=A%2fb"},
		"LUD-17 without //":         {"lnurlp:shop.example", Target{Kind: Pay}, "https://shop.example"},
		"LUD-17 in capitals":        {"LNURLP://SHOP.EXAMPLE/PATH", Target{Kind: Pay}, "https://shop.example/PATH"},
		"LUD-17 withdraw":           {"lnurlw://shop.example?k=1", Target{Kind: Withdraw}, "https://shop.example?k=1"},
		"LUD-17 to .onion":          {"lnurlp://abc.onion:81/x", Target{Kind: Pay}, "http://abc.onion:81/x"},
		"LUD-17 in lightning:":      {"lightning:lnurlp://shop.example/a%2Fb?c=d", Target{Kind: Pay}, "https://shop.example/a%2Fb?c=d"},
		"LUD-17 in it, encoded":     {"lightning:lnurlw%3A%2F%2Fshop.example%2Fa%3Fc%3Dd", Target{Kind: Withdraw}, "https://shop.example/a?c=d"},

		"an address":                {"satoshi@shop.example", Target{Kind: Address, Address: "satoshi@shop.example"}, "https://shop.example/.well-known/lnurlp/satoshi"},
		"address like an invoice":   {"lnbc1qq@shop.example", Target{Kind: Address, Address: "lnbc1qq@shop.example"}, "https://shop.example/.well-known/lnurlp/lnbc1qq"},
		"address like an LNURL":     {"lnurl1dp@shop.example", Target{Kind: Address, Address: "lnurl1dp@shop.example"}, "https://shop.example/.well-known/lnurlp/lnurl1dp"},
		"address in lightning:":     {"lightning:me@shop.example", Target{Kind: Address, Address: "me@shop.example"}, "https://shop.example/.well-known/lnurlp/me"},
		"address in capitals":       {"LIGHTNING:ME@SHOP.EXAMPLE", Target{Kind: Address, Address: "me@shop.example"}, "https://shop.example/.well-known/lnurlp/me"},
		"dots, subdomains":          {"first.last@a.b.co.uk", Target{Kind: Address, Address: "first.last@a.b.co.uk"}, "https://a.b.co.uk/.well-known/lnurlp/first.last"},
		"one tag":                   {"some_user-1+tag@shop.example", Target{Kind: Address, Address: "some_user-1+tag@shop.example"}, "https://shop.example/.well-known/lnurlp/some_user-1+tag"},
		"address at an onion":       {"me@abc.onion", Target{Kind: Address, Address: "me@abc.onion"}, "http://abc.onion/.well-known/lnurlp/me"},
		"the whole name in figures": {"21@shop.example", Target{Kind: Address, Address: "21@shop.example"}, "https://shop.example/.well-known/lnurlp/21"},
	} {
		got, e := Parse(c.text)
		if e != nil {
			t.Errorf("%s: %s", name, e.Message)
			continue
		}
		address := ""
		if got.URL != nil {
			address = got.URL.String()
		}
		if got.Kind != c.want.Kind || got.Invoice != c.want.Invoice || got.Address != c.want.Address || address != c.url ||
			!same(got.Amount, c.want.Amount) || !same(got.Suggested, c.want.Suggested) {
			t.Errorf("%s: %+v %s", name, got, address)
		}
		again, e := Parse(got.String())
		if e != nil || again.String() != got.String() {
			t.Errorf("%s: %s is not canonical: %v, %v", name, got, again, e)
		}
	}
}

// The amounts of invoices: each unit, and its first value that is too much.
func TestAmounts(t *testing.T) {
	for hrp, want := range map[string]*money.Msat{
		"1": msat(100_000_000_000), "1m": msat(100_000_000), "1u": msat(100_000), "1n": msat(100), "10p": msat(1),
		"21000000": msat(uint64(money.Max)), "21000000000m": msat(uint64(money.Max)), "21000000000000u": msat(uint64(money.Max)),
		"21000000000000000n": msat(uint64(money.Max)), "999999999999999990p": msat(99_999_999_999_999_999),
		"21000001": nil, "21000000001m": nil, "21000000000001u": nil, "21000000000000001n": nil,
		"0": nil, "01u": nil, "15p": nil, "1x": nil, "184467441u184467441": nil, "9999999999999999999999": nil, "1um": nil,
	} {
		got, e := Parse(built("lnbc" + hrp))
		switch {
		case want == nil && (e == nil || e.Code != wire.BadInvoice):
			t.Errorf("%s: %v, %v", hrp, got.Amount, e)
		case want != nil && (e != nil || !same(got.Amount, want)):
			t.Errorf("%s: %v, %v", hrp, got.Amount, e)
		}
	}
}

// Any single wrong letter of an invoice or an LNURL is found, as is what is cut short.
func TestTypingErrors(t *testing.T) {
	for _, text := range []string{coffee, shopLNURL} {
		for i := strings.LastIndexByte(text, '1') + 1; i < len(text); i++ {
			other := "q"
			if text[i] == 'q' {
				other = "p"
			}
			if got, e := Parse(text[:i] + other + text[i+1:]); e == nil {
				t.Fatalf("letter %d: taken as %s", i, got)
			}
			if got, e := Parse(text[:i]); e == nil {
				t.Fatalf("%d letters: taken as %s", i, got)
			}
		}
	}
}

// The valid examples of BOLT 11 are taken with their amounts.
func TestBOLT11(t *testing.T) {
	raw, err := os.ReadFile("../../server/invoice/testdata/bolt11.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Invoice string
			Valid       bool
			Expect      struct {
				Amount *money.Msat `json:"amount_msat"`
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range file.Vectors {
		if !v.Valid {
			continue
		}
		n++
		got, e := Parse(v.Invoice)
		if e != nil || got.Invoice != strings.ToLower(v.Invoice) || !same(got.Amount, v.Expect.Amount) {
			t.Errorf("%s: %v, %v", v.ID, got.Amount, e)
		}
	}
	if n != 16 {
		t.Errorf("%d examples, BOLT 11 has 16", n)
	}
}
