package payment

import (
	"regexp"

	"qpay/internal/money"
)

// Reason is why a payment failed, by lnd's word (routerrpc PaymentFailureReason).
type Reason string

const (
	NoReason         Reason = ""
	TimedOut         Reason = "timed_out"
	NoRoute          Reason = "no_route"
	RouteError       Reason = "error"
	IncorrectDetails Reason = "incorrect_details" // the payee knows no such invoice, or cancelled it
	Insufficient     Reason = "insufficient_balance"
	Cancelled        Reason = "cancelled"
)

// Outcome is what lnd says of a payment at one moment. State is Sent (in
// flight), Paid, Failed or Unknown; Preimage and Fee count when it is Paid,
// Reason when it is Failed.
type Outcome struct {
	State    State
	Preimage Preimage
	Amount   money.Msat
	Fee      money.Msat
	Reason   Reason
}

// Qube is a caller's name, as Qubes says it: it comes from the environment
// that qrexec made, never from a request.
type Qube string

// names are those that Qubes gives to qubes.
var names = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,30}$`)

// Valid tells whether Qubes could have given this name. The name becomes part
// of paths: ask before.
func (q Qube) Valid() bool { return names.MatchString(string(q)) }
