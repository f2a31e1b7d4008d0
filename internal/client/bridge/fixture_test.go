package bridge

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"qpay/internal/wire"
)

const (
	patience  = 30 * time.Second
	testToken = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// served is a bridge with a wallet that answers as it is told.
type served struct {
	t      *testing.T
	addr   string
	calls  atomic.Int32
	answer func(ctx context.Context, service, body string) (string, *wire.Error)
	stop   context.CancelFunc
	ended  chan error
}

func serve(t *testing.T, answer func(context.Context, string, string) (string, *wire.Error)) *served {
	t.Helper()
	l, err := Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &served{t: t, addr: l.Addr().String(), answer: answer, stop: stop, ended: make(chan error, 1)}
	b := Bridge{Token: testToken, Log: io.Discard, Call: func(ctx context.Context, service string, untrusted []byte) ([]byte, *wire.Error) {
		s.calls.Add(1)
		text, e := s.answer(ctx, service, string(untrusted))
		return []byte(text), e
	}}
	go func() { s.ended <- b.Serve(ctx, l) }()
	t.Cleanup(func() { stop(); s.waitEnd() })
	return s
}

func yes(context.Context, string, string) (string, *wire.Error) { return `{"v":1}`, nil }

func (s *served) waitEnd() error {
	select {
	case err := <-s.ended:
		s.ended <- err
		return err
	case <-time.After(patience):
		s.t.Fatal("the bridge still runs")
		return nil
	}
}

// header is a request that gets through, but for what a test changes: a value
// of "-" leaves the header out.
func (s *served) request(method, path, body string, change map[string]string) string {
	headers := map[string]string{"Host": s.addr, "Authorization": "Bearer " + testToken,
		"Content-Type": "application/json", "Content-Length": fmt.Sprint(len(body)), "Connection": "close"}
	for k, v := range change {
		headers[k] = strings.ReplaceAll(v, "PORT", s.port())
	}
	text := method + " " + path + " HTTP/1.1\r\n"
	for k, v := range headers {
		if v != "-" {
			text += k + ": " + v + "\r\n"
		}
	}
	return text + "\r\n" + body
}

func (s *served) port() string {
	_, port, _ := net.SplitHostPort(s.addr)
	return port
}

func (s *served) dial() net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// raw sends bytes as they are and reads one response.
func (s *served) raw(text string) (*http.Response, string) {
	s.t.Helper()
	c := s.dial()
	defer c.Close()
	io.WriteString(c, text) // may be refused before its end
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		s.t.Fatalf("%v\n%.300s", err, text)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !isReset(err) { // what it had not read of a long request is lost
		s.t.Fatal(err)
	}
	return r, string(body)
}
