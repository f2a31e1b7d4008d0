// Package doctor is in the asking qube, untrusted: it finds out what of qpay
// works from here, and who switched off what does not. It never sends what
// could open the wallet's window: a service that opens one gets a line that is
// no request, and whatever is answered to it proves that policy let it through.
package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// State is the outcome of a check.
type State string

const (
	OK   State = "ok"
	Off  State = "off"  // switched off by somebody, which is no fault
	Fail State = "fail" // needs mending
)

// Check is one line of the report.
type Check struct {
	Name    string      `json:"check"`
	State   State       `json:"state"`
	By      string      `json:"by,omitempty"` // who switched it off: dom0 or the wallet
	Message string      `json:"message"`
	Hint    string      `json:"hint,omitempty"`
	Error   *wire.Error `json:"error,omitempty"` // where it is a fault
}

const (
	byDom0   = "dom0"
	byWallet = "wallet"
)

// Doctor makes the checks.
type Doctor struct {
	Installed bool // Qubes' program for calls
	// Send sends a line to a service; a time limit is the caller's business.
	Send func(ctx context.Context, service string, line []byte) ([]byte, error)
}

// Run makes all checks and reports each as soon as it is known.
func (d Doctor) Run(ctx context.Context, report func(Check)) {
	if !d.Installed {
		report(Check{Name: "qubes", State: Fail, Message: "this is no qube of Qubes OS: there is no qrexec-client-vm",
			Hint: "run qpay in a qube of Qubes OS that has qubes-core-qrexec", Error: noQrexec()})
		return
	}
	report(Check{Name: "qubes", State: OK, Message: "this is a qube of Qubes OS"})
	info, e := d.probe(ctx, wire.ServiceGetInfo)
	enrolled := e == nil || e.Code != wire.PolicyRefused || d.anyPasses(ctx)
	if !enrolled {
		report(Check{Name: "enrolled", State: Fail, By: byDom0, Error: e,
			Hint:    "to enrol it, in dom0: qvm-tags THIS-QUBE add qpay-client",
			Message: "dom0's policy refuses this qube: it is not enrolled, or qpay is switched off in dom0"})
		return
	}
	if e == nil || wallets(e) {
		report(Check{Name: "enrolled", State: OK, Message: "dom0's policy lets this qube ask"})
	}
	if methods, ok := d.wallet(info, e, report); ok {
		d.services(ctx, e, methods, report)
	}
}

// wallet reports what the wallet's qube says of itself. It returns the services
// that are on there, or nil if that is not known; ok is false if there is no
// use in asking for each of them.
func (d Doctor) wallet(info []byte, e *wire.Error, report func(Check)) (methods []string, ok bool) {
	if e != nil && (e.Code == wire.PolicyRefused || e.Code == wire.SwitchedOff) {
		return nil, true
	}
	var a wire.GetInfoAnswer
	if e == nil {
		var err error
		if a, err = wire.DecodeAnswer[wire.GetInfoAnswer](info); err != nil {
			e = garbled()
		}
	}
	if e != nil {
		report(Check{Name: "wallet", State: Fail, Message: sentence(e.Message), Hint: hint(e), Error: e})
		return nil, false
	}
	report(Check{Name: "wallet", State: OK,
		Message: fmt.Sprintf("the wallet's qube answers: qpay-server %s, network %s", a.Version, a.Network)})
	return append([]string{}, a.Methods...), true
}

// services reports each service. What is off in the wallet is not asked for:
// each call that dom0 refuses shows a notice on the person's screen.
func (d Doctor) services(ctx context.Context, e *wire.Error, methods []string, report func(Check)) {
	for _, s := range wallet.Services {
		switch {
		case s.Name == wire.ServiceGetInfo:
			report(judge(s, e))
		case methods != nil && !slices.Contains(methods, strings.TrimPrefix(s.Name, "qpay.")):
			report(offInWallet(s))
		default:
			_, e := d.probe(ctx, s.Name)
			report(judge(s, e))
		}
	}
}

// judge makes a line of what came of a probe.
func judge(s wallet.Service, e *wire.Error) Check {
	switch {
	case e == nil:
		return Check{Name: s.Name, State: OK, Message: "on"}
	case e.Code == wire.SwitchedOff:
		return offInWallet(s)
	case e.Code == wire.PolicyRefused && (s.Name != wire.ServicePay):
		return Check{Name: s.Name, State: Off, By: byDom0, Message: "refused by dom0's policy", Hint: permit(s)}
	case e.Code == wire.PolicyRefused:
		return Check{Name: s.Name, State: Fail, By: byDom0, Message: "refused by dom0's policy", Hint: permit(s), Error: e}
	}
	return Check{Name: s.Name, State: Fail, Message: sentence(e.Message), Hint: hint(e), Error: e}
}

func offInWallet(s wallet.Service) Check {
	c := Check{Name: s.Name, State: Off, By: byWallet, Message: "switched off in the wallet's qube",
		Hint: "switch it on in its config.toml, with qpay-server setup there"}
	if !s.Shipped {
		c.Hint += "; dom0's policy as shipped refuses it too"
	}
	return c
}

func permit(s wallet.Service) string {
	return fmt.Sprintf("to permit it, in dom0, in /etc/qubes/policy.d/30-user.policy: %s + THIS-QUBE @default allow target=lightningvm", s.Name)
}

func hint(e *wire.Error) string {
	return cmp.Or(e.Hint, "run qpay-server doctor in the wallet's qube")
}

func noQrexec() *wire.Error {
	return wire.New(wire.NoQrexec, "Qubes' program qrexec-client-vm is not there.", "")
}

func sentence(s string) string { return strings.TrimSuffix(s, ".") }
