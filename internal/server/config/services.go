package config

import (
	"slices"

	"qpay/internal/wire"
)

// services is the table [services] of config.toml. Paying is always on: what
// switches it off is dom0's policy.
type services struct {
	MakeInvoice   bool `toml:"make_invoice"`
	LookupInvoice bool `toml:"lookup_invoice"`
	GetInfo       bool `toml:"get_info"`
	VerifyMessage bool `toml:"verify_message"`
	SignMessage   bool `toml:"sign_message"`
	Keysend       bool `toml:"keysend"`
	GetBalance    bool `toml:"get_balance"`
	ShowKey       bool `toml:"show_node_key"`
}

func (s services) names() []string {
	on := []string{wire.ServicePay}
	for i, is := range []bool{s.MakeInvoice, s.LookupInvoice, s.GetInfo, s.VerifyMessage, s.SignMessage, s.Keysend, s.GetBalance} {
		if is {
			on = append(on, Switches[i].Service)
		}
	}
	return on
}

// Switches are the services that can be switched, in the order of Config's
// Services, each with its key in the table [services].
var Switches = []struct{ Key, Service string }{
	{"make_invoice", wire.ServiceMakeInvoice},
	{"lookup_invoice", wire.ServiceLookupInvoice},
	{"get_info", wire.ServiceGetInfo},
	{"verify_message", wire.ServiceVerifyMessage},
	{"sign_message", wire.ServiceSignMessage},
	{"keysend", wire.ServiceKeysend},
	{"get_balance", wire.ServiceGetBalance},
}

// Shipped lists the services that are on if config.toml says nothing of them.
func Shipped() []string { return defaults().Services.names() }

// On tells whether a service is switched on.
func (c Config) On(service string) bool { return slices.Contains(c.Services, service) }
