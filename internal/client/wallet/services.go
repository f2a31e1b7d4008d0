package wallet

import (
	"strings"

	"qpay/internal/wire"
)

// Service is what a client knows of one service. doc/commands.md shows it.
type Service struct {
	Name    string // of the qrexec service
	Window  bool   // a person is asked
	Money   bool   // it can move money
	Shipped bool   // dom0's policy as shipped lets enrolled qubes ask

	nothing string // what an error says while nothing happened
	open    string // what to do when nobody here knows what happened
}

const askAgain = "ask again: that changes nothing"

// Services are all of them, in the order of doc/protocol.md.
var Services = []Service{
	{wire.ServicePay, true, true, true, "nothing was paid",
		"it may have been paid: ask for the same invoice again to learn what became of it, it is never paid twice"},
	{wire.ServiceMakeInvoice, true, false, true, "no invoice was made",
		"an invoice may have been made that nobody was given; ask for another one"},
	{wire.ServiceLookupInvoice, false, false, true, "", askAgain},
	{wire.ServiceGetInfo, false, false, true, "", askAgain},
	{wire.ServiceVerifyMessage, false, false, true, "", askAgain},
	{wire.ServiceSignMessage, true, false, false, "nothing was signed",
		"the signature may have been made and lost; asking again makes the same one"},
	// No word here may lead to a second try: it would pay a second time.
	{wire.ServiceKeysend, true, true, false, "nothing was paid",
		"it may have been paid: do not send it anew before the history of payments in the wallet's qube says that it failed; a second keysend pays a second time"},
	{wire.ServiceGetBalance, false, false, false, "", askAgain},
}

// Find is the service of that name. Of a name that is not known it says the
// most careful things.
func Find(name string) Service {
	for _, s := range Services {
		if s.Name == name {
			return s
		}
	}
	return Service{Name: name, Money: true, nothing: "nothing was asked", open: "look at the history of payments in the wallet's qube"}
}

// Fail is an error from before the call.
func (s Service) Fail(c wire.Code, message string) *wire.Error {
	return wire.New(c, message, s.nothing)
}

// Lost is the error of an answer that came and was lost.
func (s Service) Lost(message string) *wire.Error {
	return s.ofCall(wire.New(wire.NoAnswer, message, ""))
}

// ofCall completes an error that package qrexec made: what it means for this
// service, and that no money moved where none can.
func (s Service) ofCall(e *wire.Error) *wire.Error {
	full := *e
	if e.Payment != wire.NotSent {
		full.Hint = s.open
		if !s.Money {
			full.Payment = wire.NotSent
		}
		return &full
	}
	if e.Code == wire.PolicyRefused {
		full.Hint = s.permit()
	}
	full.Hint = join(s.nothing, full.Hint)
	return &full
}

// answered completes an error that the wallet answered. It has its own hint;
// only for a keysend the last word is the client's own.
func (s Service) answered(e *wire.Error) *wire.Error {
	open := e.Payment != wire.NotSent && e.Payment != wire.Failed
	if s.Name != wire.ServiceKeysend || !open {
		return e
	}
	full := *e
	full.Hint = s.open
	return &full
}

// permit says what to do in dom0 so that policy lets the call through.
func (s Service) permit() string {
	if s.Shipped {
		return "to enrol this qube, in dom0: qvm-tags THIS-QUBE add qpay-client"
	}
	return "no qube may ask for this until dom0 says so, with a line in /etc/qubes/policy.d/30-user.policy: " +
		s.Name + " + THIS-QUBE @default allow target=lightningvm"
}

func join(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, "; ")
}
