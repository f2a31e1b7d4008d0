package uri

import (
	"strings"
	"testing"

	"qpay/internal/money"
	"qpay/internal/wire"
)

// What is taken is canonical: its text parses to the same, and holds printable
// ASCII alone. What is refused has a sentence, a hint and a code of ours, and
// repeats nothing that could move a cursor.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		coffee, "LIGHTNING://" + strings.ToUpper(open), "lightning:%6cnbc1?x", shopLNURL, "lnurlp://a.example/%2f?q=%C3%A9&x", "LNURLW:abc.onion",
		"me+tag@a.example", "bitcoin:1abc?amount=0.00000000001&lightning=" + open + "&LABEL=%e2%80%ae", "bitcoin:?lightning=" + shopLNURL + "&amount=1",
		"https://a.example/?lightning=" + shopLNURL, "keyauth://x", "lno1qq", "bitcoin:?lightning=lnurlp%3a%5b::1%5d:80", "\u00a0\x1b]0;x\x07",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, e := Parse(text)
		if e != nil {
			refused(t, e)
			return
		}
		if !printable(got.String()) {
			t.Fatalf("%q: %q", text, got.String())
		}
		again, e := Parse(got.String())
		if e != nil || again.String() != got.String() || again.Kind != got.Kind || again.Invoice != got.Invoice || again.Address != got.Address ||
			!same(again.Amount, got.Amount) || !same(again.Suggested, got.Suggested) {
			t.Fatalf("%q -> %q -> %q, %v", text, got, again, e)
		}
		sound(t, got, again)
	})
}

func refused(t *testing.T, e *wire.Error) {
	k, ok := wire.Find(e.Code)
	if !ok || k.Payment != wire.NotSent || e.Payment != wire.NotSent || e.Hint == "" || !strings.HasSuffix(e.Message, ".") {
		t.Fatalf("%+v", e)
	}
	for _, c := range e.Message + e.Hint {
		if c < ' ' || c > '~' && c != '\u2026' {
			t.Fatalf("%q", e.Message+e.Hint)
		}
	}
}

// sound holds what the fields promise to who uses them.
func sound(t *testing.T, got, again Target) {
	for _, m := range []*money.Msat{got.Amount, got.Suggested} {
		if m != nil && (*m == 0 || *m > money.Max) {
			t.Fatalf("amount %d", *m)
		}
	}
	if got.Kind == Invoice {
		if got.URL != nil || got.Invoice == "" || got.Amount != nil && got.Suggested != nil {
			t.Fatalf("%+v", got)
		}
		return
	}
	u := got.URL
	switch {
	case u == nil || u.String() != again.URL.String() || got.Invoice != "" || got.Amount != nil:
		t.Fatalf("%+v, %v", got, u)
	case u.Host == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" || !printable(u.String()) || strings.Contains(u.String(), " "):
		t.Fatalf("%#v", u)
	case u.Scheme != "https" && !(u.Scheme == "http" && strings.HasSuffix(u.Hostname(), ".onion")):
		t.Fatalf("%s", u)
	}
}
