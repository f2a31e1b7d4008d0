package lnurl

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// A link must not make this qube ask its neighbours, its router or itself: what
// listens there trusts who can reach it. So each address is looked at when the
// connection is made, after the name was resolved for the last time. A check
// before that could be answered with another address than the connection.

// Options of a Client.
type Options struct {
	// Resolver, if not nil, is asked for names in place of the system's.
	Resolver *net.Resolver
	// Test, if not nil, is for tests of the whole program.
	Test *Test
}

// Test sends every connection to one address of this qube, with a CA of its
// own in place of the system's. So it lifts the ban of loopback addresses for
// that one, and makes all services in the world unreachable: nobody can live
// with it set.
type Test struct {
	Roots   *x509.CertPool
	Address netip.AddrPort
}

// ErrTest means that the test switch is not set as it has to be.
var ErrTest = errors.New("it has to be a file with certificates, a space, and the loopback address and port of a server")

// ParseTest reads the test switch: "FILE 127.0.0.1:PORT". It is taken from the
// environment, where neither a page nor a link nor an argument can reach.
func ParseTest(text string, read func(file string) ([]byte, error)) (*Test, error) {
	file, address, _ := strings.Cut(text, " ")
	to, err := netip.ParseAddrPort(address)
	if err != nil || !to.Addr().IsLoopback() {
		return nil, ErrTest
	}
	certificates, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTest, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(certificates) {
		return nil, ErrTest
	}
	return &Test{roots, to}, nil
}

// Errors that tell why there was no connection; refuse.go has their words.
var (
	errPrivate   = errors.New("the address is not a public one")
	errInsecure  = errors.New("not https")
	errRedirects = errors.New("too many redirects")
)

const (
	within       = 15 * time.Second // for the whole of an answer
	maxRedirects = 3
	maxHeader    = 64 << 10
)

// New makes a client.
func New(o Options) *Client {
	t := &http.Transport{
		Proxy:                  nil, // not that of the environment: it would resolve names by itself
		DialContext:            o.dial,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
	if o.Test != nil {
		t.TLSClientConfig.RootCAs = o.Test.Roots
	}
	return &Client{&http.Client{Transport: t, Timeout: within, CheckRedirect: redirect}}
}

// dial is told the name, and the address when it has been resolved.
func (o Options) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Resolver: o.Resolver, Control: func(_, resolved string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(resolved)
		if err != nil || !o.reachable(host, to) {
			return errPrivate
		}
		return nil
	}}
	if o.Test != nil {
		address = o.Test.Address.String()
	}
	return d.DialContext(ctx, network, address)
}

func (o Options) reachable(host string, to netip.AddrPort) bool {
	if o.Test != nil {
		return to == o.Test.Address
	}
	return public(to.Addr()) || onion(host) && tor.Contains(to.Addr())
}

// tor is where a Whonix gateway puts the names below .onion, which have no
// address: no qube of Qubes has one there. No other name may lead there.
var tor = netip.MustParsePrefix("10.192.0.0/10")

// reserved are the IPv4 addresses that are nobody's in the public net (RFC
// 6890): one's own, private, CGNAT, link-local, tests, multicast, broadcast.
var reserved = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	// Of the public IPv6 addresses: documentation, and what holds an IPv4
	// address that a gateway would take out (Teredo, 6to4).
	"2001:db8::/32", "3fff::/20", "2001::/23", "2002::/16")

// global is where public IPv6 addresses are; outside of it are loopback,
// private, link-local, multicast, and the forms that hold an IPv4 address.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

func public(a netip.Addr) bool {
	if a.Zone() != "" || !a.Is4() && !global.Contains(a) {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

func onion(host string) bool { return strings.HasSuffix(strings.ToLower(host), ".onion") }

// allowed refuses an address that anybody on the way could answer for. Tor
// hides and proves what is below .onion.
func allowed(u *url.URL) error {
	switch {
	case u.Hostname() == "" || u.Opaque != "" || u.User != nil:
		return errInsecure
	case u.Scheme == "https", u.Scheme == "http" && onion(u.Hostname()):
		return nil
	}
	return errInsecure
}

func redirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects {
		return errRedirects
	}
	next.Header.Del("Referer") // the address before may be a secret
	return allowed(next.URL)
}
