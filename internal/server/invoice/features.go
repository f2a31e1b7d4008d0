package invoice

// features are the bits of field 9 in groups of five, the last group lowest. In
// each pair the even bit means "required" and the odd one "offered".
type features []byte

// known are the required features that mean something in an invoice (BOLT 9,
// column 9) and that lnd has. lnd takes any bit it knows from elsewhere, and
// only when asked to look at all.
var known = map[int]bool{
	8:  true, // var_onion_optin
	14: true, // payment_secret
	16: true, // basic_mpp
	24: true, // option_route_blinding
	48: true, // option_payment_metadata
}

// needs: a feature, required or offered, and what it depends on. lnd looks at
// this only while it seeks a path, and the payment then fails.
var needs = []struct{ bit, on int }{{16, 14}, {14, 8}}

const amp = 30 // lnd's own: each payment has a new hash, so nothing stops a second one

func (f features) has(bit int) bool {
	at := len(f) - 1 - bit/5
	return at >= 0 && f[at]>>(bit%5)&1 == 1
}

func (f features) either(bit int) bool { return f.has(bit) || f.has(bit+1) }

func (f features) check() error {
	if !minimal(f) {
		return refuse(Malformed, RuleFeatures, "the features of the invoice are written with leading zeros")
	}
	if f.either(amp) {
		return refuse(Unsupported, RuleAMP, "the invoice is for an AMP payment, which could be paid twice by mistake")
	}
	for bit := 0; bit < len(f)*5; bit += 2 {
		if f.has(bit) && !known[bit] {
			return refuse(Unsupported, RuleFeatures, "the invoice needs feature %d, which is not supported", bit)
		}
	}
	for _, n := range needs {
		if f.either(n.bit) && !f.either(n.on) {
			return refuse(Malformed, RuleFeatures, "the invoice has feature %d but not feature %d, which that needs", n.bit, n.on)
		}
	}
	return nil
}
