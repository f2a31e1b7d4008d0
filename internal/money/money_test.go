package money

import (
	"errors"
	"math/big"
	"strings"
	"testing"
)

func TestString(t *testing.T) {
	for m, want := range map[Msat]string{
		0: "0 sat", 1: "0.001 sat", 999: "0.999 sat", 1000: "1 sat", 1500: "1.5 sat",
		12350000: "12 350 sat", 12345678: "12 345.678 sat", 100: "0.1 sat",
		1000000000: "1 000 000 sat", Max: "2 100 000 000 000 000 sat",
	} {
		if got := m.String(); got != want {
			t.Errorf("%d: %q, want %q", uint64(m), got, want)
		}
	}
}

func TestBTC(t *testing.T) {
	for m, want := range map[Msat]string{
		0: "0.00000000 BTC", 1: "0.00000000001 BTC", 12350000: "0.00012350 BTC",
		PerBTC: "1.00000000 BTC", Max: "21 000 000.00000000 BTC",
	} {
		if got := m.BTC(); got != want {
			t.Errorf("%d: %q, want %q", uint64(m), got, want)
		}
	}
}

func TestParseSat(t *testing.T) {
	for in, want := range map[string]Msat{
		"1": 1000, "0.001": 1, "12345": 12345000, "12 345.678": 12345678, " 7 sat ": 7000,
		"1.5000": 1500, "2100000000000000": Max, "0": 0,
	} {
		if got, err := ParseSat(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
}

func TestParseSatRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"": ErrNotNumber, "-1": ErrNotNumber, "1e3": ErrNotNumber, "+1": ErrNotNumber,
		"1,000":   ErrNotNumber, // thousands or decimals? it depends on who reads it
		"1.":      ErrNotNumber,
		".5":      ErrNotNumber,
		"1 2":     ErrNotNumber, // not a group: a slip of the finger
		"1234 56": ErrNotNumber, "1  000": ErrNotNumber, "١٢": ErrNotNumber, "0x10": ErrNotNumber,
		"1.0001":                ErrTooFine,
		"2100000000000001":      ErrTooLarge,
		"2100000000000000.001":  ErrTooLarge,
		"18446744073709551616":  ErrTooLarge, // 2^64
		strings.Repeat("9", 41): ErrNotNumber,
	} {
		if got, err := ParseSat(in); !errors.Is(err, want) {
			t.Errorf("%q: %d, %v; want %v", in, got, err, want)
		}
	}
}

func TestFeeLimit(t *testing.T) {
	r := DefaultFeeRule
	for amount, want := range map[Msat]Msat{
		0: 10_000, 1: 10_000, 1_000_000: 10_000, 1_000_100: 10_001, 100_000_000: 1_000_000, Max: Max / 100,
	} {
		if got := r.Limit(amount); got != want {
			t.Errorf("Limit(%d) = %d, want %d", amount, got, want)
		}
	}
}

// What was written reads back as the same amount, and nothing that reads is
// over the bound.
func FuzzParseSat(f *testing.F) {
	for _, s := range []string{"1", "12 345.678 sat", "0.001", "2100000000000000", "9 9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseSat(s)
		if err != nil {
			return
		}
		if m > Max {
			t.Fatalf("%q gives %d, over the bound", s, m)
		}
		if back, err := ParseSat(m.String()); err != nil || back != m {
			t.Fatalf("%q -> %d -> %q -> %d, %v", s, m, m.String(), back, err)
		}
	})
}

// The limit equals exact arithmetic and never overflows.
func FuzzFeeLimit(f *testing.F) {
	f.Add(uint64(1), uint64(10_000), uint64(10_000))
	f.Add(uint64(Max), uint64(0), uint64(1_000_000))
	f.Fuzz(func(t *testing.T, amount, base, ppm uint64) {
		if amount > uint64(Max) || base > uint64(Max) || ppm > 1_000_000 {
			return
		}
		exact := new(big.Int).Mul(new(big.Int).SetUint64(amount), new(big.Int).SetUint64(ppm))
		exact.Div(exact, big.NewInt(1_000_000))
		if b := new(big.Int).SetUint64(base); b.Cmp(exact) > 0 {
			exact = b
		}
		if got := (FeeRule{Base: Msat(base), PPM: ppm}).Limit(Msat(amount)); exact.Cmp(new(big.Int).SetUint64(uint64(got))) != 0 {
			t.Fatalf("Limit(%d) with %d, %d = %d, exactly %s", amount, base, ppm, got, exact)
		}
	})
}

// Every amount is read back from what is shown, in satoshi and in bitcoin.
func FuzzShownIsExact(f *testing.F) {
	for _, m := range []uint64{0, 1, 999, 1000, 12_345_678, uint64(PerBTC), uint64(Max)} {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, n uint64) {
		m := Msat(n % uint64(Max+1))
		if got, err := ParseSat(m.String()); err != nil || got != m {
			t.Errorf("%d is shown as %q, which reads as %d, %v", uint64(m), m, uint64(got), err)
		}
		text, found := strings.CutSuffix(m.BTC(), " BTC")
		btc, ok := new(big.Rat).SetString(strings.ReplaceAll(text, " ", ""))
		if !found || !ok || btc.Mul(btc, new(big.Rat).SetInt64(int64(PerBTC))).Cmp(new(big.Rat).SetInt64(int64(m))) != 0 {
			t.Errorf("%d is shown as %q", uint64(m), m.BTC())
		}
	})
}
