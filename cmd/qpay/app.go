package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/pay"
	"qpay/internal/money"
	"qpay/internal/wire"
)

const examples = `qpay lnbc2500u1...              pay one invoice
qpay pay lnbc... lnbc...        pay two, one question each
qpay < invoices.txt             one invoice on each line
qpay --amount 1000 lnbc1...     suggest 1 000 sat where the invoice leaves it open
qpay --json lnbc...             one JSON object for each invoice

Nothing is paid before somebody approves it in the wallet's window.
Options come before the invoices.

Exit code:
  0 paid   1 internal error   2 wrong usage   3 refused by the person, or busy
  4 this invoice is not payable   5 the wallet or its node cannot pay now
  6 tried and failed, no money moved   7 it may have been paid: do not pay anew
  8 the request did not reach the wallet`

// maxInvoice bounds a line of standard input; no invoice is as long.
const maxInvoice = 16 << 10

func app(t *terminal) *cli.App {
	flags := []cli.Flag{
		&cli.BoolFlag{Name: "json", Usage: "print one JSON object for each invoice"},
		&cli.StringFlag{Name: "amount", Usage: "suggest an amount in `SAT` for an invoice without one; the person decides"},
		&cli.DurationFlag{Name: "timeout", Value: 15 * time.Minute, Usage: "how long to wait for each answer"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress, errors only"},
	}
	action := func(c *cli.Context) error { return payAll(c, t) }
	usage := func(_ *cli.Context, err error, _ bool) error { return err }
	return &cli.App{
		Name:            "qpay",
		Usage:           "ask the wallet's qube to pay Lightning invoices",
		UsageText:       examples,
		ArgsUsage:       "INVOICE...",
		Version:         version,
		Flags:           flags,
		HideHelpCommand: true,
		Action:          action,
		OnUsageError:    usage,
		Writer:          t.out,
		ErrWriter:       t.err,
		ExitErrHandler:  func(*cli.Context, error) {}, // main alone exits
		Commands: []*cli.Command{{
			Name: "pay", Usage: "pay invoices, as qpay does without a command", ArgsUsage: "INVOICE...",
			Flags: flags, Action: action, OnUsageError: usage,
		}},
	}
}

func payAll(c *cli.Context, t *terminal) error {
	t.json, t.quiet = given(c, "json").Bool("json"), given(c, "quiet").Bool("quiet")
	suggested, err := suggestion(given(c, "amount").String("amount"))
	if err != nil {
		return err
	}
	invoices, err := invoices(c.Args().Slice(), t)
	if err != nil {
		return err
	}
	worst := wire.ExitOK
	for i, text := range invoices {
		if c.Context.Err() != nil {
			break // interrupted: the rest is not asked for
		}
		worst = worse(worst, payOne(c, t, text, suggested, i, len(invoices)))
	}
	if worst != wire.ExitOK {
		return exitError(worst)
	}
	return nil
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

func payOne(c *cli.Context, t *terminal, text string, suggested *money.Msat, i, n int) wire.Exit {
	ctx, cancel := context.WithTimeout(c.Context, given(c, "timeout").Duration("timeout"))
	defer cancel()
	done := t.waiting(i, n)
	r := pay.Pay(ctx, text, suggested)
	done()
	t.result(r)
	if r.Error != nil {
		return wire.ExitFor(r.Error)
	}
	return wire.ExitOK
}

// worse keeps the exit code that matters most: that money may have moved, else
// the first error.
func worse(a, b wire.Exit) wire.Exit {
	if a == wire.ExitOK || b == wire.ExitOpen {
		return b
	}
	return a
}

func suggestion(text string) (*money.Msat, error) {
	if text == "" {
		return nil, nil
	}
	m, err := money.ParseSat(text)
	if err != nil {
		return nil, fmt.Errorf("--amount: %w", err)
	}
	if m == 0 {
		return nil, errors.New("--amount: nothing is no amount")
	}
	return &m, nil
}

// invoices come from the command line, or from standard input if there are
// none and it is no terminal. Nothing is asked for before all were read.
func invoices(args []string, t *terminal) ([]string, error) {
	for _, a := range args {
		if strings.HasPrefix(a, "-") && a != "-" {
			return nil, fmt.Errorf("%q after an invoice: options come before the invoices", a)
		}
	}
	if len(args) > 0 && args[0] != "-" {
		return args, nil
	}
	if len(args) == 0 && t.inIsTerminal {
		return nil, errors.New("no invoice given")
	}
	return readInvoices(t.in)
}

func readInvoices(in io.Reader) (all []string, err error) {
	s := bufio.NewScanner(in)
	s.Buffer(nil, maxInvoice)
	for s.Scan() {
		if text := strings.TrimSpace(s.Text()); text != "" {
			all = append(all, text)
		}
	}
	if s.Err() != nil {
		return nil, fmt.Errorf("a line of standard input is longer than any invoice; nothing was paid")
	}
	if len(all) == 0 {
		return nil, errors.New("no invoice on standard input")
	}
	return all, nil
}
