package lnurl

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"qpay/internal/money"
	"qpay/internal/wire"
)

func base64Lines(b []byte) string { return base64.StdEncoding.EncodeToString(b) + "\n" }

// recorder answers as twice does and keeps the last question at the callback.
func recorder(first, then string) (http.Handler, *url.URL) {
	asked := &url.URL{}
	h := twice(first, then)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/cb") {
			*asked = *r.URL
		}
		h.ServeHTTP(w, r)
	}), asked
}

func TestBill(t *testing.T) {
	const metadata = `[[\"text/plain\",\"coffee\"],[\"text/long-desc\",\"all of it\"]]`
	first := strings.Replace(large(`,"commentAllowed":5,"payerData":{"name":{"mandatory":true},"email":{"mandatory":false},"pubkey":{"mandatory":false},"auth":null}`),
		`[[\"text/plain\",\"coffee\"]]`, metadata, 1)
	first = strings.Replace(first, `/cb"`, `/cb?id=7&x=a%2fb#frag"`, 1)
	h, asked := recorder(first, `{"pr":"`+strings.ToUpper(invoice250k)+`","routes":[],"disposable":null,"successAction":{"tag":"message","message":"thanks"},"new":1}`)
	c := serve(t, h)
	s, e := open(t, c, "anna@"+host)
	if e != nil {
		t.Fatal(e)
	}
	p := s.Pay
	if p.Short != "coffee" || p.Long != "all of it" || p.Name != "anna@"+host || p.CommentMax != 5 || strings.Join(p.Payer.Fields(), " ") != "name email" {
		t.Errorf("%+v", p)
	}
	bill, e := p.Bill(background(t), Choice{Amount: a250k.Amount, Comment: "ö +&☕", Payer: map[string]string{"name": `A "n" <a>`}})
	if e != nil {
		t.Fatal(e)
	}
	if asked.RawQuery != "id=7&x=a%2fb&amount=250000000&comment=%C3%B6%20%2B%26%E2%98%95&payerdata=%7B%22name%22%3A%22A%20%5C%22n%5C%22%20%5Cu003ca%5Cu003e%22%7D" {
		t.Error(asked.RawQuery)
	}
	want := wire.Context{Address: "anna@" + host, Metadata: `[["text/plain","coffee"],["text/long-desc","all of it"]]`, PayerData: asked.Query().Get("payerdata")}
	if bill.Invoice != invoice250k || bill.Context != want || bill.Action.Reveal("").Message != "thanks" {
		t.Errorf("%+v", bill)
	}
}

