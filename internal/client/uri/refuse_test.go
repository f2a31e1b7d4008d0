package uri

import (
	"strings"
	"testing"

	"qpay/internal/wire"
)

const onchain = "bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W"

func TestRefused(t *testing.T) {
	long := strings.Repeat
	lightning := "&lightning=" + coffee
	for name, c := range map[string]struct {
		text string
		code wire.Code
		says string
	}{
		"nothing":              {"", wire.NoPaymentText, "There is no text"},
		"white space":          {" \u00a0\u200b\n", wire.NoPaymentText, "There is no text"},
		"too long":             {long("a", MaxText+1), wire.NoPaymentText, "longer than any"},
		"two lines":            {coffee + "\n" + open, wire.NoPaymentText, "more than one line"},
		"NUL":                  {coffee + "\x00", wire.NoPaymentText, "characters"},
		"escape sequence":      {"\x1b[31m" + coffee, wire.NoPaymentText, "characters"},
		"right to left":        {"lnbc\u202e1qq", wire.NoPaymentText, "characters"},
		"zero width within":    {coffee[:20] + "\u200b" + coffee[20:], wire.NoPaymentText, "characters"},
		"not UTF-8":            {"\xff\xfe", wire.NoPaymentText, "characters"},
		"garbage":              {"garbage text", wire.NoPaymentText, "no invoice, link or address"},
		"a colon before":       {":" + coffee, wire.NoPaymentText, "no invoice, link or address"},
		"text around":          {"pay " + coffee, wire.NoPaymentText, "no invoice, link or address"},
		"a page":               {"https://shop.example/lnurl1dp68gurn8ghj7", wire.NoPaymentText, "no invoice, link or address"},
		"a page, lightning in": {"https://shop.example/?lightning=" + coffee, wire.NoPaymentText, "no invoice, link or address"},
		"key in the fragment":  {"https://shop.example/#?lightning=" + shopLNURL, wire.NoPaymentText, "no invoice, link or address"},
		"mail":                 {"mailto:me@shop.example", wire.NoPaymentText, "no invoice, link or address"},
		"another coin":         {"litecoin:?lightning=" + coffee, wire.NoPaymentText, "no invoice, link or address"},
		"words with an @":      {"write to me@shop.example", wire.NoPaymentText, "no invoice, link or address"},
		"Liquid's invoices":    {"lnlq1qq", wire.NoPaymentText, "no invoice, link or address"},

		"both cases":             {"Lnbc" + coffee[4:], wire.BadInvoice, "capitals and small"},
		"cut short":              {coffee[:len(coffee)-1], wire.BadInvoice, "cut short"},
		"a wrong letter":         {strings.Replace(coffee, "qqq", "qpq", 1), wire.BadInvoice, "typing error"},
		"letter of no bech32":    {strings.Replace(coffee, "qqq", "qbq", 1), wire.BadInvoice, "typing error"},
		"no room for a payee":    {bech32("lnbc", make([]byte, minGroups-1)), wire.BadInvoice, "cut short"},
		"longer than lnd takes":  {bech32("lnbc", make([]byte, maxInvoice)), wire.BadInvoice, "cut short"},
		"an amount with letters": {built("lnbc2x"), wire.BadInvoice, "does not begin"},
		"an impossible amount":   {built("lnbc21000001"), wire.BadInvoice, "cannot be"},

		"nothing behind lightning:": {"lightning:", wire.BadLink, "behind lightning:"},
		"white space behind it":     {"lightning:  " + coffee, wire.BadLink, "behind lightning:"},
		"lightning: twice":          {"lightning:lightning:" + coffee, wire.BadLink, "behind lightning:"},
		"bitcoin: in it":            {"lightning:bitcoin:?lightning=" + coffee, wire.BadLink, "behind lightning:"},
		"a broken escape":           {"lightning:lnbc%2", wire.BadLink, "two hex digits"},
		"a newline encoded":         {"lightning:" + coffee + "%0a", wire.BadLink, "behind lightning:"},
		"encoded twice":             {"lightning:%256cnbc", wire.BadLink, "behind lightning:"},
		"escape in it, encoded":     {"lightning:%1b[31m", wire.BadLink, "behind lightning:"},

		"amount unlike the invoice's":  {"bitcoin:?amount=0.0024" + lightning, wire.BadLink, "The link says 240 000 sat and its invoice 250 000 sat"},
		"amount with a comma":          {"bitcoin:?amount=50,000.00" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"amount with an exponent":      {"bitcoin:?amount=25e-4" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"amount with a sign":           {"bitcoin:?amount=+0.0025" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"negative amount":              {"bitcoin:?amount=-1" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"no amount":                    {"bitcoin:?amount=" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"amount without =":             {"bitcoin:?amount" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"an amount of nothing":         {"bitcoin:?amount=0" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"a point alone":                {"bitcoin:?amount=." + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"two points":                   {"bitcoin:?amount=0.0.1" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"over 21 million":              {"bitcoin:?amount=21000000.00000000001" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"so much that it would wrap":   {"bitcoin:?amount=184467440737" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"finer than a millisatoshi":    {"bitcoin:?amount=0.000000000001" + lightning, wire.BadLink, "amount of the bitcoin: link"},
		"amount twice":                 {"bitcoin:?amount=42&amount=10" + lightning, wire.BadLink, "amount twice"},
		"amount twice, the same":       {"bitcoin:?amount=0.0025&AMOUNT=0.0025" + lightning, wire.BadLink, "amount twice"},
		"label twice":                  {"bitcoin:?label=Luke-Jr&label=Matt" + lightning, wire.BadLink, "label twice"},
		"message twice":                {"bitcoin:?message=a&Message=b" + lightning, wire.BadLink, "message twice"},
		"pop twice":                    {"bitcoin:?pop=callback%3a&pop=callback%3a" + lightning, wire.BadLink, "pop twice"},
		"pop and req-pop":              {"bitcoin:?pop=callback%3a&req-pop=callback%3a" + lightning, wire.BadLink, "pop twice"},
		"req-pop":                      {"bitcoin:?req-pop=https%3aevilwebsite.com" + lightning, wire.UnsupportedLink, "req-pop"},
		"an unknown req-":              {onchain + "?req-somethingyoudontunderstand=50" + lightning, wire.UnsupportedLink, "req-"},
		"an unknown REQ-":              {onchain + "?REQ-x" + lightning, wire.UnsupportedLink, "req-"},
		"an invoice as the address":    {"bitcoin:" + coffee, wire.BadLink, "no address where one belongs"},
		"an address that is none":      {"bitcoin:%20?x=1" + lightning, wire.BadLink, "no address where one belongs"},
		"two slashes in the middle":    {"bitcoin:a//b?lightning=" + coffee, wire.BadLink, "no address where one belongs"},
		"tb in bc":                     {"bitcoin:?bc=tb1qghfhmd4zh7ncpmxl3qzhmq566jk8ckq4gafnmq" + lightning, wire.BadLink, "another network"},
		"a broken escape in a value":   {"bitcoin:?label=%zz" + lightning, wire.BadLink, "two hex digits"},
		"a plus sign is no space":      {"bitcoin:?lightning=" + coffee + "+", wire.BadInvoice, "cut short"},
		"a bogus invoice":              {"bitcoin:?lightning=lnbc420bogusinvoice", wire.BadInvoice, "cut short"},
		"an empty lightning=":          {"bitcoin:?lightning=", wire.BadLink, "behind lightning="},
		"an address in lightning=":     {"bitcoin:?lightning=me@shop.example", wire.BadLink, "behind lightning="},
		"a scheme in lightning=":       {"bitcoin:?lightning=lightning:" + coffee, wire.BadLink, "behind lightning="},
		"no Lightning":                 {onchain + "?amount=20.3&label=Luke-Jr", wire.UnsupportedLink, "no Lightning instruction"},
		"no Lightning, silent payment": {"bitcoin:?sp=sp1qsilentpayment", wire.UnsupportedLink, "no Lightning instruction"},
		"nothing behind bitcoin:":      {"BITCOIN:", wire.UnsupportedLink, "no Lightning instruction"},
		"lightning in the fragment":    {onchain + "#?lightning=" + coffee, wire.UnsupportedLink, "no Lightning instruction"},
		"an offer alone":               {"bitcoin:?lno=lno1bogusoffer&sp=sp1qsilentpayment", wire.UnsupportedLink, "lnd cannot pay"},
		"an offer as lightning=":       {"bitcoin:?lightning=lno1bogusoffer", wire.UnsupportedLink, "lnd cannot pay"},
		"a bare address":               {"175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W", wire.UnsupportedLink, "no Lightning instruction"},
		"a bare segwit address":        {"BC1QUFGY354J3KMVUCH987XE4S40836X3H0LG8F5NQ", wire.UnsupportedLink, "no Lightning instruction"},
		"BOLT 12":                      {"lno1pqpzacq2", wire.UnsupportedLink, "lnd cannot pay"},
		"BOLT 12 in lightning:":        {"LIGHTNING:LNO1PQPZACQ2", wire.UnsupportedLink, "lnd cannot pay"},

		"LNURL of both cases":           {"Lnurl" + shopLNURL[5:], wire.BadLink, "capitals and small"},
		"LNURL cut short":               {shopLNURL[:len(shopLNURL)-3], wire.BadLink, "cut short"},
		"LNURL with bits left over":     {bech32("lnurl", make([]byte, 9)), wire.BadLink, "cut short"},
		"LNURL, bits left over not 0":   {bech32("lnurl", []byte{13, 1, 0, 31}), wire.BadLink, "cut short"},
		"LNURL with another prefix":     {bech32("lnurl1x", make([]byte, 8)), wire.BadLink, "cut short"},
		"LNURL over http":               {lnurlOf("http://shop.example/"), wire.UnsafeLink, "not https"},
		"LNURL over http, onion's name": {lnurlOf("http://abc.onion.example/"), wire.UnsafeLink, "not https"},
		"LNURL of a file":               {lnurlOf("file:///etc/passwd"), wire.BadLink, "no web address"},
		"LNURL of a script":             {lnurlOf("javascript:alert(1)"), wire.BadLink, "no web address"},
		"LNURL over ftp":                {lnurlOf("ftp://shop.example/"), wire.UnsafeLink, "not https"},
		"LNURL with a password":         {lnurlOf("https://bank.example@evil.example/"), wire.BadLink, "no web address"},
		"LNURL without a host":          {lnurlOf("https:///x"), wire.BadLink, "no web address"},
		"LNURL, a host in UTF-8":        {lnurlOf("https://b\u00fccher.example/"), wire.BadLink, "no web address has"},
		"LNURL, an underscore":          {lnurlOf("https://a_b.example/"), wire.BadLink, "host name"},
		"LNURL, a host with a dot":      {lnurlOf("https://shop.example./"), wire.BadLink, "host name"},
		"LNURL with a newline":          {lnurlOf("https://shop.example/\nx"), wire.BadLink, "no web address has"},
		"LNURL with an odd port":        {lnurlOf("https://shop.example:x/"), wire.BadLink, "no web address"},
		"LNURL with an empty port":      {lnurlOf("https://shop.example:/"), wire.BadLink, "host name"},
		"LNURL-auth":                    {lnurlOf("https://shop.example/?tag=login&k1=00"), wire.UnsupportedLink, "LNURL-auth"},
		"LUD-17 of LNURL-auth":          {"keyauth://shop.example/?k1=00", wire.UnsupportedLink, "LNURL-auth"},
		"LUD-17 of LNURL-channel":       {"lnurlc://service.io/?q=3fc3645b439ce8e7", wire.UnsupportedLink, "channel"},
		"LUD-17 without a host":         {"lnurlp:", wire.BadLink, "no web address"},
		"LUD-17 with a user":            {"lnurlp://me@shop.example/", wire.BadLink, "no web address"},
		"LUD-17, onion in the fragment": {"lnurlp://evil.example#.onion/", wire.UnsafeLink, "not https"},
		"LUD-17 with a backslash":       {"lnurlp://evil.example\\@abc.onion/", wire.BadLink, "no web address"},
		"LUD-17 with a space":           {"lnurlp://shop.example/a b", wire.BadLink, "no web address has"},

		"path in the name":         {"../../admin/reset@bank.example", wire.BadLink, "no Lightning address"},
		"slash in the name":        {"a/b@bank.example", wire.BadLink, "no Lightning address"},
		"two dots as the name":     {"..@bank.example", wire.BadLink, "no Lightning address"},
		"a dot as the name":        {".@bank.example", wire.BadLink, "no Lightning address"},
		"percent in the name":      {"a%2e%2e%2fadmin@bank.example", wire.BadLink, "no Lightning address"},
		"query in the name":        {"user?redirect=evil@bank.example", wire.BadLink, "no Lightning address"},
		"fragment in the name":     {"user#@bank.example", wire.BadLink, "no Lightning address"},
		"path behind the host":     {"user@bank.example/x.y", wire.BadLink, "no Lightning address"},
		"port":                     {"user@bank.example:8443", wire.BadLink, "no Lightning address"},
		"a second @":               {"user@bank.example@evil.example", wire.BadLink, "no Lightning address"},
		"IP address":               {"user@127.0.0.1", wire.BadLink, "no Lightning address"},
		"IPv6 address":             {"user@[::1]", wire.BadLink, "no Lightning address"},
		"localhost":                {"user@localhost", wire.BadLink, "no Lightning address"},
		"below localhost":          {"user@bank.localhost", wire.BadLink, "no Lightning address"},
		"no host":                  {"user@", wire.BadLink, "no Lightning address"},
		"no name":                  {"@bank.example", wire.BadLink, "no Lightning address"},
		"dot before the host":      {"user@.bank.example", wire.BadLink, "no Lightning address"},
		"dot behind the host":      {"user@bank.example.", wire.BadLink, "no Lightning address"},
		"a tag alone":              {"+user@bank.example", wire.BadLink, "no Lightning address"},
		"a doubled plus":           {"user++tag@bank.example", wire.BadLink, "no Lightning address"},
		"a plus behind the tag":    {"user+tag+@bank.example", wire.BadLink, "no Lightning address"},
		"two tags":                 {"user+tag+othertag@bank.example", wire.BadLink, "no Lightning address"},
		"an empty tag":             {"user+@bank.example", wire.BadLink, "no Lightning address"},
		"a name of 65 characters":  {long("a", 65) + "@bank.example", wire.BadLink, "no Lightning address"},
		"a label of 64 characters": {"user@" + long("a", 64) + ".example", wire.BadLink, "no Lightning address"},
	} {
		got, e := Parse(c.text)
		switch {
		case e == nil:
			t.Errorf("%s: taken as %s", name, got)
		case e.Code != c.code || !strings.Contains(e.Message, c.says) || e.Hint == "" || e.Payment != wire.NotSent:
			t.Errorf("%s: %s: %s (%s)", name, e.Code, e.Message, e.Hint)
		}
	}
}

// A newline between two addresses must not be trimmed into one of them.
func TestNewlineAfterAddressIsTrimmedOnly(t *testing.T) {
	if got, e := Parse("user@bank.example\n"); e != nil || got.Address != "user@bank.example" {
		t.Errorf("%v, %v", got, e)
	}
}
