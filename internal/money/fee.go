package money

// FeeRule is the most that may be spent on routing a payment: the larger of a
// fixed sum and a share of the amount. lnd's own default is zero, which pays
// over free routes only, and its command line's is 100 % of small amounts.
type FeeRule struct {
	Base Msat   // the fixed sum
	PPM  uint64 // the share of the amount, in millionths; at most 1,000,000
}

// DefaultFeeRule is the larger of 10 sat and 1 %.
var DefaultFeeRule = FeeRule{Base: 10 * PerSat, PPM: 10_000}

// Limit is the fee limit for a payment of amount, in millisatoshi, rounded
// down. It cannot overflow for amounts up to Max, as the share is at most one.
func (r FeeRule) Limit(amount Msat) Msat {
	ppm := min(r.PPM, 1_000_000)
	const million = 1_000_000
	// Split, since amount * ppm may exceed 64 bits.
	share := amount/million*Msat(ppm) + amount%million*Msat(ppm)/million
	return max(r.Base, share)
}
