package main

import (
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/wire"
)

const examples = `qpay lnbc2500u1...              pay one invoice
qpay pay lnbc... lnbc...        pay two, one question each
qpay < invoices.txt             one invoice on each line
qpay --amount 1000 lnbc1...     suggest 1 000 sat where the invoice leaves it open
qpay anna@example.org --amount 1000 --comment hi
                                pay a Lightning address; an LNURL likewise
qpay lnurlw://atm.example/...   be paid by a withdrawal link
qpay -c                         pay what is in the clipboard
qpay --json lnbc...             one JSON object for each invoice
qpay invoice --help             the same for each command

Nothing is paid before somebody approves it in the wallet's window.
What a service leaves open is asked for on the terminal, if there is one.

Exit code:
  0 done   1 internal error   2 wrong usage   3 refused by the person, or busy
  4 not payable, not valid or not there   5 the wallet or its node cannot now
  6 tried and failed, no money moved   7 it may have been paid: do not pay anew
  8 the request did not reach the wallet, or got no answer`

func app(t *terminal) *cli.App {
	action := func(c *cli.Context) error { return payAll(c, t) }
	a := &cli.App{
		Name:            "qpay",
		Usage:           "ask the wallet's qube to pay Lightning invoices, and for all else it does",
		UsageText:       examples,
		ArgsUsage:       "INVOICE|ADDRESS|LINK...",
		Version:         version,
		Flags:           payFlags(),
		HideHelpCommand: true,
		Action:          action,
		OnUsageError:    usageError,
		Writer:          t.out,
		ErrWriter:       t.err,
		ExitErrHandler:  func(*cli.Context, error) {}, // main alone exits
		Commands: []*cli.Command{{
			Name: "pay", Usage: "pay invoices, as qpay does without a command", ArgsUsage: "INVOICE|ADDRESS|LINK...",
			Flags: payFlags(), Action: action, OnUsageError: usageError, HideHelpCommand: true,
		}},
		DisableSliceFlagSeparator: true, // a comma in an argument is a comma
	}
	for _, v := range verbs() {
		a.Commands = append(a.Commands, v.command(t))
	}
	return a
}

func usageError(_ *cli.Context, err error, _ bool) error { return err }

func payFlags() []cli.Flag {
	return append(append(commonFlags(15*time.Minute), selectionFlags()...),
		&cli.StringFlag{Name: "amount", Usage: "how many `SAT` for an address or LNURL; for an invoice without an amount a suggestion"},
		&cli.StringFlag{Name: "comment", Usage: "a `TEXT` for the payee, where the service takes one"},
		&cli.StringSliceFlag{Name: "payer", Usage: "tell the payee `FIELD=TEXT`, such as name=Anna, where the service asks for it"},
		&cli.BoolFlag{Name: "wait", Usage: "after a withdrawal: wait until the money has come"})
}

func commonFlags(timeout time.Duration) []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "json", Usage: "print JSON, one object on each line"},
		&cli.DurationFlag{Name: "timeout", Value: timeout, Usage: "how long to wait for each answer"},
		&cli.BoolFlag{Name: "quiet", Usage: "no progress, errors only"},
	}
}

// verbs are the commands besides pay, in the order of doc/commands.md.
func verbs() []verb {
	return []verb{invoiceVerb(), lookupVerb(), infoVerb(), verifyVerb(), signVerb(), keysendVerb(), balanceVerb(),
		openVerb(), scanVerb(), handlerVerb(), doctorVerb(), bridgeVerb()}
}

// payVerb is for doc/commands.md: pay has an action of its own.
func payVerb() verb {
	return verb{name: "pay", services: []string{wire.ServicePay, wire.ServiceMakeInvoice, wire.ServiceLookupInvoice}}
}

// given is the context in which a flag was given: it may stand before the
// command pay or behind it.
func given(c *cli.Context, flag string) *cli.Context {
	for _, l := range c.Lineage() {
		if slices.Contains(l.LocalFlagNames(), flag) {
			return l
		}
	}
	return c
}
