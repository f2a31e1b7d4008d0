package uri

import (
	"regexp"
	"strconv"

	"qpay/internal/money"
	"qpay/internal/wire"
)

// Prefixes of BOLT 11 by network: mainnet, testnet, signet, regtest, simnet.
// Which of them is right, the wallet knows.
var (
	invoicePrefix = regexp.MustCompile(`^ln(bc|tb|tbs|bcrt|sb)[0-9]`)
	readable      = regexp.MustCompile(`^ln(?:bc|tb|tbs|bcrt|sb)(?:([1-9][0-9]{0,17})([munp]?))?$`)
)

const (
	maxInvoice = 7089    // what fits into a QR code; lnd stops there too
	minGroups  = 7 + 104 // the time and the signature
)

// invoice looks only at what a typing error would damage: the checksum and the
// amount. All else the wallet judges.
func invoice(text string) (Target, *wire.Error) {
	small, ok := oneCase(text)
	if !ok {
		return Target{}, badInvoice("The invoice mixes capitals and small letters.", "copy it anew")
	}
	prefix, groups, ok := split(small)
	if !ok || len(groups) < minGroups || len(small) > maxInvoice {
		return Target{}, badInvoice("The invoice is cut short or has a typing error.", "copy the whole of it anew")
	}
	m := readable.FindStringSubmatch(prefix)
	if m == nil {
		return Target{}, badInvoice("The invoice does not begin as BOLT 11 says.", "ask the payee for another one")
	}
	t := Target{Kind: Invoice, Invoice: small}
	if m[1] == "" {
		return t, nil
	}
	amount, ok := demanded(m[1], m[2])
	if !ok {
		return Target{}, badInvoice("The invoice has an amount that cannot be.", "ask the payee for another one")
	}
	t.Amount = &amount
	return t, nil
}

// units of BOLT 11 in millisatoshi; p is a tenth of one.
var units = map[string]money.Msat{"": money.PerBTC, "m": money.PerBTC / 1_000, "u": money.PerBTC / 1_000_000, "n": money.PerBTC / 1_000_000_000}

// demanded is the amount of an invoice, exactly.
func demanded(digits, unit string) (money.Msat, bool) {
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	if unit == "p" {
		return money.Msat(n / 10), n%10 == 0 && n/10 <= uint64(money.Max)
	}
	each := units[unit]
	return money.Msat(n) * each, n <= uint64(money.Max/each)
}
