package rule

import (
	"strings"
	"testing"
	"time"

	"qpay/internal/money"
	"qpay/internal/screen"
)

func TestRead(t *testing.T) {
	q := screen.AmountQuestion{Max: 1_000_000 * money.PerSat, FeeBase: money.DefaultFeeRule.Base, FeePPM: money.DefaultFeeRule.PPM}
	for in, want := range map[string]Typed{
		"":                       {},
		"12350":                  {Amount: 12_350_000, Fee: 123_500, OK: true},
		"0.001":                  {Amount: 1, Fee: 10_000, OK: true},
		"1 000 000":              {Amount: 1_000_000_000, Fee: 10_000_000, OK: true},
		"0":                      {Wrong: "The amount must be more than 0 sat."},
		"0.000":                  {Wrong: "The amount must be more than 0 sat."},
		"1000000.001":            {Wrong: "At most 1 000 000 sat can be paid at once."},
		"1,000":                  {Wrong: "Not an amount: digits are expected, as in 12345 or 12345.678."}, // thousands or decimals?
		" ":                      {Wrong: "Not an amount: digits are expected, as in 12345 or 12345.678."},
		"-5":                     {Wrong: "Not an amount: digits are expected, as in 12345 or 12345.678."},
		"1.0001":                 {Wrong: "Finer than a thousandth of a satoshi."},
		"9999999999999999999999": {Wrong: "More than the 21 million bitcoin that can exist."},
	} {
		if got := Read(q, in); got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

// An invoice of one's own: bounds below and above, no fee, or no amount at all.
func TestReadWhatIsAskedFor(t *testing.T) {
	bounded := screen.AmountQuestion{Min: 1000, Max: 5000, NoFee: true}
	open := screen.AmountQuestion{Max: money.Max, NoFee: true, Optional: true}
	for _, c := range []struct {
		q    screen.AmountQuestion
		text string
		want Typed
	}{
		{bounded, "1", Typed{Amount: 1000, OK: true}},
		{bounded, "5.000", Typed{Amount: 5000, OK: true}},
		{bounded, "0.999", Typed{Wrong: "At least 1 sat is asked for."}},
		{bounded, "5.001", Typed{Wrong: "At most 5 sat is asked for."}},
		{bounded, "", Typed{}},
		{open, "", Typed{OK: true, None: true}},
		{open, " ", Typed{Wrong: "Not an amount: digits are expected, as in 12345 or 12345.678."}}, // not empty: a typing error
		{open, "0", Typed{Wrong: "The amount must be more than 0 sat."}},                           // none is not nothing
		{open, "0.001", Typed{Amount: 1, OK: true}},
	} {
		if got := Read(c.q, c.text); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.text, got, c.want)
		}
	}
}

// Nothing but an amount above zero and within the limit is ever paid.
func FuzzRead(f *testing.F) {
	f.Add("12 350 sat", uint64(1000))
	f.Fuzz(func(t *testing.T, text string, most uint64) {
		q := screen.AmountQuestion{Max: min(money.Msat(most), money.Max)}
		got := Read(q, text)
		if got.OK && (got.Amount == 0 || got.Amount > q.Max || got.Wrong != "") {
			t.Fatalf("%q with at most %d: %+v", text, most, got)
		}
	})
}

func TestCountdown(t *testing.T) {
	for left, want := range map[time.Duration]string{
		time.Millisecond: "0:01!", time.Second: "0:01!", 60 * time.Second: "1:00!", 60*time.Second + 1: "1:01",
		754 * time.Second: "12:34", time.Hour: "1 h 00 min", 47*time.Hour + 59*time.Minute: "47 h 59 min",
		48 * time.Hour: "2 days", 400 * 24 * time.Hour: "400 days",
	} {
		got, urgent := Countdown(left)
		if urgent {
			got += "!"
		}
		if got != want {
			t.Errorf("%v: %q, want %q", left, got, want)
		}
	}
}

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 1999 * time.Millisecond: "1 s", time.Minute: "1 min 00 s", time.Hour: "60 min 00 s",
	} {
		if got := Elapsed(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestMnemonic(t *testing.T) {
	label, keys := Mnemonic("Pay 1_000")
	if label != "_Pay 1__000" || keys != "Alt+P" {
		t.Errorf("%q, %q", label, keys)
	}
	if strings.Count(strings.ReplaceAll(label, "__", ""), "_") != 1 {
		t.Error("more than one mnemonic")
	}
}

func TestLongWord(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, strings.Repeat("word ", 5000): false, strings.Repeat("a", 401): true, "x\n" + strings.Repeat("a", 401): true,
	} {
		if got := LongWord(text); got != want {
			t.Errorf("%.20q (%d): %t", text, len(text), got)
		}
	}
}
