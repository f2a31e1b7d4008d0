package invoice

import (
	"regexp"
	"strconv"

	"qpay/internal/money"

	"github.com/btcsuite/btcd/btcutil/bech32"
	"github.com/lightningnetwork/lnd/zpay32"
)

// The guard reads the raw fields, for a value that has wrapped around comes out
// of zpay32 as a plausible one: an invoice over 184 million bitcoin reads as
// some 90,000 sat, an expiry of 2^55+3600 seconds as one hour. It multiplies
// once, after a bound, and adds nothing.
const (
	maxLength = 7089 // characters; zpay32's bound, what fits in a QR code
	maxExpiry = 10 * 365 * 24 * 3600
	maxCLTV   = 2016 // blocks; lnd's limit for a whole route. It cuts the field to 16 bits when paying

	timestampGroups = 7
	signatureGroups = 104
)

// guard does everything that needs no zpay32, the signature included.
func guard(untrusted string, want Network) (Invoice, error) {
	hrp, data, err := split(untrusted)
	if err != nil {
		return Invoice{}, err
	}
	inv := Invoice{request: untrusted, expiry: 3600, cltv: zpay32.DefaultAssumedFinalCLTVDelta}
	if err := inv.readPrefix(hrp, want); err != nil {
		return Invoice{}, err
	}
	if len(data) < timestampGroups+signatureGroups {
		return Invoice{}, refuse(Malformed, RuleLength, "the invoice is too short")
	}
	signed, signature := data[:len(data)-signatureGroups], data[len(data)-signatureGroups:]
	inv.created = int64(number(signed[:timestampGroups]))
	if err := inv.readFields(signed[timestampGroups:]); err != nil {
		return Invoice{}, err
	}
	if err := inv.complete(); err != nil {
		return Invoice{}, err
	}
	if err := inv.verify(hrp, signed, signature); err != nil {
		return Invoice{}, err
	}
	return inv, nil
}

// split undoes bech32. Its error messages have the right checksum in them, which
// nobody should be led to type in: so they are replaced.
func split(untrusted string) (hrp string, data []byte, err error) {
	if len(untrusted) > maxLength {
		return "", nil, refuse(Malformed, RuleLength, "the invoice is longer than %d characters", maxLength)
	}
	hrp, data, version, err := bech32.DecodeNoLimitWithVersion(untrusted)
	switch err.(type) {
	case nil:
		if version != bech32.Version0 { // bech32m, which zpay32 refuses as well
			return "", nil, refuse(Malformed, RuleChecksum, "the checksum of the invoice is of another kind")
		}
		return hrp, data, nil
	case bech32.ErrMixedCase:
		return "", nil, refuse(Malformed, RuleCase, "the invoice mixes capital and small letters")
	case bech32.ErrInvalidChecksum:
		return "", nil, refuse(Malformed, RuleChecksum, "the checksum of the invoice is wrong: it has a typing error or is cut off")
	}
	return "", nil, refuse(Malformed, RuleBech32, "this is not a Lightning invoice")
}

// prefix matches the human-readable part as a whole, since bc begins bcrt and tb
// begins tbs. An amount is neither zero nor has it leading zeros.
var prefix = regexp.MustCompile(`^ln(bcrt|bc|tbs|tb|sb)(?:([1-9][0-9]*)([munp]?))?$`)

func (i *Invoice) readPrefix(hrp string, want Network) error {
	part := prefix.FindStringSubmatch(hrp)
	if part == nil {
		return refuse(Malformed, RulePrefix, "the text does not begin as a Lightning invoice does, with network and amount")
	}
	if i.network = prefixed(part[1]); i.network != want {
		return refuse(WrongNetwork, RuleNetwork, "the invoice is for %s, the wallet is on %s", i.network, want)
	}
	if part[2] == "" {
		return nil
	}
	i.given.add(amountGiven)
	return i.readAmount(part[2], part[3])
}

// multipliers: the most that 21 million bitcoin are in each unit, and the unit
// in millisatoshi. Pico is ten units to the millisatoshi; its bound is the 64
// bits themselves, at 18.4 million bitcoin.
var multipliers = map[string]struct{ most, msat uint64 }{
	"":  {uint64(money.Max / money.PerBTC), uint64(money.PerBTC)},
	"m": {uint64(money.Max / 100_000_000), 100_000_000},
	"u": {uint64(money.Max / 100_000), 100_000},
	"n": {uint64(money.Max / 100), 100},
}

func (i *Invoice) readAmount(digits, unit string) error {
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || unit != "p" && n > multipliers[unit].most {
		return refuse(Absurd, RuleAmount, "the invoice asks for more bitcoin than exist")
	}
	if unit != "p" {
		i.amount = money.Msat(n * multipliers[unit].msat)
		return nil
	}
	if n%10 != 0 {
		return refuse(Malformed, RuleAmount, "the invoice asks for a fraction of a thousandth of a satoshi")
	}
	i.amount = money.Msat(n / 10)
	return nil
}

// number reads at most twelve groups of five bits; callers check the length.
func number(groups []byte) (n uint64) {
	for _, g := range groups {
		n = n<<5 | uint64(g)
	}
	return n
}
