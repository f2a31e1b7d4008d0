package invoice

import (
	"unicode/utf8"

	"github.com/btcsuite/btcd/btcutil/bech32"
)

// Types of the tagged fields that are read, named by their bech32 letter.
// Fields of other types are skipped, as BOLT 11 says; fallback addresses,
// routing hints and metadata are left to lnd.
const (
	fieldP = 1  // payment hash
	field9 = 5  // features
	fieldX = 6  // expiry
	fieldD = 13 // description
	fieldS = 16 // payment secret
	fieldN = 19 // destination
	fieldB = 20 // blinded paths: lnd's own, not in BOLT 11
	fieldH = 23 // description hash
	fieldC = 24 // delay of the last hop

	amountGiven = 32 // not a field: the amount is in the prefix
)

// fieldSet has a bit for each type of field that was read.
type fieldSet uint64

func (s fieldSet) has(typ byte) bool { return s&(1<<typ) != 0 }
func (s *fieldSet) add(typ byte)     { *s |= 1 << typ }

// fixed is the length of the fields that have one. With another length a field
// is skipped: the text of BOLT 11 says to fail, its example "fields which must
// be ignored" is valid, and zpay32 goes by the example.
var fixed = map[byte]int{fieldP: 52, fieldS: 52, fieldH: 52, fieldN: 53}

// readFields walks type (one group), length (two groups) and data.
func (i *Invoice) readFields(groups []byte) error {
	for len(groups) > 0 {
		if len(groups) < 3 {
			return refuse(Malformed, RuleFields, "the last field of the invoice is cut off")
		}
		typ, length := groups[0], int(number(groups[1:3]))
		if groups = groups[3:]; length > len(groups) {
			return refuse(Malformed, RuleFields, "a field of the invoice is cut off")
		}
		if err := i.readField(typ, groups[:length]); err != nil {
			return err
		}
		groups = groups[length:]
	}
	return nil
}

// readField takes the first field of a type: a writer puts the preferred first.
func (i *Invoice) readField(typ byte, groups []byte) error {
	if n, ok := fixed[typ]; i.given.has(typ) || ok && len(groups) != n {
		return nil
	}
	i.given.add(typ)
	switch typ {
	case fieldP:
		return octets(i.hash[:], groups)
	case fieldS:
		return octets(i.secret[:], groups)
	case fieldH:
		return octets(i.descHash[:], groups)
	case fieldN:
		return octets(i.payee[:], groups)
	case fieldD:
		return i.readDescription(groups)
	case fieldX:
		return i.readExpiry(groups)
	case fieldC:
		return i.readCLTV(groups)
	case field9:
		return features(groups).check()
	case fieldB: // lnd would pay by these and not by the secret that was checked
		return refuse(Unsupported, RuleBlinded, "the invoice has blinded paths, which are not supported")
	}
	return nil
}

func octets(to, groups []byte) error {
	b, err := bech32.ConvertBits(groups, 5, 8, false)
	if err != nil {
		return refuse(Malformed, RuleFields, "a field of the invoice has a broken end")
	}
	copy(to, b)
	return nil
}

func (i *Invoice) readDescription(groups []byte) error {
	b := make([]byte, len(groups)*5/8)
	if err := octets(b, groups); err != nil {
		return err
	}
	if !utf8.Valid(b) {
		return refuse(Malformed, RuleDescription, "the description in the invoice is not text")
	}
	i.description = string(b)
	return nil
}

// readExpiry stops at seven groups: of thirteen, zpay32 loses the top bit.
func (i *Invoice) readExpiry(groups []byte) error {
	if !minimal(groups) {
		return refuse(Malformed, RuleExpiry, "the expiry of the invoice is written with leading zeros")
	}
	if len(groups) > 7 || number(groups) > maxExpiry {
		return refuse(Absurd, RuleExpiry, "the invoice is valid for more than ten years")
	}
	i.expiry = number(groups)
	return nil
}

func (i *Invoice) readCLTV(groups []byte) error {
	if !minimal(groups) {
		return refuse(Malformed, RuleCLTV, "the final delay of the invoice is written with leading zeros")
	}
	if len(groups) > 3 || number(groups) > maxCLTV {
		return refuse(Absurd, RuleCLTV, "the invoice may lock the money for more than %d blocks", maxCLTV)
	}
	i.cltv = uint16(number(groups))
	return nil
}

// minimal: BOLT 11 wants no leading zero group in x, c and 9.
func minimal(groups []byte) bool { return len(groups) == 0 || groups[0] != 0 }

// complete asks for what every invoice must have.
func (i *Invoice) complete() error {
	switch {
	case !i.given.has(fieldP):
		return refuse(Malformed, RuleHash, "the invoice has no payment hash")
	case !i.given.has(fieldS): // nodes on the way could probe or cheat; lnd would not pay either
		return refuse(Unsupported, RuleSecret, "the invoice has no payment secret, so it cannot be paid safely")
	case i.given.has(fieldD) && i.given.has(fieldH):
		return refuse(Malformed, RuleDescription, "the invoice has both a description and the hash of one")
	case !i.given.has(fieldD) && !i.given.has(fieldH):
		return refuse(Malformed, RuleDescription, "the invoice has no description")
	}
	return nil
}
