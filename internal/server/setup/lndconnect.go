package setup

import (
	"encoding/base64"
	"encoding/pem"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"qpay/internal/server/hint"
)

const formOfURI = "the form is lndconnect://HOST:PORT?cert=...&macaroon=..., as lndconnect or the node's software shows it"

// ParseURI reads an lndconnect URI: the node's address, its certificate as PEM
// and a macaroon. No error repeats any of it, since it is as good as money.
func ParseURI(secret string) (address string, certificate, macaroon []byte, err error) {
	bad := func(what string) (string, []byte, []byte, error) {
		return "", nil, nil, hint.New("This is no lndconnect URI that setup can use: "+what+".", formOfURI)
	}
	u, err := url.Parse(strings.TrimSpace(secret))
	if err != nil || u.Scheme != "lndconnect" {
		return bad("it does not begin with lndconnect://, or is not a URI at all")
	}
	if u.User != nil || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return bad("it has more parts than an address, cert and macaroon")
	}
	if CheckAddress(u.Host) != nil {
		return bad("its address is not HOST:PORT")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(q["cert"]) > 1 || len(q["macaroon"]) != 1 {
		return bad("it must have one macaroon and at most one cert")
	}
	if macaroon, err = base64URL(q.Get("macaroon")); err != nil || len(macaroon) == 0 {
		return bad("its macaroon is not in base64url")
	}
	if q.Get("cert") == "" { // some leave it out where a public authority has signed it
		return u.Host, nil, macaroon, nil
	}
	der, err := base64URL(q.Get("cert"))
	if err != nil {
		return bad("its cert is not in base64url")
	}
	certificate, err = Certificate(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return u.Host, certificate, macaroon, err
}

// base64URL reads it with the padding and without.
func base64URL(s string) ([]byte, error) {
	return base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(s, "="))
}

var host = regexp.MustCompile(`^[0-9A-Za-z._:-]+$`)

// CheckAddress refuses what is not HOST:PORT.
func CheckAddress(address string) error {
	h, port, err := net.SplitHostPort(address)
	n, notNumber := strconv.ParseUint(port, 10, 16)
	if err != nil || notNumber != nil || n == 0 || len(h) > 253 || !host.MatchString(h) {
		return hint.New("The node's address is not HOST:PORT.", "give it as in 127.0.0.1:10009, the address of lnd's rpclisten")
	}
	return nil
}