// Metadata that is too long for the wallet is left out, all of it.
func TestLongMetadataIsLeftOut(t *testing.T) {
	for what, c := range map[string]struct {
		text string
		kept bool
	}{
		"short":             {"coffee", true},
		"a picture":         {strings.Repeat("A", 5000), false},
		"long only in JSON": {strings.Repeat("<", 4000), false},
	} {
		metadata, _ := json.Marshal([][]string{{"text/plain", c.text}})
		p := Pay{metadata: string(metadata)}
		if got := p.context(invoice250k, ""); (got.Metadata != "") != c.kept {
			t.Errorf("%s: %d bytes", what, len(got.Metadata))
		}
		if got := p.context(invoice250k, strings.Repeat("p", wire.MaxMetadata)); got.Metadata != "" || got.PayerData != "" {
			t.Errorf("%s: half of it was kept", what)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		l           limits
		least, most money.Msat
		says        string
	}{
		{limits{1000, 5000}, 1000, 5000, "from 1 sat to 5 sat"},
		{limits{1, 5999}, 1000, 5000, "from 1 sat to 5 sat"},
		{limits{1001, 2999}, 2000, 2000, "exactly 2 sat"},
		{limits{1100, 1900}, 1100, 1900, "from 1.1 sat to 1.9 sat"},
		{limits{1500, 1500}, 1500, 1500, "exactly 1.5 sat"},
		{limits{1, money.Max}, 1000, money.Max, "from 1 sat to " + money.Max.String()},
	} {
		if least, most := c.l.Whole(); least != c.least || most != c.most || c.l.String() != c.says {
			t.Errorf("%+v: %d, %d, %s", c.l, least, most, c.l)
		}
	}
}

func TestWithdraw(t *testing.T) {
	h, asked := recorder(strings.Replace(drawn(`,"defaultDescription":"`+strings.Repeat("ö", 400)+`"`), "500000", "250000000", 1), `{"status":"OK"}`)
	c := serve(t, h)
	s, e := open(t, c, withdrawLink)
	if e != nil {
		t.Fatal(e)
	}
	w := s.Withdraw
	q, e := w.Request(nil)
	if e != nil || *q.Min != 1000 || *q.Max != 250_000_000 || *q.Default != *q.Max || q.Amount != nil || len(q.Memo) != 638 || !utf8.ValidString(q.Memo) ||
		q.Context.Address != host {
		t.Errorf("%+v, %v", q, e)
	}
	five := money.Msat(5000)
	if q, e := w.Request(&five); e != nil || *q.Amount != five || q.Min != nil {
		t.Errorf("%+v, %v", q, e)
	}
	much := money.Msat(250_001_000)
	if _, e := w.Request(&much); e == nil || e.Code != wire.BadChoice {
		t.Error(e)
	}
	if e := w.Hand(background(t), invoice250k); e != nil || asked.RawQuery != "k1=abc&pr="+invoice250k {
		t.Error(e, asked.RawQuery)
	}
}

// A service without a minimum or a text, and one that leaves nothing open.
func TestWithdrawWithoutChoice(t *testing.T) {
	for body, want := range map[string]money.Msat{
		`{"tag":"withdrawRequest","callback":"https://example.com/cb","k1":"a","maxWithdrawable":1500}`:                          1000,
		`{"tag":"withdrawRequest","callback":"https://example.com/cb","k1":"a","minWithdrawable":1500,"maxWithdrawable":1500}`:   1500,
		`{"tag":"withdrawRequest","callback":"https://example.com/cb","k1":"a","minWithdrawable":2000,"maxWithdrawable":2000.0}`: 0,
	} {
		s, e := open(t, serve(t, says(body)), withdrawLink)
		if want == 0 {
			if e == nil {
				t.Errorf("%s was taken", body)
			}
			continue
		}
		if e != nil {
			t.Fatal(e)
		}
		if q, e := s.Withdraw.Request(nil); e != nil || q.Amount == nil || *q.Amount != want || q.Memo != "" {
			t.Errorf("%s: %+v, %v", body, q, e)
		}
	}
}

// Below .onion there is no certificate: Tor itself proves the name. Only such
// names are asked by http, and they may lead to each other.
func TestOnionByHTTP(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !onion(r.Host):
			t.Errorf("asked for %s", r.Host)
		case r.URL.Path == "/cb":
			io.WriteString(w, `{"pr":"`+invoice250k+`"}`)
		default:
			io.WriteString(w, strings.Replace(large(""), "https://"+host, "http://other.onion", 1))
		}
	}))
	t.Cleanup(s.Close)
	c := New(Options{Test: &Test{Address: netip.MustParseAddrPort(s.Listener.Addr().String())}})
	got, e := open(t, c, "lnurlp://abc.onion/pay")
	if e != nil {
		t.Fatal(e)
	}
	if b, e := got.Pay.Bill(background(t), a250k); e != nil || b.Context.Address != "abc.onion" {
		t.Errorf("%+v, %v", b, e)
	}
}

// Neither status nor type of an answer counts (LUD-01).
func TestStatusDoesNotCount(t *testing.T) {
	c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusTeapot)
		w.Write([]byte(pays("")))
	}))
	if _, e := open(t, c, payLink); e != nil {
		t.Error(e)
	}
}

func encrypted(key, iv []byte, text string) []byte {
	padding := aes.BlockSize - len(text)%aes.BlockSize
	plain := append([]byte(text), bytes.Repeat([]byte{byte(padding)}, padding)...)
	block, _ := aes.NewCipher(key)
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
	return out
}

