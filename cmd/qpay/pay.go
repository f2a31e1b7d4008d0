package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/pay"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// maxInvoice bounds a line of standard input; no invoice is as long.
const maxInvoice = 16 << 10

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

func payOne(c *cli.Context, t *terminal, text string, suggested *money.Msat, i, n int) wire.Exit {
	ctx, cancel := context.WithTimeout(c.Context, given(c, "timeout").Duration("timeout"))
	defer cancel()
	what := forApproval
	if n > 1 {
		what = fmt.Sprintf("invoice %d of %d: %s", i+1, n, what)
	}
	done := t.waiting(what)
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
