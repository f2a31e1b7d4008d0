// Package native is stage 3, in the asking qube, untrusted: what the browser's
// extension asks, by native messaging, becomes calls of services. The browser
// starts the program, writes requests to its standard input and reads answers
// from its standard output; when it closes the port, whatever waits is ended.
package native

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"qpay/internal/client/relay"
	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// MaxWaiting is how many requests wait at once; more get busy.
const MaxWaiting = 16

// Host serves one port of the extension.
type Host struct {
	// Call asks a service, as relay.Call does.
	Call func(ctx context.Context, service string, untrusted []byte) ([]byte, *wire.Error)
	// Open hands a text to qpay open, as Program.Open does.
	Open func(ctx context.Context, text, origin string) ([]byte, *wire.Error)
}

// Serve reads requests until the input ends, which is how the browser ends the
// port, or until ctx does. Then it ends what waits, and returns; the error says
// what was wrong with the input or the output.
func (h Host) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	p := &port{Host: h, out: out, fail: stop, waiting: map[id]context.CancelFunc{}}
	go func() { stop(p.receive(ctx, in)) }() // may stay in a read: its input is nobody's after that
	<-ctx.Done()
	p.end()
	if cause := context.Cause(ctx); !errors.Is(cause, io.EOF) && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// port is the state of a Host while it serves.
type port struct {
	Host
	fail func(error) // ends the port

	writing sync.Mutex
	out     io.Writer

	mu      sync.Mutex
	closed  bool
	calls   sync.WaitGroup
	waiting map[id]context.CancelFunc // a call that was cancelled stays until it has ended
}

func (p *port) receive(ctx context.Context, in io.Reader) error {
	for {
		m, err := ReadMessage(in)
		if err == nil {
			err = p.take(ctx, m)
		}
		if err != nil {
			return err
		}
	}
}

// grace is how long the port waits for its calls to end: longer than they take,
// unless the browser does not read what was written to it.
const grace = 10 * time.Second

// end lets no more calls in and waits for the others.
func (p *port) end() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	ended := make(chan struct{})
	go func() { p.calls.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(grace):
	}
}

// take begins what a message asks for. Its error ends the port.
func (p *port) take(ctx context.Context, untrusted []byte) error {
	m, malformed := decode(untrusted)
	switch {
	case errors.Is(malformed, errNoID):
		return malformed
	case m.Cancel != 0:
		p.cancel(m.Cancel)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, relay.Limit(m.service(), m.timeout()))
	err := p.enter(m.ID, cancel)
	if err == nil && malformed == nil {
		go p.serve(ctx, m)
		return nil
	}
	cancel()
	switch {
	case errors.Is(err, errBusy):
		return p.refuse(m, wire.Busy, fmt.Sprintf("%d requests of this browser wait already.", MaxWaiting))
	case err != nil:
		return err
	}
	p.leave(m.ID)
	p.calls.Done()
	return p.refuse(m, wire.BadRequest, malformed.Error())
}

// service is the one that a message leads to in the end; for a text to open
// that is not known, and the time is that of a payment.
func (m message) service() string {
	if m.Open != "" {
		return wire.ServicePay
	}
	return m.Service
}

func (p *port) serve(ctx context.Context, m message) {
	a := answer{ID: m.ID}
	if m.Open != "" {
		a.Answer, a.Error = p.Open(ctx, m.Open, m.Origin)
	} else {
		a.Answer, a.Error = p.Call(ctx, m.Service, m.Request)
	}
	cancelled := errors.Is(ctx.Err(), context.Canceled)
	p.leave(m.ID)        // before the answer: whoever has it may ask the next
	defer p.calls.Done() // after it: the port waits for it
	if cancelled {
		return // whoever asked is gone
	}
	body, err := a.encode(wallet.Find(m.service()).Lost("The answer is too long."))
	if err == nil {
		err = p.write(body)
	}
	if err != nil {
		p.fail(err)
	}
}

func (p *port) refuse(m message, code wire.Code, message string) error {
	e := wallet.Find(m.service()).Fail(code, message)
	body, err := answer{ID: m.ID, Error: e}.encode(e)
	if err != nil {
		return err
	}
	return p.write(body)
}

func (p *port) write(body []byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	return WriteMessage(p.out, body)
}

// Errors of enter.
var (
	errBusy = errors.New("too many requests wait")
	// An answer would be taken for that of the request which waits, and say that
	// nothing was paid while it may be.
	errInUse = errors.New("an id is given to a second request while the first one waits")
)

// enter notes a request as waiting, and a call for the port to wait for.
func (p *port) enter(i id, cancel context.CancelFunc) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return context.Canceled
	case p.waiting[i] != nil:
		return errInUse
	case len(p.waiting) >= MaxWaiting:
		return errBusy
	}
	p.waiting[i] = cancel
	p.calls.Add(1)
	return nil
}

func (p *port) leave(i id) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[i]()
	delete(p.waiting, i)
}

// cancel ends a call. One that was answered meanwhile is not there any more.
func (p *port) cancel(i id) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cancel := p.waiting[i]; cancel != nil {
		cancel()
	}
}
