package lnurl

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"qpay/internal/wire"
)

func TestPublic(t *testing.T) {
	for want, addresses := range map[bool][]string{
		true: {"1.1.1.1", "93.184.215.14", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
			"172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1"},
		false: {"0.0.0.0", "10.0.0.1", "10.137.0.5", "10.138.9.9", "10.192.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.1.2.3", "169.254.169.254",
			"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
			"224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
			"::", "::1", "::ffff:127.0.0.1", "::ffff:1.1.1.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "fc00::1", "fd09:24ef:4179::a89:1",
			"fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "3fff::1"},
	} {
		for _, a := range addresses {
			if got := public(netip.MustParseAddr(a)); got != want {
				t.Errorf("%s: %v", a, got)
			}
		}
	}
}

// Tor's gateway answers from a private net, for names below .onion alone.
func TestOnion(t *testing.T) {
	o, inside := Options{}, netip.MustParseAddrPort("10.192.3.4:80")
	for name, want := range map[string]bool{"abc.onion": true, "ABC.ONION": true, "onion": false, "abc.onion.example": false, "example.com": false} {
		if got := o.reachable(name, inside); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if o.reachable("abc.onion", netip.MustParseAddrPort("10.137.0.1:80")) || o.reachable("abc.onion", netip.MustParseAddrPort("127.0.0.1:80")) {
		t.Error(".onion leads to a neighbour")
	}
}

// resolver answers every question for an address with these, one after
// another, the last of them for ever.
func resolver(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		for asked := 0; ; {
			question := make([]byte, 512)
			n, from, err := server.ReadFrom(question)
			if err != nil {
				return
			}
			a := netip.MustParseAddr(answers[min(asked, len(answers)-1)])
			reply, answered := answer(question[:n], a)
			if answered {
				asked++
			}
			server.WriteTo(reply, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// answer is the reply of a name server (RFC 1035): the address, if its kind was
// asked for, else none.
func answer(question []byte, a netip.Addr) (reply []byte, answered bool) {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	kind, raw := binary.BigEndian.Uint16(question[end-4:]), a.AsSlice()
	answered = kind == 1 && a.Is4() || kind == 28 && a.Is6()
	reply = append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[12:end]...)
	if answered {
		reply[7] = 1
		reply = append(reply, 0xc0, 12, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(raw)))
		reply = append(reply, raw...)
	}
	return reply, answered
}

// A resolver that cannot be reached: names are not found.
var nobodyKnows = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("no name server here")
}}

// neighbour is a listener that must never be talked to.
func neighbour(t *testing.T) (port string, spoken *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	spoken = &atomic.Int32{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			spoken.Add(1)
			c.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, spoken
}

// A name that resolves to this qube, or to its neighbours, is not spoken to.
func TestPrivateAfterResolving(t *testing.T) {
	port, spoken := neighbour(t)
	for _, a := range []string{"127.0.0.1", "::1", "::ffff:127.0.0.1", "10.137.0.1", "169.254.169.254", "192.168.1.1", "fe80::1", "fd00::1", "0.0.0.0"} {
		c := New(Options{Resolver: resolver(t, a)})
		_, e := c.Open(background(t), target(t, "lnurlp://rebound.example:"+port+"/pay"))
		if e == nil || e.Code != wire.UnsafeLink || !strings.Contains(e.Hint, "nothing was asked there") {
			t.Errorf("%s: %+v", a, e)
		}
	}
	if spoken.Load() != 0 {
		t.Error("the neighbour was connected to")
	}
}

// The first answer is a public address, the next this qube: whoever checks the
// first and connects by the second is lost. Here, what is checked is what is
// connected to.
func TestRebinding(t *testing.T) {
	port, spoken := neighbour(t)
	names := resolver(t, "93.184.215.14", "127.0.0.1")
	if all, err := names.LookupHost(background(t), "rebound.example"); err != nil || all[0] != "93.184.215.14" {
		t.Fatal(all, err)
	}
	_, e := New(Options{Resolver: names}).Open(background(t), target(t, "lnurlp://rebound.example:"+port+"/pay"))
	if e == nil || e.Code != wire.UnsafeLink || spoken.Load() != 0 {
		t.Errorf("%+v, %d connections", e, spoken.Load())
	}
}

// A good service that redirects to a private address.
func TestRedirectToPrivate(t *testing.T) {
	port, spoken := neighbour(t)
	s := httptest.NewTLSServer(goesTo("https://127.0.0.1:" + port + "/admin"))
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c := New(Options{})
	transport := c.http.Transport.(*http.Transport)
	transport.TLSClientConfig.RootCAs = roots
	guarded := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, host+":") { // stands for a public address
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		}
		return guarded(ctx, network, address)
	}
	if _, e := open(t, c, payLink); e == nil || e.Code != wire.UnsafeLink || spoken.Load() != 0 {
		t.Errorf("%+v, %d connections", e, spoken.Load())
	}
}

// The proxy of the environment would resolve names by itself. Cookies, and
// where a redirect came from, are nobody's business.
func TestTellsNothing(t *testing.T) {
	port, spoken := neighbour(t)
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:"+port)
	asked := 0
	c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range []string{"Cookie", "Referer", "Authorization", "Accept-Encoding"} {
			if r.Header.Get(h) != "" {
				t.Errorf("%s: %q", h, r.Header.Get(h))
			}
		}
		http.SetCookie(w, &http.Cookie{Name: "you", Value: "again"})
		if asked++; asked <= maxRedirects {
			http.Redirect(w, r, "/secret?k1=1", http.StatusFound)
			return
		}
		io.WriteString(w, pays(""))
	}))
	if _, e := open(t, c, payLink); e != nil || spoken.Load() != 0 {
		t.Errorf("%v, %d connections to the proxy", e, spoken.Load())
	}
}

func TestTestSwitch(t *testing.T) {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pem := "-----BEGIN CERTIFICATE-----\n" + base64Lines(s.Certificate().Raw) + "-----END CERTIFICATE-----\n"
	read := func(file string) ([]byte, error) {
		if file != "ca.pem" {
			return nil, errors.New("no such file")
		}
		return []byte(pem), nil
	}
	if got, err := ParseTest("ca.pem 127.0.0.1:4443", read); err != nil || got.Address.Port() != 4443 {
		t.Error(got, err)
	}
	for what, text := range map[string]string{
		"nothing": "", "no address": "ca.pem", "a public address": "ca.pem 1.1.1.1:443", "a private one": "ca.pem 192.168.0.1:443",
		"a name": "ca.pem localhost:443", "no port": "ca.pem 127.0.0.1", "no such file": "x.pem 127.0.0.1:443",
	} {
		if got, err := ParseTest(text, read); !errors.Is(err, ErrTest) || got != nil {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	pem = "rubbish"
	if _, err := ParseTest("ca.pem 127.0.0.1:4443", read); !errors.Is(err, ErrTest) {
		t.Error("rubbish in place of certificates")
	}
	// With it, nothing else can be reached, not even what is public.
	o := Options{Test: &Test{Address: netip.MustParseAddrPort("127.0.0.1:4443")}}
	for _, a := range []string{"127.0.0.1:80", "127.0.0.2:4443", "1.1.1.1:443"} {
		if o.reachable("x", netip.MustParseAddrPort(a)) {
			t.Errorf("%s can be reached", a)
		}
	}
}
