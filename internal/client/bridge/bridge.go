// Package bridge is stage 3, in the asking qube, untrusted: an HTTP server on
// loopback for programs that cannot call qrexec themselves. A POST with the
// token of the session becomes one call of a service.
//
// Any web page can send requests to loopback, so what a page can send is
// refused: checks.go has the list, doc/bridge.md the attacks. It is no boundary
// against programs of the same user, which can read the token and can call
// qrexec themselves.
package bridge

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"qpay/internal/client/relay"
	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// Bounds. Go adds 4 KiB of its own to the header's.
const (
	MaxWaiting     = 16  // calls that wait at once; more get busy
	maxConnections = 256 // open at once; more are closed
	maxHeader      = 4 << 10
	readHeader     = 5 * time.Second
	readAll        = 10 * time.Second // header and body
	writeAnswer    = 10 * time.Second
	idle           = 30 * time.Second
	stopping       = 10 * time.Second // for the last words of the calls that wait
)

// Routes are the paths that act, by POST, and their services.
var Routes = map[string]string{
	"/v1/pay":     wire.ServicePay,
	"/v1/invoice": wire.ServiceMakeInvoice,
	"/v1/lookup":  wire.ServiceLookupInvoice,
	"/v1/info":    wire.ServiceGetInfo,
	"/v1/verify":  wire.ServiceVerifyMessage,
	"/v1/sign":    wire.ServiceSignMessage,
	"/v1/keysend": wire.ServiceKeysend,
	"/v1/balance": wire.ServiceGetBalance,
}

// Bridge is what a server needs.
type Bridge struct {
	// Call asks a service, as relay.Call does.
	Call    func(ctx context.Context, service string, untrusted []byte) ([]byte, *wire.Error)
	Token   string
	Timeout time.Duration // of one call; 0 leaves it to the service
	Log     io.Writer     // faults of the server itself, never what was asked
}

// Serve answers until ctx ends. Then the calls that wait are told to end, and
// whoever waits for them is told what became of them.
func (b Bridge) Serve(ctx context.Context, listeners ...net.Listener) error {
	calls, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	s := &http.Server{
		Handler: b.handler(listeners), MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: readHeader, ReadTimeout: readAll, IdleTimeout: idle,
		BaseContext: func(net.Listener) context.Context { return calls },
		ErrorLog:    log.New(b.Log, "qpay: ", 0),
		Protocols:   new(http.Protocols), DisableGeneralOptionsHandler: true,
	}
	s.Protocols.SetHTTP1(true)
	room := make(chan struct{}, maxConnections)
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { failed <- s.Serve(&limited{l, room}) }()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
	defer cancel()
	s.RegisterOnShutdown(stop) // after the listeners were closed, so that nobody new comes
	if late := s.Shutdown(end); late != nil {
		s.Close()
	}
	return err
}

// handler answers requests.
func (b Bridge) handler(listeners []net.Listener) http.Handler {
	g := newGuard(b.Token, listeners)
	waiting := make(chan struct{}, MaxWaiting)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The last answer's deadline must not end this one.
		if http.NewResponseController(w).SetWriteDeadline(time.Time{}) != nil {
			return
		}
		harden(w.Header())
		body, refused := g.admit(w, r)
		if refused != nil {
			refused.send(w)
			return
		}
		if r.RequestURI == description {
			send(w, http.StatusOK, openAPI)
			return
		}
		service := Routes[r.RequestURI]
		select {
		case waiting <- struct{}{}:
			defer func() { <-waiting }()
			b.pass(w, r, service, body)
		default:
			sendError(w, wallet.Find(service).Fail(wire.Busy, "Too many requests wait already."))
		}
	})
}

// pass asks the service. If the client goes away, the call ends.
func (b Bridge) pass(w http.ResponseWriter, r *http.Request, service string, body []byte) {
	ctx, cancel := context.WithTimeout(r.Context(), relay.Limit(service, b.Timeout))
	defer cancel()
	if ctx.Err() != nil { // nothing was asked yet, so it need not become interrupted
		sendError(w, wallet.Find(service).Fail(wire.Busy, "The bridge is being stopped."))
		return
	}
	answer, failure := b.Call(ctx, service, body)
	if failure != nil {
		sendError(w, failure)
		return
	}
	send(w, http.StatusOK, answer)
}

// harden sets headers against a page that embeds or guesses an answer. None of
// CORS is ever set, so that no page can read one.
func harden(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
}

func sendError(w http.ResponseWriter, e *wire.Error) { sendErrorAs(w, Status(e), e) }

func sendErrorAs(w http.ResponseWriter, status int, e *wire.Error) {
	line, err := wire.EncodeError(e)
	if err != nil {
		line = nil // the status says enough
	}
	send(w, status, line)
}

func send(w http.ResponseWriter, status int, body []byte) {
	// Not the server's WriteTimeout, which begins before the call.
	if http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeAnswer)) != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}