func TestReveal(t *testing.T) {
	key, iv := bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{9}, 16)
	secret := func(ciphertext []byte) *Action {
		return &Action{tag: "aes", text: "the key", iv: iv, ciphertext: ciphertext}
	}
	const failed = "the payment was made, and what the service had encrypted cannot be read: show it the preimage"
	broken := encrypted(key, iv, "wrong padding")
	broken[len(broken)-1] ^= 1
	notText := encrypted(key, iv, "\xff\xfe")
	for what, c := range map[string]struct {
		action *Action
		key    string
		want   Said
	}{
		"a short text":    {secret(encrypted(key, iv, "a")), hex.EncodeToString(key), Said{Tag: "aes", About: "the key", Message: "a"}},
		"a whole block":   {secret(encrypted(key, iv, "0123456789abcdef")), hex.EncodeToString(key), Said{Tag: "aes", About: "the key", Message: "0123456789abcdef"}},
		"no text":         {secret(encrypted(key, iv, "")), hex.EncodeToString(key), Said{Tag: "aes", About: "the key"}},
		"another key":     {secret(encrypted(key, iv, "a")), strings.Repeat("08", 32), Said{Tag: "aes", About: "the key", Warning: failed}},
		"no key":          {secret(encrypted(key, iv, "a")), "", Said{Tag: "aes", About: "the key", Warning: failed}},
		"a broken end":    {secret(broken), hex.EncodeToString(key), Said{Tag: "aes", About: "the key", Warning: failed}},
		"not text":        {secret(notText), hex.EncodeToString(key), Said{Tag: "aes", About: "the key", Warning: failed}},
		"a link":          {&Action{tag: "url", text: "your ticket", url: "https://example.com/1"}, "", Said{Tag: "url", About: "your ticket", URL: "https://example.com/1"}},
		"a link far away": {&Action{tag: "url", url: "https://x.example/1", elsewhere: "w"}, "", Said{Tag: "url", URL: "https://x.example/1", Warning: "w"}},
	} {
		if got := c.action.Reveal(c.key); *got != c.want {
			t.Errorf("%s: %+v", what, *got)
		}
	}
	if (*Action)(nil).Reveal("") != nil {
		t.Error("nothing to show was shown")
	}
}

func TestLinkElsewhereWarns(t *testing.T) {
	for link, want := range map[string]string{
		"https://example.com/t":     "",
		"https://EXAMPLE.com:8/t":   "",
		"http://t.example.com/":     `the link leads to "t.example.com", not to the service itself`,
		"https://a@evil.example/ab": `the link leads to "evil.example", not to the service itself`,
	} {
		a, e := readLink("", link, host)
		if e != nil || a.elsewhere != want {
			t.Errorf("%s: %+v, %v", link, a, e)
		}
	}
}

// Whatever comes in, decrypt gives text or an error, and what was encrypted
// with the key comes out again.
func FuzzDecrypt(f *testing.F) {
	f.Add(strings.Repeat("07", 32), bytes.Repeat([]byte{9}, 16), []byte("ticket 7"))
	f.Add("", []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, preimage string, iv, data []byte) {
		if got, err := decrypt(preimage, iv, data); err == nil && !utf8.ValidString(got) {
			t.Fatalf("not text: %q", got)
		}
		key, err := hex.DecodeString(preimage)
		if err != nil || len(key) != 32 || len(iv) != 16 || !utf8.Valid(data) {
			return
		}
		if got, err := decrypt(preimage, iv, encrypted(key, iv, string(data))); err != nil || got != string(data) {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

// What a service answers first is refused, or makes sense.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(pays(`,"commentAllowed":5,"payerData":{"name":{"mandatory":true}}`)))
	f.Add([]byte(drawn(`,"defaultDescription":"x"`)))
	f.Add([]byte(`{"status":"ERROR","reason":"no"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &Client{http: &http.Client{Transport: canned(body)}}
		s, e := c.Open(context.Background(), target(t, payLink))
		switch {
		case e != nil && (e.Payment != wire.NotSent || e.Message == "" || strings.ContainsAny(e.Message+e.Hint, "\n\x1b\x00")):
			t.Fatalf("%q: %+v", body, e)
		case e != nil:
			return
		}
		p := s.Pay
		least, most := p.Whole()
		if p.Min == 0 || p.Min > p.Max || p.Max > money.Max || least < p.Min || most > p.Max || p.CommentMax < 0 || allowed(p.callback) != nil {
			t.Fatalf("%q: %+v", body, p)
		}
	})
}

// What it answers then is refused, or is an invoice over what was asked for.
func FuzzBill(f *testing.F) {
	f.Add([]byte(`{"pr":"` + invoice250k + `","successAction":{"tag":"message","message":"x"}}`))
	f.Add([]byte(`{"pr":"` + invoice250k + `","successAction":{"tag":"aes","iv":"AAAAAAAAAAAAAAAAAAAAAA==","ciphertext":"AAAAAAAAAAAAAAAAAAAAAA=="}}`))
	f.Add([]byte(`{"pr":"` + invoice250k + `","successAction":{"tag":"url","url":"https://example.com"}}`))
	p := &Pay{service: service{callback: &url.URL{Scheme: "https", Host: host}, Name: host}}
	f.Fuzz(func(t *testing.T, body []byte) {
		b, e := p.readBill(body, a250k.Amount, "")
		if e != nil {
			return
		}
		b.Action.Reveal(strings.Repeat("07", 32))
		if to := target(t, b.Invoice); to.Amount == nil || *to.Amount != a250k.Amount || b.Amount != a250k.Amount {
			t.Fatalf("%q: %+v", body, b)
		}
	})
}
