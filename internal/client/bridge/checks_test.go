package bridge

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"qpay/internal/wire"
)

// attacks are requests of which everything is right but what is named, so that
// each check is seen to refuse alone. The other half, that real browsers send
// such requests, is tested in test/browser.
var attacks = []struct {
	what         string
	method, path string
	headers      map[string]string
	body         string
	status       int
}{
	{"a rebound name", "POST", "/v1/pay", h("Host", "evil.test:PORT"), `{}`, 403},
	{"a rebound name with the bridge's as its beginning", "POST", "/v1/pay", h("Host", "127.0.0.1.evil.test:PORT"), `{}`, 403},
	{"another port", "POST", "/v1/pay", h("Host", "127.0.0.1:1"), `{}`, 403},
	{"no port", "POST", "/v1/pay", h("Host", "127.0.0.1"), `{}`, 403},
	{"another number of loopback", "POST", "/v1/pay", h("Host", "127.1:PORT"), `{}`, 403},
	{"a dot behind the name", "POST", "/v1/pay", h("Host", "localhost.:PORT"), `{}`, 403},
	{"capitals", "POST", "/v1/pay", h("Host", "LOCALHOST:PORT"), `{}`, 403},
	{"an empty Host", "POST", "/v1/pay", h("Host", ""), `{}`, 403},
	{"no Host", "POST", "/v1/pay", h("Host", "-"), `{}`, 400}, // Go's own server

	{"a page's Origin", "POST", "/v1/pay", h("Origin", "https://evil.test"), `{}`, 403},
	{"the Origin null", "POST", "/v1/pay", h("Origin", "null"), `{}`, 403},
	{"an empty Origin", "POST", "/v1/pay", h("Origin", ""), `{}`, 403},
	{"the bridge's own Origin", "POST", "/v1/pay", h("Origin", "http://127.0.0.1:PORT"), `{}`, 403},
	{"an extension's Origin", "POST", "/v1/pay", h("Origin", "chrome-extension://abc"), `{}`, 403},
	{"a browser's request of its own", "POST", "/v1/pay", h("Sec-Fetch-Site", "none"), `{}`, 403},
	{"a cross-site request", "POST", "/v1/pay", h("Sec-Fetch-Site", "cross-site"), `{}`, 403},

	{"no token", "POST", "/v1/pay", h("Authorization", "-"), `{}`, 401},
	{"an empty token", "POST", "/v1/pay", h("Authorization", "Bearer "), `{}`, 401},
	{"another token", "POST", "/v1/pay", h("Authorization", "Bearer "+strings.ToLower(testToken)), `{}`, 401},
	{"the beginning of the token", "POST", "/v1/pay", h("Authorization", "Bearer "+testToken[:25]), `{}`, 401},
	{"more than the token", "POST", "/v1/pay", h("Authorization", "Bearer "+testToken+"A"), `{}`, 401},
	{"another scheme", "POST", "/v1/pay", h("Authorization", "Basic "+testToken), `{}`, 401},
	{"two tokens", "POST", "/v1/pay", h("Authorization", "Bearer "+testToken+"\r\nAuthorization: Bearer x"), `{}`, 401},
	{"the description without a token", "GET", "/v1/openapi.json", h("Authorization", "-"), ``, 401},
	{"a path that is not there, without a token", "GET", "/", h("Authorization", "-"), ``, 401},

	{"a link", "GET", "/v1/pay", nil, ``, 405},
	{"the original's link", "GET", "/lnbc2500u1", nil, ``, 404},
	{"the browser's favicon", "GET", "/favicon.ico", nil, ``, 404},
	{"HEAD", "HEAD", "/v1/openapi.json", nil, ``, 405},
	{"a preflight", "OPTIONS", "/v1/pay", h("Access-Control-Request-Method", "POST"), ``, 405},
	{"OPTIONS for all", "OPTIONS", "*", nil, ``, 404},
	{"PUT", "PUT", "/v1/pay", nil, `{}`, 405},
	{"a small post", "post", "/v1/pay", nil, `{}`, 405},
	{"POST to the description", "POST", "/v1/openapi.json", nil, `{}`, 405},
	{"a WebSocket", "GET", "/v1/pay", h("Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "eA=="), ``, 405},
	{"a proxy's request", "POST", "http://127.0.0.1/v1/pay", nil, `{}`, 403},
	{"a query", "POST", "/v1/pay?x=1", nil, `{}`, 404},
	{"an escaped path", "POST", "/v1/%70ay", nil, `{}`, 404},
	{"a longer path", "POST", "/v1/pay/", nil, `{}`, 404},

	{"a form", "POST", "/v1/pay", h("Content-Type", "application/x-www-form-urlencoded"), `{}`, 415},
	{"a form with files", "POST", "/v1/pay", h("Content-Type", "multipart/form-data; boundary=x"), `{}`, 415},
	{"a beacon", "POST", "/v1/pay", h("Content-Type", "text/plain;charset=UTF-8"), `{}`, 415},
	{"no type", "POST", "/v1/pay", h("Content-Type", "-"), `{}`, 415},
	{"JSON as a parameter", "POST", "/v1/pay", h("Content-Type", "text/plain; application/json"), `{}`, 415},
	{"JSON and something else", "POST", "/v1/pay", h("Content-Type", "application/json, text/plain"), `{}`, 415},
	{"two types", "POST", "/v1/pay", h("Content-Type", "application/json\r\nContent-Type: text/plain"), `{}`, 415},
	{"JSON in another character set", "POST", "/v1/pay", h("Content-Type", "application/json; charset=utf-16"), `{}`, 415},

	{"a byte more than a request may have", "POST", "/v1/pay", nil, strings.Repeat("x", wire.MaxRequest+1), 413},
	{"a gigabyte that is announced", "POST", "/v1/pay", h("Content-Length", "1073741824"), strings.Repeat("x", wire.MaxRequest+1), 413},
	{"chunks without an end", "POST", "/v1/pay", h("Content-Length", "-", "Transfer-Encoding", "chunked"), "5000\r\n" + strings.Repeat("x", 0x5000), 413},
	{"two lengths", "POST", "/v1/pay", h("Transfer-Encoding", "gzip"), `{}`, 501},
	{"a long header", "POST", "/v1/pay", h("X", strings.Repeat("x", 9<<10)), `{}`, 431},
	{"HTTP/2", "PRI", "*", nil, "SM\r\n\r\n", 404},
}

func h(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestAttacksAreRefused(t *testing.T) {
	s := serve(t, yes)
	for _, a := range attacks {
		r, body := s.raw(s.request(a.method, a.path, a.body, a.headers))
		if r.StatusCode != a.status {
			t.Errorf("%s: %d, want %d: %s", a.what, r.StatusCode, a.status, body)
		}
		seals(t, a.what, r)
	}
	if n := s.calls.Load(); n != 0 {
		t.Fatalf("%d calls were made", n)
	}
}

// seals are the headers of every answer of ours: none that opens it to pages.
func seals(t *testing.T, what string, r *http.Response) {
	t.Helper()
	for name := range r.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: the answer has %s", what, name)
		}
	}
	if r.Header.Get("Content-Type") == "application/json" && (r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("X-Content-Type-Options") != "nosniff") {
		t.Errorf("%s: %v", what, r.Header)
	}
}

// The same request with nothing changed gets through: else the table proves
// nothing.
func TestControl(t *testing.T) {
	s := serve(t, yes)
	for _, headers := range []map[string]string{
		nil, h("Host", "localhost:PORT"), h("Host", "[::1]:PORT"), h("Authorization", "bearer "+testToken),
		h("Content-Type", "application/json; charset=UTF-8"), h("Sec-Fetch-Mode", "cors"), // Node's fetch
		h("X", strings.Repeat("x", 3<<10)),
	} {
		r, body := s.raw(s.request("POST", "/v1/pay", "{}", headers))
		if r.StatusCode != 200 || body != `{"v":1}` {
			t.Errorf("%v: %d %s", headers, r.StatusCode, body)
		}
		seals(t, "an answer", r)
	}
	if s.calls.Load() != 7 {
		t.Error(s.calls.Load())
	}
	if r, body := s.raw(s.request("GET", description, "", h("Content-Type", "-"))); r.StatusCode != 200 || body != string(openAPI) {
		t.Error(r.StatusCode)
	}
}

// Every check is in the table of doc/bridge.md.
func TestChecksDocument(t *testing.T) {
	doc, err := os.ReadFile("../../../doc/bridge.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := regexp.MustCompile(`(?m)^\| \d\. ([A-Za-z-]+) \| (\d+) \|`).FindAllStringSubmatch(string(doc), -1)
	if len(documented) != len(checks) {
		t.Fatalf("%d checks, %d in the document", len(checks), len(documented))
	}
	for i, c := range checks {
		if documented[i][1] != c.name || documented[i][2] != itoa(c.status) {
			t.Errorf("%d: %s %d, the document has %s", i, c.name, c.status, documented[i][0])
		}
	}
}
