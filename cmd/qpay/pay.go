package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/pay"
	"qpay/internal/client/uri"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// maxLine bounds a line of standard input; no invoice or link is as long.
const maxLine = 16 << 10

// order is what was said besides the text that is to be paid.
type order struct {
	amount  *money.Msat
	comment *string           // nil: may be asked for
	payer   map[string]string // what the payee is told of the payer
	wait    bool              // after a withdrawal
	origin  string            // the page that asks, as it claims
	timeout time.Duration
}

func payAll(c *cli.Context, t *terminal) error {
	texts, err := trailing(c)
	if err != nil {
		return err
	}
	t.json, t.quiet = given(c, "json").Bool("json"), given(c, "quiet").Bool("quiet")
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	if text, ok, err := selected(c, t, texts); err != nil {
		return err
	} else if ok {
		texts = []string{text}
	} else if texts, err = targets(texts, t); err != nil {
		return err
	}
	worst := wire.ExitOK
	for i, text := range texts {
		if c.Context.Err() != nil {
			break // interrupted: the rest is not asked for
		}
		what := ""
		if len(texts) > 1 {
			what = fmt.Sprintf("invoice %d of %d: ", i+1, len(texts))
		}
		worst = worse(worst, t.pay(c.Context, text, o, what))
	}
	if worst != wire.ExitOK {
		return exitError(worst)
	}
	return nil
}

func readOrder(c *cli.Context) (o order, err error) {
	if o.amount, err = suggestion(given(c, "amount").String("amount")); err != nil {
		return o, err
	}
	if with := given(c, "comment"); with.IsSet("comment") {
		text := with.String("comment")
		o.comment = &text
	}
	if o.payer, err = payer(given(c, "payer").StringSlice("payer")); err != nil {
		return o, err
	}
	o.wait = given(c, "wait").Bool("wait")
	o.timeout = given(c, "timeout").Duration("timeout")
	return o, nil
}

// pay asks for the payment of whatever a text is, and says what became of it.
// what comes before "waiting for approval".
func (t *terminal) pay(ctx context.Context, text string, o order, what string) wire.Exit {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	to, e := uri.Parse(text)
	switch {
	case e != nil && e.Code == wire.BadInvoice:
		to = uri.Target{Kind: uri.Invoice, Invoice: pay.Bare(text)} // the wallet judges invoices, and says what it finds
	case e != nil:
		return t.result(pay.Result{Error: unpaid(e)})
	}
	if o.amount == nil {
		o.amount = to.Suggested
	}
	if to.Kind != uri.Invoice {
		return t.payService(ctx, to, o, what)
	}
	if o.comment != nil || len(o.payer) > 0 {
		return t.result(pay.Result{Invoice: to.Invoice, Error: wire.New(wire.BadChoice,
			"An invoice takes no comment, and nothing about the payer.", "nothing was paid; leave --comment and --payer out")})
	}
	return t.settle(ctx, wire.PayRequest{Invoice: to.Invoice, Amount: o.amount, Context: o.claim(nil)}, nil, to, what)
}

// unpaid says so first, where the hint of a refusal does not.
func unpaid(e *wire.Error) *wire.Error {
	const nothing = "nothing was paid"
	if strings.HasPrefix(e.Hint, "nothing was ") {
		return e
	}
	full := *e
	full.Hint = strings.TrimSuffix(nothing+"; "+e.Hint, "; ")
	return &full
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

// targets come from the command line, or from standard input if there are none
// and it is no terminal. Nothing is asked for before all were read.
func targets(args []string, t *terminal) ([]string, error) {
	if len(args) > 0 && args[0] != "-" {
		return args, nil
	}
	if len(args) == 0 && t.inIsTerminal {
		return nil, errors.New("no invoice given")
	}
	return readTargets(t.in)
}

func readTargets(in io.Reader) (all []string, err error) {
	s := bufio.NewScanner(in)
	s.Buffer(nil, maxLine)
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
