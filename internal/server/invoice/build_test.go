package invoice

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/btcutil/bech32"
)

// A draft is an invoice before it is signed: any prefix, any fields, also those
// that no wallet would write. Tests build what they need instead of storing it.
type draft struct {
	prefix  string
	created uint64
	fields  []field
	sign    func(sig []byte) // changes the signature: r, s, recovery id
	extra   []byte           // groups after the fields and before the signature
}

type field struct {
	typ    byte
	groups []byte
}

// The key of BOLT 11's examples.
var testKey, testPub = btcec.PrivKeyFromBytes(unhex("e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734"))

var (
	testHash   = unhex("0001020304050607080900010203040506070809000102030405060708090102")
	testSecret = unhex("1111111111111111111111111111111111111111111111111111111111111111")
)

const testTime = 1496314658 // 2017-06-01

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// to32 pads with zero bits, as a writer must.
func to32(b []byte) []byte {
	groups, err := bech32.ConvertBits(b, 8, 5, true)
	if err != nil {
		panic(err)
	}
	return groups
}

// minimum is n without leading zero groups; zero is no group at all.
func minimum(n uint64) (groups []byte) {
	for ; n > 0; n >>= 5 {
		groups = append([]byte{byte(n & 31)}, groups...)
	}
	return groups
}

func bits(set ...int) (groups []byte) {
	for _, bit := range set {
		for len(groups) <= bit/5 {
			groups = append([]byte{0}, groups...)
		}
		groups[len(groups)-1-bit/5] |= 1 << (bit % 5)
	}
	return groups
}

func fP(b []byte) field     { return field{fieldP, to32(b)} }
func fS(b []byte) field     { return field{fieldS, to32(b)} }
func fH(b []byte) field     { return field{fieldH, to32(b)} }
func fN(b []byte) field     { return field{fieldN, to32(b)} }
func fD(s string) field     { return field{fieldD, to32([]byte(s))} }
func fX(n uint64) field     { return field{fieldX, minimum(n)} }
func fC(n uint64) field     { return field{fieldC, minimum(n)} }
func f9(set ...int) field   { return field{field9, bits(set...)} }
func ownKey() field         { return fN(testPub.SerializeCompressed()) }
func plain() []field        { return []field{fS(testSecret), fP(testHash), fD("x"), f9(8, 14)} }
func with(f ...field) draft { return draft{"lnbc", testTime, append(plain(), f...), nil, nil} }
func only(f ...field) draft { return draft{"lnbc", testTime, f, nil, nil} }

// without is a plain invoice but for the fields of one type.
func without(typ byte, f ...field) draft {
	d := only()
	for _, p := range plain() {
		if p.typ != typ {
			d.fields = append(d.fields, p)
		}
	}
	d.fields = append(d.fields, f...)
	return d
}

func asking(amount string) draft {
	d := with()
	d.prefix += amount
	return d
}

// groups is the data part without the signature.
func (d draft) groups() (groups []byte) {
	for shift := 30; shift >= 0; shift -= 5 {
		groups = append(groups, byte(d.created>>shift&31))
	}
	for _, f := range d.fields {
		groups = append(groups, f.typ, byte(len(f.groups)>>5), byte(len(f.groups)&31))
		groups = append(groups, f.groups...)
	}
	return append(groups, d.extra...)
}

func (d draft) String() string { return sealed(d.prefix, d.groups(), d.sign) }

// sealed signs any groups and adds the checksum.
func sealed(prefix string, groups []byte, change func([]byte)) string {
	message, err := bech32.ConvertBits(groups, 5, 8, true)
	if err != nil {
		panic(err)
	}
	hash := sha256.Sum256(append([]byte(prefix), message...))
	compact := ecdsa.SignCompact(testKey, hash[:], true)
	sig := append(compact[1:65:65], compact[0]-31)
	if change != nil {
		change(sig)
	}
	s, err := bech32.Encode(prefix, append(groups[:len(groups):len(groups)], to32(sig)...))
	if err != nil {
		panic(err)
	}
	return s
}

// highS turns the signature into its other form, which recovers to the same key.
func highS(sig []byte) {
	var s btcec.ModNScalar
	s.SetByteSlice(sig[32:64])
	s.Negate()
	b := s.Bytes()
	copy(sig[32:64], b[:])
	sig[64] ^= 1
}

func recoveryID(id byte) func([]byte) { return func(sig []byte) { sig[64] = id } }

// The builder is right if it makes the specification's own examples, and both
// sides do not err together.
func TestBuilderMakesTheExamples(t *testing.T) {
	coffee := only(fS(testSecret), fP(testHash), fD("1 cup coffee"), fX(60), f9(8, 14))
	coffee.prefix = "lnbc2500u"
	beans := only(fP(testHash), fD("coffee beans"), fS(testSecret), f9(8, 14, 99))
	beans.prefix = "lnbc25m"
	for id, d := range map[string]draft{"coffee-one-minute": coffee, "features-8-14-99": beans} {
		if got, want := d.String(), vector(t, id).Invoice; got != want {
			t.Errorf("%s:\n%s, want\n%s", id, got, want)
		}
	}
}
