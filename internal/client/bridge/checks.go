package bridge

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"qpay/internal/wire"
)

// check is one condition that a request has to meet. Each is enough by itself
// against some attack of doc/bridge.md, and none is enough against all but the
// token's.
type check struct {
	name    string // as in doc/bridge.md
	meets   func(*guard, *http.Request) bool
	status  int
	message string
	hint    string
}

// checks are made in this order; the first that fails answers.
var checks = []check{
	{"Host", (*guard).host, http.StatusForbidden, "The Host header is not the bridge's own address.",
		"use http://127.0.0.1:PORT as the bridge printed it"},
	{"Origin", func(_ *guard, r *http.Request) bool { return len(r.Header.Values("Origin")) == 0 }, http.StatusForbidden,
		"A request with an Origin header comes from a web page.", "pages have window.webln, by the browser extension"},
	{"Sec-Fetch-Site", func(_ *guard, r *http.Request) bool { return len(r.Header.Values("Sec-Fetch-Site")) == 0 }, http.StatusForbidden,
		"A request with a Sec-Fetch-Site header comes from a browser.", "pages have window.webln, by the browser extension"},
	{"token", (*guard).authorised, http.StatusUnauthorized, "The token of the session is missing or wrong.",
		"send Authorization: Bearer and what qpay bridge token prints; it is new at each start of the bridge"},
	{"path", (*guard).path, http.StatusNotFound, "There is no such path.", "GET " + description + " lists them"},
	{"method", (*guard).method, http.StatusMethodNotAllowed, "Not with this method.", "all that asks the wallet is a POST"},
	{"Content-Type", (*guard).json, http.StatusUnsupportedMediaType, "The Content-Type is not application/json.", "send JSON"},
}

// guard knows what the checks compare with.
type guard struct {
	hosts map[string]bool
	token [sha256.Size]byte
}

func newGuard(token string, listeners []net.Listener) *guard {
	g := &guard{hosts: map[string]bool{}, token: sha256.Sum256([]byte(token))}
	for _, l := range listeners {
		if a, ok := l.Addr().(*net.TCPAddr); ok {
			for _, name := range []string{"127.0.0.1", "localhost", "::1"} {
				g.hosts[net.JoinHostPort(name, strconv.Itoa(a.Port))] = true
			}
		}
	}
	return g
}

// refusal is the answer to a request that does not get through.
type refusal struct {
	status  int
	message string
	hint    string
}

// admit makes the checks and reads the body.
func (g *guard) admit(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	for _, c := range checks {
		if !c.meets(g, r) {
			return nil, &refusal{c.status, c.message, c.hint}
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxRequest))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, &refusal{http.StatusRequestEntityTooLarge, "The request is longer than 16 KiB.", "nothing was asked"}
	case err != nil:
		return nil, &refusal{http.StatusRequestTimeout, "The request did not arrive.", "nothing was asked"}
	}
	// The time for reading is over; what is read from here on is the end of the
	// connection, which ends the call.
	if http.NewResponseController(w).SetReadDeadline(time.Time{}) != nil {
		return nil, &refusal{http.StatusRequestTimeout, "The connection is gone.", "nothing was asked"}
	}
	return body, nil
}

func (f *refusal) send(w http.ResponseWriter) {
	w.Header().Set("Connection", "close") // the rest of its body is not waited for
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	sendErrorAs(w, f.status, wire.New(wire.BadRequest, f.message, f.hint))
}

// host stops DNS rebinding: there the header has the attacker's name.
func (g *guard) host(r *http.Request) bool { return g.hosts[r.Host] }

// authorised compares hashes, so that the time taken tells nothing of the
// token, not even its length.
func (g *guard) authorised(r *http.Request) bool {
	given := r.Header.Values("Authorization")
	if len(given) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	hash := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(hash[:], g.token[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}

// path takes no query, no escapes and no absolute address.
func (g *guard) path(r *http.Request) bool {
	return r.RequestURI == description || Routes[r.RequestURI] != ""
}

// method stops images, links and frames, which can only GET, and preflights.
func (g *guard) method(r *http.Request) bool {
	if r.RequestURI == description {
		return r.Method == http.MethodGet
	}
	return r.Method == http.MethodPost
}

// json stops forms and beacons, which cannot set this type without a preflight.
func (g *guard) json(r *http.Request) bool {
	given := r.Header.Values("Content-Type")
	if r.Method == http.MethodGet {
		return true
	}
	if len(given) != 1 {
		return false
	}
	kind, parameters, err := mime.ParseMediaType(given[0])
	charset, has := parameters["charset"]
	return err == nil && kind == "application/json" && (!has || strings.EqualFold(charset, "utf-8"))
}
