package lnurl

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"qpay/internal/money"
	"qpay/internal/wire"
)

var update = flag.Bool("update", false, "write the golden file anew")

var quiet = log.New(io.Discard, "", 0)

// Invoices as bob's node would make them; the first is over 2,500 uBTC, the
// second over none: BOLT 11's own examples.
const (
	invoice250k = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh"
	invoiceOpen = "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql"
)

var a250k = Choice{Amount: 250_000 * money.PerSat}

// refusal is one way in which a service is refused. What is not given is that
// of a service that wants to be paid from 1 to 500 sat.
type refusal struct {
	what    string
	link    string
	service http.Handler
	choice  *Choice         // then the invoice is asked for
	hand    bool            // then it is given an invoice
	prepare func(c *Client) //
	ctx     func(t *testing.T) context.Context
}

const payLink, withdrawLink = "lnurlp://" + host + "/pay", "lnurlw://" + host + "/draw"

func large(more string) string {
	return strings.Replace(pays(more), `"maxSendable":500000`, `"maxSendable":250000000`, 1)
}

func billed(what, answer string) refusal {
	return refusal{what: what, service: twice(large(""), answer), choice: &a250k}
}

func acted(what, action string) refusal {
	return billed(what, `{"pr":"`+invoice250k+`","successAction":`+action+`}`)
}

func first(what, body string) refusal { return refusal{what: what, service: says(body)} }

func chosen(what, more string, c Choice) refusal {
	return refusal{what: what, service: says(pays(more)), choice: &c}
}

func goesTo(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) })
}

func handed(what, answer string) refusal {
	return refusal{what: what, link: withdrawLink, service: twice(strings.Replace(drawn(""), `500000`, `250000000`, 1), answer), hand: true}
}

// hangs sends a part of an answer and no more, for as long as somebody reads.
var hangs = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	w.Write([]byte(`{"tag":`))
	w.(http.Flusher).Flush()
	<-r.Context().Done()
	panic(http.ErrAbortHandler) // else the answer would end well, and the client might yet see it
})

