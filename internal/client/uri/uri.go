// Package uri is stage 3, in the asking qube, untrusted: it says what a text
// is that a person, a page or a picture gave, by exact grammar and never by
// looking for something inside of it. BOLT 11, BIP 321 (bitcoin:), LUD-01, 16
// and 17. It opens no connection.
package uri

import (
	"net/url"
	"strings"
	"unicode"

	"qpay/internal/money"
	"qpay/internal/wire"
)

// MaxText bounds a text, in bytes.
const MaxText = 8 << 10

// Kind says what a text is.
type Kind string

const (
	Invoice  Kind = "invoice"        // BOLT 11
	LNURL    Kind = "lnurl"          // LUD-01: what it is for, the service says
	Pay      Kind = "lnurl-pay"      // LUD-17, lnurlp:
	Withdraw Kind = "lnurl-withdraw" // LUD-17, lnurlw:
	Address  Kind = "address"        // LUD-16, user@host
)

// Target is what a text stands for. Its fields hold printable ASCII alone.
type Target struct {
	Kind Kind

	// Invoice is the bare payment request in small letters: Kind Invoice.
	Invoice string
	// Amount is what the invoice itself demands; nil: it leaves that open.
	Amount *money.Msat
	// Suggested is the amount= of a bitcoin: link where the invoice or the
	// LNURL leaves the amount open; never together with Amount.
	Suggested *money.Msat

	// URL is where to ask: all kinds but Invoice. Its scheme is https, or http
	// for a host below .onion; it has no user and no fragment. Whether the host
	// is a private address is for package lnurl to see, after resolving.
	URL *url.URL
	// Address is user@host in small letters: Kind Address.
	Address string

	bech32 string // Kind LNURL: the text, in small letters
}

// String is the canonical text: Parse makes the same Target of it.
func (t Target) String() string {
	text := t.bare()
	if t.Suggested != nil {
		return "bitcoin:?amount=" + inBitcoin(*t.Suggested) + "&lightning=" + url.PathEscape(text)
	}
	return text
}

func (t Target) bare() string {
	switch t.Kind {
	case Pay:
		return "lnurlp://" + strings.TrimPrefix(t.URL.String(), t.URL.Scheme+"://")
	case Withdraw:
		return "lnurlw://" + strings.TrimPrefix(t.URL.String(), t.URL.Scheme+"://")
	}
	return t.Invoice + t.bech32 + t.Address
}

// Parse says what a text is. Its errors have one of these codes:
// no_payment_text for what qpay does not know at all, such as a web page's
// address (package scan goes on to the next code); bad_invoice and bad_link for
// what it knows and is broken; unsafe_link for what does not lead to https; and
// unsupported_link for what it knows and never pays: offers, addresses on the
// chain, LNURL for channels and logins.
func Parse(untrusted string) (Target, *wire.Error) {
	text, e := clean(untrusted)
	if e != nil {
		return Target{}, e
	}
	if rest, ok := after(text, "bitcoin:"); ok {
		return bitcoin(rest)
	}
	if rest, ok := after(text, "lightning:"); ok {
		return lightning(strings.TrimPrefix(rest, "//"))
	}
	if value, ok := fallback(text); ok {
		return lnurl(value)
	}
	return bare(text)
}

// clean takes off what surrounds a text that was copied by hand, and refuses
// what no payment text has.
func clean(untrusted string) (string, *wire.Error) {
	if len(untrusted) > MaxText {
		return "", unknown("The text is longer than any invoice or link.", "give one invoice, link or address")
	}
	text := strings.TrimFunc(untrusted, blank)
	if text == "" {
		return "", unknown("There is no text.", "give an invoice, a lightning: link, an LNURL or a Lightning address")
	}
	if strings.ContainsAny(text, "\r\n") {
		return "", unknown("The text has more than one line.", "give one invoice, link or address at a time")
	}
	if !printable(text) {
		return "", unknown("The text has characters that no payment text has.", known)
	}
	return text, nil
}

// blank are white space, no-break space among it, and characters without width
// that come along when something is copied from a page.
func blank(c rune) bool {
	return unicode.IsSpace(c) || c >= 0x200b && c <= 0x200f || c == 0x2060 || c == 0xfeff
}

// after cuts a scheme off, in whatever case.
func after(text, scheme string) (string, bool) {
	if len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) {
		return "", false
	}
	return text[len(scheme):], true
}

// lightning is what follows the scheme. A LUD-17 link in it keeps its query
// and its escapes; of all else a query is of no meaning to us.
func lightning(rest string) (Target, *wire.Error) {
	if _, ok := lud17(rest); ok {
		return bare(rest)
	}
	text, e := decode(rest)
	if e != nil {
		return Target{}, e
	}
	if _, ok := lud17(text); !ok {
		text, _, _ = strings.Cut(text, "?")
	}
	t, e := bare(text)
	if !printable(text) || e != nil && e.Code == wire.NoPaymentText {
		return Target{}, bad("The link has no invoice, LNURL or Lightning address behind lightning:.", "copy the whole link")
	}
	return t, e
}

// decode undoes percent-encoding, once. A plus sign is no space.
func decode(text string) (string, *wire.Error) {
	text, err := url.PathUnescape(text)
	if err != nil {
		return "", bad("The link has a % that two hex digits do not follow.", "copy the whole link")
	}
	return text, nil
}

// printable says whether a text is printable ASCII. Nothing else is taken: it
// could reach a terminal, a request or a URL.
func printable(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// bare is a text without lightning: and bitcoin:. An address comes first: its
// name may begin like an invoice.
func bare(text string) (Target, *wire.Error) {
	small := strings.ToLower(text)
	scheme, isLUD17 := lud17(text)
	switch {
	case isLUD17:
		return link(scheme, text[len(scheme)+1:])
	case strings.Contains(text, "@") && !strings.Contains(text, " ") && !hasScheme(text):
		return address(small)
	case strings.HasPrefix(small, "lnurl1"):
		return lnurl(text)
	case strings.HasPrefix(small, "lno1"):
		return Target{}, offer()
	case invoicePrefix.MatchString(small):
		return invoice(text)
	case chainAddress.MatchString(text):
		return Target{}, onChain()
	}
	return Target{}, unknown("The text is no invoice, link or address that qpay knows.", known)
}

// hasScheme: what stands before the first colon could be one, so that this is a
// link of some other kind.
func hasScheme(text string) bool {
	scheme, _, found := strings.Cut(text, ":")
	return found && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}
