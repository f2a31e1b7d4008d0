package rule

import (
	"qpay/internal/money"
	"qpay/internal/screen"
)

// Typed is what the text in the amount entry comes to.
type Typed struct {
	Amount money.Msat
	Fee    money.Msat // the fee limit for it
	OK     bool       // it can be approved; else Amount and Fee mean nothing
	None   bool       // left empty where that is an answer; there is no Amount
	Wrong  string     // why not; empty for an empty entry, which is no mistake
}

// Read reads the amount entry. Nothing but an amount over zero and within the
// limits can be approved, or none at all where that was said.
func Read(q screen.AmountQuestion, text string) Typed {
	if text == "" {
		return Typed{OK: q.Optional, None: q.Optional}
	}
	amount, err := money.ParseSat(text)
	switch {
	case err != nil:
		return Typed{Wrong: sentence(err.Error())}
	case amount == 0:
		return Typed{Wrong: "The amount must be more than 0 sat."}
	case amount < q.Min:
		return Typed{Wrong: "At least " + q.Min.String() + " is asked for."}
	case amount > q.Max && q.NoFee:
		return Typed{Wrong: "At most " + q.Max.String() + " is asked for."}
	case amount > q.Max:
		return Typed{Wrong: "At most " + q.Max.String() + " can be paid at once."}
	case q.NoFee:
		return Typed{Amount: amount, OK: true}
	}
	fee := money.FeeRule{Base: q.FeeBase, PPM: q.FeePPM}.Limit(amount)
	return Typed{Amount: amount, Fee: fee, OK: true}
}

// sentence makes the text of an error read as a hint under an entry.
func sentence(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		s = string(s[0]-'a'+'A') + s[1:]
	}
	return s + "."
}