var refusals = []refusal{
	first("an ERROR with a reason", `{"status":"ERROR","reason":"closed\u001b[2J on \u202eSundays"}`),
	first("an ERROR with a very long reason", `{"status":"error","reason":"`+strings.Repeat("long ", 500)+`"}`),
	first("an ERROR without a reason", `{"status":"ERROR"}`),
	first("an ERROR with a reason that is no text", `{"status":"ERROR","reason":{"a":1}}`),
	first("nothing", ``),
	first("a web page", `<html><body>404</body></html>`),
	first("an array", `[]`),
	first("null", `null`),
	first("two objects", pays("")+pays("")),
	first("a status that is no text", `{"status":200}`),
	first("not UTF-8", "{\"tag\":\"payRequest\",\"x\":\"\xff\"}"),
	first("no tag", `{"callback":"https://example.com/cb"}`),
	first("an unknown tag", `{"tag":"\u001bhostedChannel"}`),
	first("a channel", `{"tag":"channelRequest","callback":"https://example.com/cb","k1":"1","uri":"02@x"}`),
	first("a login", `{"tag":"login","k1":"00"}`),
	{what: "a withdrawal behind a link to pay", service: says(drawn(""))},
	{what: "a withdrawal behind an address", link: "anna@" + host, service: says(drawn(""))},
	{what: "a payment behind a link to withdraw", link: withdrawLink, service: says(pays(""))},
	first("no callback", `{"tag":"payRequest","minSendable":1,"maxSendable":2,"metadata":"[[\"text/plain\",\"\"]]"}`),
	first("a callback by http", strings.Replace(pays(""), "https:", "http:", 1)),
	first("a callback to a file", strings.Replace(pays(""), "https://example.com", "file://", 1)),
	first("a callback with a password", strings.Replace(pays(""), "example.com/cb", "a:b@example.com/cb", 1)),
	first("a callback that is no address", strings.Replace(pays(""), "https://example.com", "https://%zz", 1)),
	first("a minimum of nothing", strings.Replace(pays(""), `"minSendable":1000`, `"minSendable":0`, 1)),
	first("no minimum", strings.Replace(pays(""), `"minSendable":1000,`, ``, 1)),
	first("crossed limits", strings.Replace(pays(""), `"maxSendable":500000`, `"maxSendable":999`, 1)),
	first("a minimum over all bitcoin", strings.Replace(strings.Replace(pays(""), `:1000`, `:2100000000000000001`, 1), `:500000`, `:2100000000000000002`, 1)),
	first("a negative limit", strings.Replace(pays(""), `:1000`, `:-1000`, 1)),
	first("a broken limit", strings.Replace(pays(""), `:1000`, `:1000.5`, 1)),
	first("a negative comment", pays(`,"commentAllowed":-1`)),
	first("no metadata", strings.Replace(pays(""), `"metadata"`, `"m"`, 1)),
	first("metadata that is no text", strings.Replace(pays(""), `"metadata":"`, `"m":5,"metadata":[],"x":"`, 1)),
	first("metadata without a text", strings.Replace(pays(""), `text/plain`, `text/plane`, 1)),
	first("payer data that must be a key", pays(`,"payerData":{"pubkey":{"mandatory":true}}`)),
	first("payer data that must be a login", pays(`,"payerData":{"auth":{"mandatory":true,"k1":"00"}}`)),
	first("payer data that must be unknown", pays(`,"payerData":{"shoe\u202esize":{"mandatory":true}}`)),
	first("payer data that is none", pays(`,"payerData":[]`)),
	{what: "no k1", link: withdrawLink, service: says(strings.Replace(drawn(""), `"k1":"abc",`, ``, 1))},
	{what: "a withdrawal of nothing", link: withdrawLink, service: says(strings.Replace(strings.Replace(drawn(""), `:500000`, `:0`, 1), `:1000`, `:0`, 1))},

	chosen("too little", "", Choice{Amount: 999}),
	chosen("too much", "", Choice{Amount: 500_001}),
	chosen("a comment where none is taken", "", Choice{Amount: 1000, Comment: "hi"}),
	chosen("a comment too long", `,"commentAllowed":4`, Choice{Amount: 1000, Comment: "größe"}),
	chosen("a comment that is no text", `,"commentAllowed":4`, Choice{Amount: 1000, Comment: "\xff"}),
	chosen("a name that is not asked for", "", Choice{Amount: 1000, Payer: map[string]string{"name": "Anna"}}),
	chosen("a name that is needed", `,"payerData":{"name":{"mandatory":true}}`, Choice{Amount: 1000}),
	chosen("a name that is empty", `,"payerData":{"name":{"mandatory":false}}`, Choice{Amount: 1000, Payer: map[string]string{"name": ""}}),

	billed("an ERROR in place of an invoice", `{"status":"ERROR","reason":"sold out"}`),
	billed("no invoice", `{"routes":[]}`),
	billed("an invoice that is none", `{"pr":"lnbc1"}`),
	billed("an address in place of an invoice", `{"pr":"anna@example.com"}`),
	billed("an invoice in a link", `{"pr":"lightning:`+invoice250k+`"}`),
	billed("an invoice without an amount", `{"pr":"`+invoiceOpen+`"}`),
	{what: "an invoice over another amount", service: twice(large(""), `{"pr":"`+invoice250k+`"}`), choice: &Choice{Amount: 249_999 * money.PerSat}},
	{what: "an invoice over a millisatoshi more", service: twice(large(""), `{"pr":"`+invoice250k+`"}`), choice: &Choice{Amount: a250k.Amount - 1}},
	acted("an unknown action", `{"tag":"install\u202e","message":"x"}`),
	acted("an action without a tag", `{"message":"x"}`),
	acted("an action that is none", `"thanks"`),
	acted("a long message", `{"tag":"message","message":"`+strings.Repeat("a", 145)+`"}`),
	acted("a link to a script", `{"tag":"url","description":"x","url":"javascript:alert(1)"}`),
	acted("a link to nowhere", `{"tag":"url","description":"x","url":""}`),
	acted("a short iv", `{"tag":"aes","iv":"AAAA","ciphertext":"AAAAAAAAAAAAAAAAAAAAAA=="}`),
	acted("nothing encrypted", `{"tag":"aes","iv":"AAAAAAAAAAAAAAAAAAAAAA==","ciphertext":""}`),
	acted("half a block encrypted", `{"tag":"aes","iv":"AAAAAAAAAAAAAAAAAAAAAA==","ciphertext":"AAAA"}`),
	acted("too much encrypted", `{"tag":"aes","iv":"AAAAAAAAAAAAAAAAAAAAAA==","ciphertext":"`+strings.Repeat("AAAAAAAAAAAAAAAAAAAAAA==", 200)+`"}`),
	acted("encrypted in no base64", `{"tag":"aes","iv":"AAAAAAAAAAAAAAAAAAAAAA==","ciphertext":"!"}`),

	handed("a withdrawal that is refused", `{"status":"ERROR","reason":"empty"}`),
	handed("a withdrawal without a word", `{}`),
	{what: "an invoice over more than is paid out", link: withdrawLink, service: says(drawn("")), hand: true},

	{what: "too many redirects", service: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	})},
	{what: "a redirect to itself", service: goesTo("https://example.com/pay")},
	{what: "a redirect to http", service: goesTo("http://example.com/pay")},
	{what: "a redirect with a password", service: goesTo("https://a:b@example.com/pay")},
	{what: "a certificate of somebody else", link: "lnurlp://other.example/pay", service: says(pays(""))},
	{what: "a huge answer", service: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte(" "), 4096)); err != nil {
				return
			}
		}
	})},
	{what: "an answer that ends half way", service: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte(`{"tag":`))
	})},
	{what: "an answer that does not end", service: hangs, prepare: func(c *Client) { c.http.Timeout = 200 * time.Millisecond }},
	{what: "no time left", service: hangs, ctx: func(t *testing.T) context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}},
	{what: "interrupted", service: hangs, ctx: func(t *testing.T) context.Context {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx
	}},
	{what: "a name that nobody knows", prepare: func(c *Client) { *c = *New(Options{Resolver: nobodyKnows}) }},
	{what: "an address of this qube", link: "lnurlp://127.0.0.1/pay", prepare: func(c *Client) { *c = *New(Options{}) }},
}

