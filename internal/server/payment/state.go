// Package payment holds what the other packages of lightningvm agree on about
// a payment (trusted): its states, its hash and preimage, why it failed.
package payment

import (
	"fmt"
	"slices"
)

// State is where a payment stands. Its text stands in the journal.
type State string

const (
	Asked    State = "asked"    // the window is open
	Approved State = "approved" // the person pressed Pay; lnd has not heard of it
	Sent     State = "sent"     // on disk before lnd hears of it; in flight from here on
	Paid     State = "paid"     // lnd says SUCCEEDED, and the preimage fits the hash
	Failed   State = "failed"   // lnd says FAILED: no money moved
	Unknown  State = "unknown"  // sent, and lnd could not be asked for the outcome
	Denied   State = "denied"   // refused by the person
	Expired  State = "expired"  // the invoice expired while the window was open
	Gone     State = "gone"     // the asking program went away, or nobody answered in time
)

// next has the arrows of the design. From Sent on only lnd's status decides;
// Unknown is left by the same two arrows as Sent, once lnd can be asked again.
// Approved may be Gone: the program was killed before it could send.
var next = map[State][]State{
	Asked:    {Approved, Denied, Expired, Gone},
	Approved: {Sent, Gone},
	Sent:     {Paid, Failed, Unknown},
	Unknown:  {Paid, Failed},
}

// Move returns to if the design has an arrow there from s, else an error.
// Every change of a state goes through it.
func (s State) Move(to State) (State, error) {
	if !slices.Contains(next[s], to) {
		return s, fmt.Errorf("a payment that is %q cannot become %q", s, to)
	}
	return to, nil
}

// Final tells whether the state can change no more.
func (s State) Final() bool { return len(next[s]) == 0 }

// Open tells whether money may be on its way: a second payment of the same
// invoice must not be begun before lnd was asked.
func (s State) Open() bool { return s == Sent || s == Unknown }
