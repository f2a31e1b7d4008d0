package main

import (
	"context"
	"errors"
	"strings"

	"qpay/internal/client/lnurl"
	"qpay/internal/client/prompt"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// tries is how often a person is asked again after an answer that will not do.
const tries = 3

// choose finds out what a service leaves open: from the options, else from the
// person.
func (t *terminal) choose(ctx context.Context, p *lnurl.Pay, o order) (c lnurl.Choice, e *wire.Error) {
	if c.Amount, e = t.chooseAmount(ctx, p, o.amount); e != nil {
		return c, e
	}
	if c.Payer, e = t.choosePayer(ctx, p, o.payer); e != nil {
		return c, e
	}
	if o.comment != nil {
		c.Comment = *o.comment
	} else if p.CommentMax > 0 && t.canAsk() {
		c.Comment, e = t.ask(ctx, prompt.Question{About: subject(p), Text: "Comment for the payee (may be left empty)", Button: "Continue"},
			func(text string) (string, *wire.Error) {
				return text, p.Check(lnurl.Choice{Amount: c.Amount, Comment: text, Payer: c.Payer})
			})
	}
	if e != nil {
		return c, e
	}
	return c, p.Check(c)
}

func subject(p *lnurl.Pay) string { return p.Name + ": " + about(p.Texts) }

func (t *terminal) chooseAmount(ctx context.Context, p *lnurl.Pay, given *money.Msat) (m money.Msat, e *wire.Error) {
	least, most := p.Whole()
	switch {
	case given != nil:
		return *given, p.Within(*given)
	case least == most:
		return least, nil
	case !t.canAsk():
		return 0, wire.New(wire.BadChoice, "The payee leaves the amount to you, and there is no terminal to ask on.",
			"nothing was paid; --amount SAT says it, "+p.String())
	}
	_, e = t.ask(ctx, prompt.Question{About: subject(p), Text: "Amount in sat, " + p.String(), Button: "Continue"},
		func(text string) (string, *wire.Error) {
			var err error
			if m, err = money.ParseSat(text); err != nil || m == 0 {
				return "", wire.New(wire.BadChoice, "That is no amount in satoshi.", "nothing was paid")
			}
			return text, p.Within(m)
		})
	return m, e
}

// choosePayer asks for what the service does not go without. What it would
// merely like to know is told only if the options say so.
func (t *terminal) choosePayer(ctx context.Context, p *lnurl.Pay, given map[string]string) (map[string]string, *wire.Error) {
	all := map[string]string{}
	for name, text := range given {
		all[name] = text
	}
	for _, name := range p.Payer.Fields() {
		if _, there := all[name]; there || !p.Payer[name] || !t.canAsk() {
			continue
		}
		text, e := t.ask(ctx, prompt.Question{About: subject(p), Text: "The payee wants to know your " + name, Button: "Continue"},
			func(text string) (string, *wire.Error) {
				if text == "" {
					return "", wire.New(wire.BadChoice, "It takes no payment without that.", "nothing was paid")
				}
				return text, nil
			})
		if e != nil {
			return nil, e
		}
		all[name] = text
	}
	return all, nil
}

func (t *terminal) canAsk() bool {
	_, nobody := t.prompt.(prompt.Nobody)
	return t.prompt != nil && !nobody
}

// ask asks until the answer will do, three times at most.
func (t *terminal) ask(ctx context.Context, q prompt.Question, judge func(string) (string, *wire.Error)) (string, *wire.Error) {
	var wrong *wire.Error
	for range tries {
		if wrong != nil {
			q.Wrong = wrong.Message
		}
		text, err := t.prompt.Ask(ctx, q)
		if err != nil {
			return "", notAsked(err)
		}
		if text, wrong = judge(text); wrong == nil {
			return text, nil
		}
	}
	return "", wrong
}

func notAsked(err error) *wire.Error {
	switch {
	case errors.Is(err, prompt.ErrCancelled):
		return wire.New(wire.Denied, "Cancelled before the wallet was asked.", "nothing was paid")
	case errors.Is(err, prompt.ErrNobody):
		return wire.New(wire.BadChoice, "There is nobody to ask: no terminal, and no zenity on a display.",
			"nothing was paid; say it with --amount, --comment and --payer")
	case errors.Is(err, prompt.ErrTooLong):
		return wire.New(wire.BadChoice, "The answer is too long, or not text.", "nothing was paid")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return wire.New(wire.Denied, "No answer came before the wallet was asked.", "nothing was paid")
	}
	return wire.New(wire.BadChoice, "The answer cannot be read.", "nothing was paid")
}

// payer reads --payer FIELD=TEXT.
func payer(given []string) (map[string]string, error) {
	all := map[string]string{}
	for _, g := range given {
		name, text, ok := strings.Cut(g, "=")
		_, twice := all[name]
		if !ok || name == "" || twice {
			return nil, badUsage("as in --payer name=Anna, once for each field", "--payer %.80q", g)
		}
		all[name] = text
	}
	return all, nil
}
