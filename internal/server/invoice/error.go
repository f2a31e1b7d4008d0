package invoice

import "fmt"

// Code is what the caller of Parse acts upon.
type Code uint8

const (
	Malformed    Code = iota + 1 // not an invoice, or one with a typing error
	WrongNetwork                 // a good prefix of another chain
	Unsupported                  // valid perhaps, but not for us: AMP, unknown feature, no payment secret
	Absurd                       // numbers that no honest invoice has
	BadSignature                 // not signed, or not in the way BOLT 11 wants it
	Expired                      // from CheckTime only
)

// Rule says which part of the rules was broken.
type Rule string

const (
	RuleLength      Rule = "length"
	RuleCase        Rule = "case"
	RuleBech32      Rule = "bech32"   // characters, separator
	RuleChecksum    Rule = "checksum" // nearly always a typing error
	RulePrefix      Rule = "prefix"   // ln, network, amount, multiplier
	RuleNetwork     Rule = "network"
	RuleAmount      Rule = "amount"
	RuleFields      Rule = "fields" // the walk of the tagged fields
	RuleHash        Rule = "payment hash"
	RuleSecret      Rule = "payment secret"
	RuleBlinded     Rule = "blinded paths"
	RuleDescription Rule = "description"
	RuleExpiry      Rule = "expiry"
	RuleCLTV        Rule = "cltv"
	RuleFeatures    Rule = "features"
	RuleAMP         Rule = "amp"
	RuleSignature   Rule = "signature"
	RuleDecoder     Rule = "decoder"   // zpay32 refused it, the guard did not
	RuleAgreement   Rule = "agreement" // zpay32 read something else than the guard
)

// Error is a refusal. Msg is a fragment of a sentence for a person to read, and
// holds no text from the invoice that is not quoted and cut short.
type Error struct {
	Code Code
	Rule Rule
	Msg  string
}

func (e *Error) Error() string { return e.Msg }

// refuse returns error and not *Error, whose nil would not be a nil error.
func refuse(code Code, rule Rule, format string, args ...any) error {
	return &Error{code, rule, fmt.Sprintf(format, args...)}
}
