// Package money is shared by client and server: amounts in thousandths of a
// satoshi, their text and the fee rule. It imports the standard library alone,
// uses no floating point and never rounds: what a person reads is what is paid.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Msat is an amount in thousandths of a satoshi, the unit of BOLT 11 and lnd.
// "No amount" is never a zero Msat: it is a case of its own wherever it occurs.
type Msat uint64

const (
	// PerSat is the number of millisatoshi in a satoshi.
	PerSat Msat = 1000
	// PerBTC is the number of millisatoshi in a bitcoin.
	PerBTC Msat = 100_000_000 * PerSat
	// Max is 21 million bitcoin: no larger amount can exist, and no sum of two
	// amounts up to it overflows.
	Max Msat = 21_000_000 * PerBTC
)

// Errors of parsing, told apart so that a form can say what to type instead.
var (
	ErrNotNumber = errors.New("not an amount: digits are expected, as in 12345 or 12345.678")
	ErrTooLarge  = errors.New("more than the 21 million bitcoin that can exist")
	ErrTooFine   = errors.New("finer than a thousandth of a satoshi")
)

// FromSat converts whole satoshis. It refuses more than 21 million bitcoin, so
// nothing overflows.
func FromSat(sat uint64) (Msat, error) {
	if sat > uint64(Max/PerSat) {
		return 0, ErrTooLarge
	}
	return Msat(sat) * PerSat, nil
}

// String gives satoshis with all decimals that matter, grouped by three:
// 12345678 is "12 345.678 sat", 1 is "0.001 sat".
func (m Msat) String() string { return m.Sat() + " sat" }

// Sat is String without the unit.
func (m Msat) Sat() string {
	s := group(uint64(m / PerSat))
	if rest := m % PerSat; rest != 0 {
		s += "." + strings.TrimRight(fmt.Sprintf("%03d", rest), "0")
	}
	return s
}

// BTC gives the same amount in bitcoin: eight decimals, or eleven where
// thousandths of a satoshi are there to be shown.
func (m Msat) BTC() string {
	whole, rest := m/PerBTC, m%PerBTC
	if rest%PerSat == 0 {
		return fmt.Sprintf("%s.%08d BTC", group(uint64(whole)), rest/PerSat)
	}
	return fmt.Sprintf("%s.%011d BTC", group(uint64(whole)), rest)
}

// ParseSat reads an amount in satoshis as a person types it: digits, spaces
// between groups as String writes them, and at most three decimals after a
// point. The unit "sat" may follow. Anything else is refused; a comma too,
// since it means thousands to one reader and a decimal point to another.
func ParseSat(untrusted string) (Msat, error) {
	s := strings.TrimSpace(untrusted)
	s = strings.TrimSpace(strings.TrimSuffix(s, "sat"))
	if len(s) > 40 {
		return 0, ErrNotNumber
	}
	whole, frac, point := strings.Cut(s, ".")
	whole, ok := ungroup(whole)
	if !ok || !digits(whole) || (point && !digits(frac)) {
		return 0, ErrNotNumber
	}
	if len(strings.TrimRight(frac, "0")) > 3 {
		return 0, ErrTooFine
	}
	sat, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return 0, ErrTooLarge
	}
	m, err := FromSat(sat)
	if err != nil {
		return 0, err
	}
	thousandths, _ := strconv.ParseUint((frac + "000")[:3], 10, 64) // three digits: cannot fail
	if m += Msat(thousandths); m > Max {
		return 0, ErrTooLarge
	}
	return m, nil
}

// ungroup takes the spaces out of "12 345", and only out of proper groups:
// "1 2" is a typing error that must not become twelve.
func ungroup(s string) (string, bool) {
	groups := strings.Split(s, " ")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// group writes n with a plain space before every third digit from the right.
func group(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
