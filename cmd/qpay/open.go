package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/notice"
	"qpay/internal/client/pay"
	"qpay/internal/client/prompt"
	"qpay/internal/wire"
)

func openVerb() verb {
	return verb{
		name: "open", usage: "do what a link that was clicked asks for", arguments: "LINK",
		text: `qpay open lightning:lnbc2500u1...   what the desktop starts for a link
qpay handler --set                  make it do so, for this user

LINK is anything that qpay pay takes. What becomes of it is told by a desktop
notification, or by a window where there is neither that nor a terminal; --json
and --quiet keep both away. With --json each object begins with "v":1, as in
doc/protocol.md.`,
		min: 1, max: 1, timeout: askingTakes, services: []string{wire.ServicePay, wire.ServiceMakeInvoice}, clicked: true, run: openLink,
		flags: []cli.Flag{&cli.StringFlag{Name: "origin", Usage: "the web page that asks, as `ORIGIN`: a claim, shown as one"}},
	}
}

// maxOrigin is what the wallet takes of a page's origin, in bytes.
const maxOrigin = 2000

func openLink(c *call) error {
	origin := c.String("origin")
	if len(origin) > maxOrigin {
		return badUsage("", "--origin: %d bytes, at most %d are taken", len(origin), maxOrigin)
	}
	// The terminal is perhaps that of a browser which somebody started there,
	// and nobody looks at it.
	if window := prompt.FindZenity(os.Getenv); window != (prompt.Nobody{}) {
		c.prompt = window
	}
	if exit := c.pay(c.Context.Context, c.args[0], order{origin: origin, timeout: c.timeout}, ""); exit != wire.ExitOK {
		return exitError(exit)
	}
	return nil
}

// claim adds the page to what is claimed about a request.
func (o order) claim(c *wire.Context) *wire.Context {
	if o.origin == "" {
		return c
	}
	with := wire.Context{Origin: o.origin}
	if c != nil {
		with = *c
		with.Origin = o.origin
	}
	return &with
}

// news is what a person who clicked is to hear, once all is over.
func (t *terminal) news(level notice.Level, title, text string) {
	t.last = &notice.Notice{Level: level, Title: title, Text: text}
}

func (t *terminal) badNews(e *wire.Error) {
	level, title := notice.Bad, "qpay: nothing was paid"
	switch e.Payment {
	case wire.Failed:
		title = "qpay: the payment failed, no money moved"
	case wire.InFlight:
		level, title = notice.Urgent, "qpay: the payment is on its way"
	case wire.Unknown:
		level, title = notice.Urgent, "qpay: it may have been paid"
	}
	text := strings.TrimSuffix(e.Message, ".") + "."
	// The title says it already.
	if hint := strings.TrimPrefix(strings.TrimPrefix(e.Hint, "nothing was paid"), "; "); hint != "" {
		text += " Hint: " + hint + "."
	}
	t.news(level, title, text)
}

func (t *terminal) goodNews(r pay.Result) {
	text := fmt.Sprintf("The fee was %s.", r.Fee)
	if s := r.Action; s != nil {
		for _, said := range []string{s.About, s.Message, s.URL} {
			if said != "" {
				text += " The payee says: " + said
			}
		}
		text = strings.TrimSpace(text + " " + s.Warning)
	}
	t.news(notice.Good, fmt.Sprintf("qpay: paid %s", r.Amount), text)
}

// tell shows the news, also when the program was told to end meanwhile: money
// may be on its way.
func (t *terminal) tell(ctx context.Context) {
	if !t.clicked || t.json || t.quiet || t.last == nil {
		return
	}
	windows := !t.inIsTerminal && !t.errIsTerminal && ctx.Err() == nil
	if err := notice.Show(context.WithoutCancel(ctx), *t.last, windows); err != nil && !windows {
		return // it was said on the terminal
	} else if err != nil {
		t.warn(err.Error())
	}
}
