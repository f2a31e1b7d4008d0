package bridge

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"qpay/internal/wire"
)

// Each path leads to its service, with the body as it is.
func TestRoutes(t *testing.T) {
	got := map[string]string{}
	s := serve(t, func(_ context.Context, service, body string) (string, *wire.Error) {
		got[service] = body
		return `{"v":1}`, nil
	})
	for path := range Routes {
		s.raw(s.request("POST", path, path, nil))
	}
	if len(got) != len(wire.Services) {
		t.Error(got)
	}
	for path, service := range Routes {
		if got[service] != path {
			t.Errorf("%s leads to %v", path, got)
		}
	}
}

func TestErrorsHaveTheirStatus(t *testing.T) {
	s := serve(t, func(context.Context, string, string) (string, *wire.Error) {
		return "", wire.New(wire.Denied, "Refused.", "nothing was paid")
	})
	r, body := s.raw(s.request("POST", "/v1/pay", "{}", nil))
	if r.StatusCode != 403 || body != `{"v":1,"error":{"code":"denied","message":"Refused.","hint":"nothing was paid","payment":"not_sent"}}`+"\n" {
		t.Errorf("%d %s", r.StatusCode, body)
	}
}

// waits is a wallet whose person does not answer: a call ends when its client
// does.
type waits struct {
	begun, ended chan struct{}
	cause        chan error
}

func newWaits() *waits {
	return &waits{make(chan struct{}, 1000), make(chan struct{}, 1000), make(chan error, 1000)}
}

func (w *waits) answer(ctx context.Context, _, _ string) (string, *wire.Error) {
	w.begun <- struct{}{}
	<-ctx.Done()
	w.ended <- struct{}{}
	return "", wire.New(wire.Interrupted, "Interrupted before an answer came.", "it may have been paid")
}

func after(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("%s: not in %s", what, patience)
	}
}

func TestClientThatLeavesEndsItsCall(t *testing.T) {
	w := newWaits()
	s := serve(t, w.answer)
	c := s.dial()
	io.WriteString(c, s.request("POST", "/v1/pay", "{}", nil))
	after(t, "the call", w.begun)
	c.Close()
	after(t, "its end", w.ended)
}

// The time for reading the request is not the time for deciding.
func TestWaitingIsLongerThanReading(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as reading a request may")
	}
	t.Parallel()
	w := newWaits()
	s := serve(t, w.answer)
	c := s.dial()
	io.WriteString(c, s.request("POST", "/v1/pay", "{}", nil))
	after(t, "the call", w.begun)
	select {
	case <-w.ended:
		t.Error("the call ended by itself")
	case <-time.After(readAll + time.Second):
	}
}

func TestStopTellsWhoeverWaits(t *testing.T) {
	w := newWaits()
	s := serve(t, w.answer)
	c := s.dial()
	io.WriteString(c, s.request("POST", "/v1/pay", "{}", nil))
	after(t, "the call", w.begun)
	s.stop()
	text, err := io.ReadAll(c)
	if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 409 ") || !strings.Contains(string(text), `"payment":"unknown"`) {
		t.Errorf("%v: %s", err, text)
	}
	if err := s.waitEnd(); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", s.addr); err == nil {
		c.Close()
		t.Error("it still listens")
	}
}

// 200 requests at once: 16 wait, the others hear it at once.
func TestManyRequests(t *testing.T) {
	w := newWaits()
	s := serve(t, w.answer)
	var all sync.WaitGroup
	busy := make(chan struct{}, 200)
	for range 200 {
		c := s.dial()
		all.Go(func() {
			io.WriteString(c, s.request("POST", "/v1/pay", "{}", nil))
			text, _ := io.ReadAll(c)
			if strings.HasPrefix(string(text), "HTTP/1.1 429 ") && strings.Contains(string(text), `"busy"`) {
				busy <- struct{}{}
			}
		})
	}
	for range 200 - MaxWaiting {
		after(t, "busy", busy)
	}
	if n := s.calls.Load(); n != MaxWaiting {
		t.Errorf("%d calls", n)
	}
	s.stop()
	all.Wait()
}

// A client that sends its request slowly is cut off; one over the number of
// connections too; the bridge answers others meanwhile, and after.
func TestSlowlorisIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as reading a header may")
	}
	t.Parallel()
	s := serve(t, yes)
	slow := make([]net.Conn, maxConnections-1)
	for i := range slow {
		slow[i] = s.dial()
		io.WriteString(slow[i], "POST /v1/pay HTTP/1.1\r\nHost: ")
	}
	if r, _ := s.raw(s.request("POST", "/v1/pay", "{}", nil)); r.StatusCode != 200 {
		t.Errorf("meanwhile: %d", r.StatusCode)
	}
	last := s.dial() // takes the last place
	io.WriteString(last, "P")
	over := s.dial()
	if _, err := io.ReadAll(over); err != nil && !isReset(err) {
		t.Errorf("one too many: %v", err)
	}
	for _, c := range append(slow, last) {
		if _, err := io.ReadAll(c); err != nil && !isReset(err) {
			t.Fatalf("still open: %v", err) // its deadline is patience
		}
	}
	if r, _ := s.raw(s.request("POST", "/v1/pay", "{}", nil)); r.StatusCode != 200 {
		t.Errorf("after: %d", r.StatusCode)
	}
	if s.calls.Load() != 2 {
		t.Error(s.calls.Load())
	}
}

// A body that does not come in time is not waited for.
func TestSlowBodyIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as reading a request may")
	}
	t.Parallel()
	s := serve(t, yes)
	r, _ := s.raw(s.request("POST", "/v1/pay", "{", h("Content-Length", "2")))
	if r.StatusCode != 408 || s.calls.Load() != 0 {
		t.Error(r.StatusCode, s.calls.Load())
	}
}

// A second request on one connection long after the first is answered too.
func TestConnectionIsUsedAgain(t *testing.T) {
	s := serve(t, yes)
	c := s.dial()
	for range 3 {
		io.WriteString(c, s.request("POST", "/v1/pay", "{}", h("Connection", "keep-alive", "Expect", "100-continue")))
		var got strings.Builder
		for b := make([]byte, 1); !strings.HasSuffix(got.String(), `{"v":1}`); {
			if _, err := io.ReadFull(c, b); err != nil {
				t.Fatalf("%v: %s", err, got.String())
			}
			got.Write(b)
		}
	}
}
