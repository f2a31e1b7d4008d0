package main

import (
	"fmt"
	"strings"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

func lookupVerb() verb {
	return verb{
		name: "lookup", usage: "say whether an invoice that this qube had made is paid", arguments: "HASH",
		text: `qpay lookup 0a1b...             open, accepted, settled or cancelled
qpay lookup --json 0a1b...      the amount in thousandths of a satoshi besides

HASH is the payment hash, as qpay invoice --json gives it.`,
		min: 1, max: 1, timeout: answerTakes, services: []string{wire.ServiceLookupInvoice}, run: lookup,
	}
}

func lookup(c *call) error {
	hash, ok := wallet.Hash(c.args[0])
	if !ok {
		return badUsage("qpay invoice --json gives it", "%q is no payment hash, which has 64 hex digits", c.args[0])
	}
	a, err := ask(c, wire.LookupInvoiceRequest{V: wire.Version, PaymentHash: hash}, wallet.Found)
	if err != nil {
		return err
	}
	c.print(a, a.State)
	if a.Settled {
		c.say("received %s", a.Paid)
	}
	return nil
}

func infoVerb() verb {
	return verb{
		name: "info", usage: "say what the wallet does for this qube", timeout: answerTakes,
		text: `qpay info                       the services that are on, node and network
qpay info --json                the same as JSON

dom0's policy may refuse what the wallet has on: qpay doctor finds out.`,
		services: []string{wire.ServiceGetInfo}, run: info,
	}
}

func info(c *call) error {
	a, err := ask[wire.GetInfoRequest, wire.GetInfoAnswer](c, wire.GetInfoRequest{V: wire.Version}, nil)
	if err != nil {
		return err
	}
	var rows []string
	for _, r := range [][2]string{{"services", strings.Join(a.Methods, " ")}, {"alias", a.Alias}, {"node key", a.Pubkey},
		{"network", a.Network}, {"version", a.Version}} {
		if r[1] != "" {
			rows = append(rows, fmt.Sprintf("%-10s%s", r[0]+":", r[1]))
		}
	}
	c.print(a, rows...)
	return nil
}

func balanceVerb() verb {
	return verb{
		name: "balance", usage: "say how much the wallet can spend", timeout: answerTakes,
		text: `qpay balance                    12 345.678 sat
qpay balance --json             in thousandths of a satoshi

As shipped no qube may know: dom0's policy and the wallet have to permit it.`,
		services: []string{wire.ServiceGetBalance}, run: balance,
	}
}

func balance(c *call) error {
	a, err := ask[wire.GetBalanceRequest, wire.GetBalanceAnswer](c, wire.GetBalanceRequest{V: wire.Version}, nil)
	if err != nil {
		return err
	}
	c.print(a, a.Balance.String())
	return nil
}
