// Package service is stage 6, in lightningvm, trusted: one qrexec call. It
// reads one bounded request, leads a payment through its states, and writes
// one answer. The steps are in pay.go, read from top to bottom.
package service

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"qpay/internal/server/ask"
	"qpay/internal/server/config"
	"qpay/internal/server/invoice"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/payment"
	"qpay/internal/server/queue"
	"qpay/internal/wire"
)

// requestWithin bounds the time for a request to arrive: a caller that sends
// half a line and waits must not hold a process.
const requestWithin = 10 * time.Second

// Call is one call by qrexec.
type Call struct {
	Caller  payment.Qube // by Qubes' word, not the request's
	Service string       // without the "+" and the argument, which must be empty
	In      io.Reader
	Out     io.Writer
	Home    string // of the person who owns the wallet
	Dialog  string // absolute path of qpay-dialog
	Now     func() time.Time
}

// Serve answers the call. It returns when the answer was written and the
// window is closed; a payment that was sent is followed for as long as the
// configuration says, whether or not the caller is still there.
func (c Call) Serve(ctx context.Context) {
	// Until alive ends, the caller holds its side of the pipe open.
	alive, gone := context.WithCancel(ctx)
	defer gone()
	out := &reply{w: c.Out, alive: alive}
	if c.Service != wire.ServicePay {
		out.refuse(wire.New(wire.BadRequest, "This service is not known here.", "nothing was paid"))
		return
	}
	r := bufio.NewReaderSize(c.In, 4096)
	request, refusal := readRequest(r)
	if refusal != nil {
		out.refuse(refusal)
		return
	}
	// From here on the end of the input means that the caller is gone.
	go func() { io.Copy(io.Discard, r); gone() }()

	p, refusal := c.prepare(request, out)
	if refusal != nil {
		out.refuse(refusal)
		return
	}
	defer p.close()
	p.run(ctx, alive)
}

func readRequest(r *bufio.Reader) (wire.PayRequest, *wire.Error) {
	type result struct {
		request wire.PayRequest
		err     error
	}
	done := make(chan result, 1)
	go func() {
		line, err := wire.ReadLine(r, wire.MaxRequest)
		if err != nil {
			done <- result{err: err}
			return
		}
		q, err := wire.DecodePay(line)
		done <- result{q, err}
	}()
	select {
	case d := <-done:
		return d.request, badRequest(d.err)
	case <-time.After(requestWithin):
		return wire.PayRequest{}, badRequest(fmt.Errorf("no whole line within %v", requestWithin))
	}
}

func badRequest(err error) *wire.Error {
	if err == nil {
		return nil
	}
	return wire.New(wire.BadRequest, "The request was not understood: "+err.Error()+".",
		"nothing was paid; the versions of qpay in the two qubes may differ")
}

// prepare puts together what a payment needs. Nothing is shown before it has
// all succeeded.
func (c Call) prepare(q wire.PayRequest, out *reply) (*pay, *wire.Error) {
	conf, err := config.Load(c.Home)
	if err != nil {
		return nil, notConfigured(err)
	}
	j, err := journal.Open(conf.StateFolder)
	if err != nil {
		return nil, internal("the journal of payments cannot be opened")
	}
	waiting, err := queue.Open(conf.StateFolder)
	if err != nil {
		return nil, internal("the queue cannot be opened")
	}
	node, err := lnd.New(conf.Address, conf.Certificate, conf.Macaroon)
	if err != nil {
		return nil, notConfigured(err)
	}
	return &pay{Call: c, conf: conf, journal: j, queue: waiting, node: node, request: q, out: out}, nil
}

// notConfigured says to the caller only what it may know; the rest is for
// qpay-server doctor.
func notConfigured(err error) *wire.Error {
	const hint = "nothing was paid; run qpay-server doctor in the wallet's qube"
	switch {
	case errors.Is(err, config.ErrMissing):
		return wire.New(wire.NotConfigured, "The wallet's qube is not set up yet.",
			"nothing was paid; run qpay-server setup in the wallet's qube")
	case errors.Is(err, lnd.ErrBroad):
		return wire.New(wire.NotConfigured, "The wallet's macaroon allows more than qpay needs, so qpay does not use it.", hint)
	}
	return wire.New(wire.NotConfigured, "The configuration in the wallet's qube is not right.", hint)
}

func internal(what string) *wire.Error {
	return wire.New(wire.Internal, "Something is wrong in the wallet's qube: "+what+".",
		"nothing was paid; run qpay-server doctor in the wallet's qube")
}

// ofInvoice turns a refusal of package invoice into an answer.
func ofInvoice(err error, want invoice.Network) *wire.Error {
	codes := map[invoice.Code]wire.Code{
		invoice.WrongNetwork: wire.WrongNetwork,
		invoice.Unsupported:  wire.Unsupported,
		invoice.Expired:      wire.Expired,
	}
	hint := "nothing was paid; ask for a new invoice"
	var e *invoice.Error
	if !errors.As(err, &e) {
		return internal("an invoice could not be judged")
	}
	code, ok := codes[e.Code]
	if !ok {
		code = wire.BadInvoice
	}
	if code == wire.WrongNetwork {
		hint = fmt.Sprintf("nothing was paid; this wallet is on %s", want)
	}
	return wire.New(code, ask.Sentence(e.Msg), hint)
}

// reply writes the one answer. It is used by one goroutine.
type reply struct {
	w       io.Writer
	alive   context.Context
	done    bool
	arrived bool // as far as can be known
}

func (o *reply) refuse(e *wire.Error) { o.write(wire.Answer{V: wire.Version, Error: e}) }

// write gives the answer, if none was given before. Whether it arrived counts
// for what the window says about the proof, and for nothing else: qrexec takes
// and drops what is written for a caller that was killed.
func (o *reply) write(a wire.Answer) {
	if o.done {
		return
	}
	o.done = true
	line, err := wire.Encode(a)
	if err == nil {
		_, err = o.w.Write(line)
	}
	o.arrived = err == nil && o.alive.Err() == nil
}
