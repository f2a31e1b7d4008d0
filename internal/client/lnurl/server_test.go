package lnurl

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"qpay/internal/client/uri"
	"qpay/internal/wire"
)

// host is the name in httptest's certificate.
const host = "example.com"

// serve starts a service on loopback and gives a client that takes it for the
// whole net.
func serve(t testing.TB, h http.Handler) *Client {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return New(Options{Test: &Test{Roots: roots, Address: netip.MustParseAddrPort(s.Listener.Addr().String())}})
}

// says is a service that answers the same to everything.
func says(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) })
}

// twice is one that answers first what it wants, and then to the callback.
func twice(first, then string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/cb") {
			w.Write([]byte(then))
		} else {
			w.Write([]byte(first))
		}
	})
}

func target(t testing.TB, text string) uri.Target {
	t.Helper()
	to, e := uri.Parse(text)
	if e != nil {
		t.Fatalf("%s: %v", text, e)
	}
	return to
}

func background(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// pays is what a service answers that wants to be paid, with more fields or
// others.
func pays(more string) string {
	return `{"tag":"payRequest","callback":"https://` + host + `/cb","minSendable":1000,"maxSendable":500000,` +
		`"metadata":"[[\"text/plain\",\"coffee\"]]"` + more + `}`
}

func drawn(more string) string {
	return `{"tag":"withdrawRequest","callback":"https://` + host + `/cb","k1":"abc","minWithdrawable":1000,"maxWithdrawable":500000` + more + `}`
}

// open opens the link that fits what the tests serve.
func open(t testing.TB, c *Client, link string) (*Service, *wire.Error) {
	return c.Open(background(t), target(t, link))
}

// canned answers without a net.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(c)), Request: r}, nil
}
