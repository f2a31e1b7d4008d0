// Package service is stage 6, in lightningvm, trusted: one qrexec call. It
// reads one bounded request and writes one answer. services.go has the table of
// all services; each has a file, read from top to bottom, and what they share
// is in session.go (node and window), ask.go (the question) and follow.go (a
// payment that was sent).
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
	"qpay/internal/server/quiet"
	"qpay/internal/server/sandbox"
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
	Home    string                    // of the person who owns the wallet
	Dialog  []string                  // the command that shows the dialog, by its absolute path
	Confine func(config.Config) error // gives up what is no longer needed, see package sandbox
	Version string                    // of qpay-server
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
	answer, ok := services[c.Service]
	if !ok {
		out.refuse(wire.New(wire.BadRequest, "This service is not known here.", "nothing was paid"))
		return
	}
	s, refusal := c.prepare(answer.words, out)
	if refusal != nil {
		out.refuse(refusal)
		return
	}
	defer s.close()
	r := bufio.NewReaderSize(c.In, 4096)
	line, err := readLine(r)
	if err != nil {
		out.refuse(badRequest(err))
		return
	}
	// From here on the end of the input means that the caller is gone.
	go func() { io.Copy(io.Discard, r); gone() }()
	resolved := make(chan struct{})
	go s.resolve(ctx, resolved)
	answer.handle(s, ctx, alive, line)
	s.leave()
	s.place.Close() // nothing of this qube's is waiting any more
	<-resolved
}

// readLine reads the request, bounded in size and time.
func readLine(r *bufio.Reader) ([]byte, error) {
	type result struct {
		line []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		line, err := wire.ReadLine(r, wire.MaxRequest)
		done <- result{line, err}
	}()
	select {
	case d := <-done:
		return d.line, d.err
	case <-time.After(requestWithin):
		return nil, fmt.Errorf("no whole line within %v", requestWithin)
	}
}

func badRequest(err error) *wire.Error {
	return wire.New(wire.BadRequest, "The request was not understood: "+err.Error()+".",
		"nothing was paid; the versions of qpay in the two qubes may differ")
}

// prepare puts together what a service needs, if it is switched on. Nothing is
// read from the caller, and nothing shown, before it has all succeeded.
func (c Call) prepare(words ask.Words, out *reply) (*session, *wire.Error) {
	out.words = words
	conf, err := config.Load(c.Home)
	switch {
	case err != nil:
		return nil, notConfigured(err)
	case !conf.On(c.Service):
		return nil, wire.New(wire.SwitchedOff, "This service is switched off in the wallet's qube.",
			"nothing was paid; qpay-server setup in the wallet's qube can switch it on")
	}
	node, err := lnd.New(conf.Address, conf.Certificate, conf.Macaroon, conf.Services)
	if err != nil {
		return nil, notConfigured(err)
	}
	if err := c.Confine(conf); err != nil { // from here on nothing else can be opened
		return nil, noSandbox(err)
	}
	waiting, err := queue.Open(conf.StateFolder)
	if err != nil {
		return nil, internal("the queue cannot be opened")
	}
	place, err := waiting.Admit(c.Caller)
	if err != nil {
		return nil, wire.New(wire.Busy, "Too many requests of this qube are open already.", "nothing was paid; try again later")
	}
	j, err := journal.Open(conf.StateFolder)
	if err != nil {
		return nil, internal("the journal of payments cannot be opened")
	}
	hush, err := quiet.Open(conf.StateFolder, conf.Pause)
	if err != nil {
		return nil, internal("the folder of pauses cannot be made")
	}
	return &session{Call: c, conf: conf, journal: j, queue: waiting, place: place, quiet: hush, node: node, words: words, out: out}, nil
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

func noSandbox(err error) *wire.Error {
	if errors.Is(err, sandbox.ErrKernel) {
		return wire.New(wire.NotConfigured, "The kernel of the wallet's qube cannot restrict the wallet's programs, and its configuration asks for that.",
			"nothing was paid; run qpay-server doctor in the wallet's qube")
	}
	return internal("it could not restrict itself")
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
	words   ask.Words
	done    bool
	arrived bool // as far as can be known
}

func (o *reply) refuse(e *wire.Error) { o.write(wire.EncodeError(o.words.Error(e))) }

func (o *reply) result(r any) { o.write(wire.EncodeAnswer(r)) }

// write gives the answer, if none was given before. Whether it arrived counts
// for what the window says about the proof, and for nothing else: qrexec takes
// and drops what is written for a caller that was killed.
func (o *reply) write(line []byte, err error) {
	if o.done {
		return
	}
	o.done = true
	there := o.alive.Err() == nil // before: who has read the answer may be gone right after
	if err == nil {
		_, err = o.w.Write(line)
	}
	o.arrived = err == nil && there
}