// TestRefusals holds testdata/refusals.golden: what a person reads in each
// case. Nothing of it has a character that does something to a terminal.
func TestRefusals(t *testing.T) {
	var got strings.Builder
	for _, r := range refusals {
		e := r.run(t)
		if e == nil {
			t.Errorf("%s: not refused", r.what)
			continue
		}
		k, known := wire.Find(e.Code)
		if !known || e.Payment != wire.NotSent || e.Hint == "" || !strings.HasSuffix(e.Message, ".") || len(e.Message) > 1200 {
			t.Errorf("%s: %+v", r.what, e)
		}
		if strings.ContainsAny(e.Message+e.Hint, "\x1b\u202e\n") {
			t.Errorf("%s: %q", r.what, e.Message)
		}
		fmt.Fprintf(&got, "%s\n\t%s, exit %d\n\t%s\n\t%s\n", r.what, e.Code, k.Exit, e.Message, e.Hint)
	}
	const file = "testdata/refusals.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || got.String() != string(want) {
		t.Errorf("run go test ./internal/client/lnurl -update and look at the difference: %v\n%s", err, got.String())
	}
}

func (r refusal) run(t *testing.T) *wire.Error {
	t.Helper()
	if r.service == nil {
		r.service = says(pays(""))
	}
	if r.link == "" {
		r.link = payLink
	}
	c, ctx := serve(t, r.service), background(t)
	if r.prepare != nil {
		r.prepare(c)
	}
	if r.ctx != nil {
		ctx = r.ctx(t)
	}
	s, e := c.Open(ctx, target(t, r.link))
	switch {
	case e != nil && (r.choice != nil || r.hand):
		t.Errorf("%s: refused before: %v", r.what, e)
	case e != nil:
		return e
	case r.hand:
		return s.Withdraw.Hand(ctx, invoice250k)
	case r.choice != nil:
		_, e = s.Pay.Bill(ctx, *r.choice)
	}
	return e
}
