package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"qpay/internal/screen"
	"qpay/internal/server/ask"
	"qpay/internal/server/config"
	"qpay/internal/server/invoice"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/payment"
	"qpay/internal/server/queue"
	"qpay/internal/wire"
)

// originMax bounds the claimed origin, in bytes; what is longer is no origin.
const originMax = 2000

// pay is one request on its way through the states of the design.
type pay struct {
	Call
	conf    config.Config
	journal *journal.Journal
	queue   *queue.Queue
	node    *lnd.Client
	request wire.PayRequest
	out     *reply

	inv    invoice.Invoice
	screen *queue.Screen
	window *ask.Window
	doubt  []journal.Record // earlier attempts that lnd knows nothing of
}

// run takes the request from its arrival to its end. alive ends when the
// caller is gone, ctx only with the whole program.
func (p *pay) run(ctx, alive context.Context) {
	if refusal := p.judge(); refusal != nil {
		p.refuse(ctx, refusal)
		return
	}
	if p.fromRecord(ctx) { // before anything else: costs no window and no waiting
		return
	}
	resolved := make(chan struct{})
	go p.resolve(ctx, resolved)
	defer func() { <-resolved }()
	defer p.leave()
	if !p.enter(alive) || p.fromRecord(ctx) {
		return
	}
	if err := p.journal.Abandoned(p.Now()); err != nil {
		p.out.refuse(internal("the journal of payments cannot be written"))
		return
	}
	if p.earlier(ctx, alive) {
		return
	}
	if !p.check(alive) {
		return
	}
	p.ask(ctx, alive)
}

// judge decodes the invoice and holds it against the clock and the limits.
func (p *pay) judge() *wire.Error {
	inv, err := invoice.Parse(p.request.Invoice, p.conf.Network)
	if err != nil {
		return ofInvoice(err, p.conf.Network)
	}
	p.inv = inv
	p.request.Invoice = "" // from here on only inv, and in it the string that is paid
	if c := p.request.Context; c != nil && len(c.Origin) > originMax {
		return badRequest(fmt.Errorf("an origin of %d bytes", len(c.Origin)))
	}
	if known, err := p.known(); known || err != nil {
		return nil // the record tells more than the clock or the limits
	}
	if amount, ok := inv.Amount(); ok && amount > p.conf.MaxPayment {
		return wire.New(wire.OverLimit, fmt.Sprintf("The invoice asks for %s, more than the limit of this wallet.", amount),
			"nothing was paid; the limit is max_payment_sat in the wallet's config.toml")
	}
	if err := inv.CheckTime(p.Now()); err != nil {
		return ofInvoice(err, p.conf.Network)
	}
	return nil
}

// known tells whether this invoice was paid, or sent and not yet decided.
func (p *pay) known() (bool, error) {
	rs, err := p.journal.OfHash(p.inv.PaymentHash())
	return slices.ContainsFunc(rs, func(r journal.Record) bool {
		return r.State == payment.Paid || r.State.Open()
	}), err
}

// fromRecord answers for an invoice that is paid already: with the preimage to
// the qube that paid it, without it to any other.
func (p *pay) fromRecord(ctx context.Context) bool {
	r, err := p.paidRecord()
	switch {
	case err != nil:
		p.out.refuse(internal("the journal of payments cannot be read"))
		return true
	case r == nil:
		return false
	case r.Qube == p.Caller:
		p.answerPaid(*r)
		return true
	}
	p.refuse(ctx, wire.New(wire.AlreadyPaid, "This invoice is already paid; another qube asked for it.",
		"nothing was paid now; ask for a new invoice"))
	return true
}

func (p *pay) paidRecord() (*journal.Record, error) {
	rs, err := p.journal.OfHash(p.inv.PaymentHash())
	for _, r := range rs {
		if r.State == payment.Paid && r.Preimage != nil {
			return &r, err
		}
	}
	return nil, err
}

// noticeWithin is how long a mere notice may wait for the screen.
const noticeWithin = 5 * time.Second

