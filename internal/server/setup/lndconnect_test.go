package setup

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"qpay/internal/server/hint"
)

func der(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	b, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseURI(t *testing.T) {
	cert := der(t)
	raw, padded := base64.RawURLEncoding.EncodeToString, base64.URLEncoding.EncodeToString
	secret := []byte("\xfb\xff\x03 a macaroon")
	for _, s := range []string{
		"lndconnect://127.0.0.1:10009?cert=" + raw(cert) + "&macaroon=" + raw(secret),
		" lndconnect://127.0.0.1:10009/?macaroon=" + padded(secret) + "&cert=" + padded(cert) + "\r\n",
		"LNDCONNECT://127.0.0.1:10009?cert=" + raw(cert) + "&macaroon=" + raw(secret) + "&more=1",
	} {
		address, c, m, err := ParseURI(s)
		b, _ := pem.Decode(c)
		if err != nil || address != "127.0.0.1:10009" || !bytes.Equal(m, secret) || b == nil || !bytes.Equal(b.Bytes, cert) {
			t.Errorf("%.60q: %q %q %v", s, address, m, err)
		}
	}
	for _, host := range []string{"[::1]:10009", "node.example:1", "abcdefg.onion:65535"} {
		if a, c, _, err := ParseURI("lndconnect://" + host + "?macaroon=" + raw(secret)); err != nil || a != host || c != nil {
			t.Errorf("%s: %q %v", host, a, err)
		}
	}
}

func TestParseURIRefuses(t *testing.T) {
	const secret = "U0VDUkVUU0VDUkVU"
	good := base64.RawURLEncoding.EncodeToString(der(t))
	for what, s := range map[string]string{
		"empty":                "",
		"another scheme":       "https://127.0.0.1:10009?macaroon=" + secret,
		"no URI":               "lndconnect://%zz?macaroon=" + secret,
		"a user":               "lndconnect://a:b@127.0.0.1:1?macaroon=" + secret,
		"no port":              "lndconnect://127.0.0.1?macaroon=" + secret,
		"port 0":               "lndconnect://127.0.0.1:0?macaroon=" + secret,
		"a port beyond all":    "lndconnect://127.0.0.1:65536?macaroon=" + secret,
		"no host":              "lndconnect://:10009?macaroon=" + secret,
		"a path":               "lndconnect://127.0.0.1:1/x?macaroon=" + secret,
		"a fragment":           "lndconnect://127.0.0.1:1?macaroon=" + secret + "#x",
		"no macaroon":          "lndconnect://127.0.0.1:1?cert=" + good,
		"an empty macaroon":    "lndconnect://127.0.0.1:1?macaroon=",
		"two macaroons":        "lndconnect://127.0.0.1:1?macaroon=" + secret + "&macaroon=" + secret,
		"two certificates":     "lndconnect://127.0.0.1:1?macaroon=" + secret + "&cert=AA&cert=AA",
		"a semicolon":          "lndconnect://127.0.0.1:1?macaroon=" + secret + ";cert=AA",
		"plain base64":         "lndconnect://127.0.0.1:1?macaroon=" + secret + "%2F%2B",
		"no certificate":       "lndconnect://127.0.0.1:1?macaroon=" + secret + "&cert=AAAA",
		"certificate not text": "lndconnect://127.0.0.1:1?macaroon=" + secret + "&cert=%00",
		"two lines":            "lndconnect://127.0.0.1:1?macaroon=" + secret + "\nlndconnect://127.0.0.1:1",
	} {
		_, _, m, err := ParseURI(s)
		if err == nil || m != nil && hint.Of(err) == "" {
			t.Errorf("%s: taken", what)
		} else if strings.Contains(err.Error()+hint.Of(err), secret) || hint.Of(err) == "" {
			t.Errorf("%s: %v; hint: %s", what, err, hint.Of(err))
		}
	}
}

func TestCertificateKeepsCertificatesAlone(t *testing.T) {
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Headers: map[string]string{"a": "b"}, Bytes: der(t)})
	got, err := Certificate(append([]byte("words\n"), cert...))
	if err != nil || strings.Contains(string(got), "words") || strings.Contains(string(got), "a: b") {
		t.Errorf("%s %v", got, err)
	}
	for what, text := range map[string][]byte{
		"nothing": nil, "words": []byte("words"),
		"a key too": append(cert, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: []byte("x")})...),
		"damaged":   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}),
	} {
		if _, err := Certificate(text); err == nil || hint.Of(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}
