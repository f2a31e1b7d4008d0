package uri

import (
	"fmt"
	"regexp"
	"strings"

	"qpay/internal/money"
	"qpay/internal/wire"
)

// chainAddress has the form of an address on the chain, which is never paid.
var chainAddress = regexp.MustCompile(`^([13mn2][a-km-zA-HJ-NP-Z1-9]{25,39}|(bc|tb|bcrt|sb)1[a-z0-9]{6,87}|(BC|TB|BCRT|SB)1[A-Z0-9]{6,87})$`)

// plain is what may be the body of a bitcoin: link, which is not used.
var plain = regexp.MustCompile(`^[A-Za-z0-9]*$`)

// bitcoin is what follows bitcoin: (BIP 321).
func bitcoin(rest string) (Target, *wire.Error) {
	rest, _, _ = strings.Cut(rest, "#")
	body, query, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	if !plain.MatchString(body) || invoicePrefix.MatchString(strings.ToLower(body)) {
		return Target{}, bad("The bitcoin: link holds no address where one belongs.", "an invoice belongs behind lightning: instead")
	}
	p, e := parameters(query)
	if e != nil {
		return Target{}, e
	}
	t, e := p.first()
	if e != nil || p.amount == nil {
		return t, e
	}
	if t.Amount == nil {
		t.Suggested = p.amount
	} else if *t.Amount != *p.amount {
		return Target{}, bad(fmt.Sprintf("The link says %s and its invoice %s.", *p.amount, *t.Amount),
			"one of them is wrong: ask the payee for another link")
	}
	return t, nil
}

// found are the parameters of a bitcoin: link that matter here.
type found struct {
	lightning []string
	offer     bool
	amount    *money.Msat
}

func parameters(query string) (p found, e *wire.Error) {
	seen := map[string]bool{}
	for param := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(param, "=")
		key = strings.ToLower(key)
		if e := allowed(key, seen); e != nil {
			return p, e
		}
		value, e := decode(value)
		if e != nil {
			return p, e
		}
		if e := p.take(key, value); e != nil {
			return p, e
		}
	}
	return p, nil
}

// once are the keys that may be there only once, and what they count as.
var once = map[string]string{"amount": "amount", "label": "label", "message": "message", "pop": "pop", "req-pop": "pop"}

// allowed refuses what makes the whole link invalid. seen collects the keys
// that may be there once.
func allowed(key string, seen map[string]bool) *wire.Error {
	if as := once[key]; as != "" {
		if seen[as] {
			return bad(fmt.Sprintf("The bitcoin: link has %s twice.", as), "ask the payee for another link")
		}
		seen[as] = true
	}
	switch {
	case key == "req-pop":
		return never("The link demands that a program of its own is opened with the proof of payment (req-pop), which qpay does not do.",
			"ask the payee for a link without it")
	case strings.HasPrefix(key, "req-"):
		return never("The link demands something that qpay does not know (req-).", "ask the payee for a Lightning invoice")
	}
	return nil
}

func (p *found) take(key, value string) *wire.Error {
	switch key {
	case "lightning":
		p.lightning = append(p.lightning, value)
	case "lno":
		p.offer = true
	case "amount":
		m, ok := bitcoins(value)
		if !ok {
			return bad("The amount of the bitcoin: link is none.", "it is in bitcoin, digits with one point, such as 0.0001, and more than nothing")
		}
		p.amount = &m
	case "bc", "tb":
		// BIP 321: an address of another network must not hide here.
		if _, ok := after(value, key+"1"); !ok {
			return bad("The bitcoin: link has an address for another network than it says.", "ask the payee for another link")
		}
	}
	return nil
}

// first is the first of the Lightning instructions that can be read.
func (p *found) first() (Target, *wire.Error) {
	var why *wire.Error
	for _, text := range p.lightning {
		t, e := instruction(text)
		if e == nil {
			return t, nil
		}
		if why == nil {
			why = e
		}
	}
	switch {
	case why != nil:
		return Target{}, why
	case p.offer:
		return Target{}, offer()
	}
	return Target{}, onChain()
}

// instruction is the value of lightning=, an invoice by the book, an LNURL in
// practice.
func instruction(text string) (Target, *wire.Error) {
	small := strings.ToLower(text)
	_, isLUD17 := lud17(text)
	switch {
	case isLUD17, strings.HasPrefix(small, "lnurl1"), strings.HasPrefix(small, "lno1"), invoicePrefix.MatchString(small):
		return bare(text)
	}
	return Target{}, bad("The link has no invoice behind lightning=.", "copy the whole link, or ask the payee for another one")
}

var decimal = regexp.MustCompile(`^([0-9]{0,12})(?:\.([0-9]{0,20}))?$`)

// bitcoins reads an amount in bitcoin, exactly. Nothing is no amount.
func bitcoins(text string) (money.Msat, bool) {
	m := decimal.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	fraction := strings.TrimRight(m[2], "0")
	if len(fraction) > 11 {
		return 0, false // finer than a millisatoshi
	}
	var n uint64
	for _, c := range m[1] + fraction + strings.Repeat("0", 11-len(fraction)) {
		n = n*10 + uint64(c-'0')
		if n > uint64(money.Max) {
			return 0, false
		}
	}
	return money.Msat(n), n > 0
}

// inBitcoin is the shortest text that bitcoins reads.
func inBitcoin(m money.Msat) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%011d", m/money.PerBTC, m%money.PerBTC), "0"), ".")
}