// refuse answers at once and then tells the person, who may be looking for a
// window because of a click in a browser. That window waits for no answer and
// gives way to any question, so it may outlive the caller.
func (p *pay) refuse(ctx context.Context, e *wire.Error) {
	p.out.refuse(e)
	if e.Code == wire.BadRequest {
		return
	}
	ctx, stop := context.WithTimeout(ctx, noticeWithin)
	defer stop()
	if p.window != nil || p.enter(ctx) {
		p.show(ask.Refusal(p.Caller, e))
		p.linger()
	}
}

// enter waits for the screen and opens the window on it.
func (p *pay) enter(alive context.Context) bool {
	s, err := p.queue.Wait(alive, p.Caller)
	switch {
	case errors.Is(err, queue.ErrBusy):
		p.out.refuse(wire.New(wire.Busy, "Other requests wait for an answer already.",
			"nothing was paid; answer or cancel the window that is open, then try again"))
		return false
	case err != nil:
		p.out.refuse(wire.New(wire.NotAnswered, "The program that asked went away.", "nothing was paid"))
		return false
	}
	p.screen = s
	if p.window, err = ask.OpenWindow(p.Dialog); err != nil {
		p.out.refuse(cannotShow())
		return false
	}
	p.show(ask.Checking(p.Caller))
	return true
}

// leave closes the window and gives the screen to the next request.
func (p *pay) leave() {
	if p.window != nil {
		p.window.Close()
		p.window = nil
	}
	if p.screen != nil {
		p.screen.Leave()
		p.screen = nil
	}
}

func (p *pay) close() {
	p.leave()
	p.node.Close()
}

// show draws a page. A window that is gone shows when its events end.
func (p *pay) show(page screen.Page) (digest string) {
	if p.window == nil {
		return ""
	}
	digest, err := p.window.Show(page)
	if err != nil { // gone, or a page that must not be drawn: nothing can be approved on it
		return ""
	}
	return digest
}

func (p *pay) events() <-chan screen.Event {
	if p.window == nil {
		return nil
	}
	return p.window.Events()
}

func cannotShow() *wire.Error {
	return wire.New(wire.CannotShow, "The wallet's qube cannot show its window.",
		"nothing was paid; see that the wallet's qube has a display")
}

// check asks the node until it could pay, or the person gives up.
func (p *pay) check(alive context.Context) bool {
	deadline := time.NewTimer(p.conf.AskFor)
	defer deadline.Stop()
	for {
		trouble := p.checkNode(alive)
		if trouble == nil {
			return true
		}
		if alive.Err() != nil {
			return false
		}
		if final := trouble.Code == wire.NodeDisagrees || trouble.Code == wire.Unsupported; final {
			p.refuse(alive, trouble)
			return false
		}
		digest := p.show(ask.Trouble(trouble))
		if !p.retry(alive, deadline.C, digest) {
			p.out.refuse(trouble)
			return false
		}
		p.show(ask.Checking(p.Caller))
	}
}

func (p *pay) checkNode(alive context.Context) *wire.Error {
	node, trouble := p.node.Ready(alive, p.conf.Network)
	if trouble != nil {
		return trouble
	}
	if trouble := p.node.Agree(alive, p.inv); trouble != nil {
		return trouble
	}
	if node.Key == fmt.Sprintf("%x", p.inv.Destination()) {
		return wire.New(wire.Unsupported, "This invoice is from your own node, which cannot pay itself.", "nothing was paid")
	}
	return nil
}

// retry waits for the person to press Retry on the page that has the digest.
func (p *pay) retry(alive context.Context, deadline <-chan time.Time, digest string) bool {
	for {
		select {
		case e, ok := <-p.events():
			switch {
			case !ok:
				return false
			case e.What == screen.Retry && e.Digest == digest:
				return true
			case e.What == screen.Deny || e.What == screen.Close:
				return false
			}
		case <-deadline:
			return false
		case <-alive.Done():
			return false
		}
	}
}
