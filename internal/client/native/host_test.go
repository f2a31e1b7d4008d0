package native

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"qpay/internal/wire"
)

const patience = 20 * time.Second

// browser is the other end of a port. Calls of services wait until they are
// told what to answer.
type browser struct {
	t     *testing.T
	in    *io.PipeWriter
	out   *io.PipeReader
	begun chan *asked
	open  atomic.Int32
	err   chan error
}

type asked struct {
	what   string
	ctx    context.Context
	answer chan string // an error if it begins with a letter
}

func connect(t *testing.T) *browser {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	b := &browser{t: t, in: inW, out: outR, begun: make(chan *asked, 100), err: make(chan error, 1)}
	h := Host{
		Call: func(ctx context.Context, service string, untrusted []byte) ([]byte, *wire.Error) {
			return b.ask(ctx, service+" "+string(untrusted))
		},
		Open: func(ctx context.Context, text, origin string) ([]byte, *wire.Error) {
			return b.ask(ctx, "open "+text+" "+origin)
		},
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() { b.err <- h.Serve(ctx, inR, outW); outW.Close() }()
	t.Cleanup(func() { stop(); outR.Close(); inW.Close() })
	return b
}

func (b *browser) ask(ctx context.Context, what string) ([]byte, *wire.Error) {
	b.open.Add(1)
	defer b.open.Add(-1)
	a := &asked{what, ctx, make(chan string)}
	b.begun <- a
	select {
	case text := <-a.answer:
		if text[0] != '{' {
			return nil, wire.New(wire.Code(text), "m", "h")
		}
		return []byte(text), nil
	case <-ctx.Done():
		return nil, wire.New(wire.Interrupted, "m", "h")
	}
}

func (b *browser) send(text string) {
	b.t.Helper()
	if err := WriteMessage(b.in, []byte(text)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) receive() string {
	b.t.Helper()
	body, err := ReadMessage(b.out)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(body)
}

func (b *browser) next() *asked {
	b.t.Helper()
	select {
	case a := <-b.begun:
		return a
	case <-time.After(patience):
		b.t.Fatal("nothing was asked")
		return nil
	}
}

func (b *browser) ended() error {
	b.t.Helper()
	select {
	case err := <-b.err:
		return err
	case <-time.After(patience):
		b.t.Fatal("the host still runs")
		return nil
	}
}

func request(i int) string { return fmt.Sprintf(`{"id":%d,%s}`, i, pay) }

func TestAnswersFindTheirRequests(t *testing.T) {
	b := connect(t)
	b.send(request(1))
	first := b.next()
	if first.what != `qpay.Pay {"v":1,"invoice":"lnbc1"}` {
		t.Error(first.what)
	}
	b.send(`{"id":2,"open":"lightning:x","origin":"https://a.b"}`)
	second := b.next()
	if second.what != "open lightning:x https://a.b" {
		t.Error(second.what)
	}
	second.answer <- `{"v":1,"second":true}`
	if got := b.receive(); got != `{"id":2,"answer":{"v":1,"second":true}}` {
		t.Error(got)
	}
	first.answer <- "denied"
	if got := b.receive(); got != `{"id":1,"error":{"code":"denied","message":"m","hint":"h","payment":"not_sent"}}` {
		t.Error(got)
	}
	b.in.Close()
	if err := b.ended(); err != nil {
		t.Error(err)
	}
}

func TestSeventeenthIsBusy(t *testing.T) {
	b := connect(t)
	var waiting []*asked
	for i := 1; i <= MaxWaiting; i++ {
		b.send(request(i))
		waiting = append(waiting, b.next())
	}
	b.send(request(17))
	if got := b.receive(); !strings.HasPrefix(got, `{"id":17,"error":{"code":"busy",`) || !strings.Contains(got, "nothing was paid") {
		t.Error(got)
	}
	waiting[0].answer <- "{}"
	b.receive()
	b.send(request(18))
	b.next()
}

func TestCancelEndsTheCallWithoutAnAnswer(t *testing.T) {
	b := connect(t)
	b.send(request(1))
	first := b.next()
	b.send(request(2))
	second := b.next()
	b.send(`{"cancel":1}`)
	<-first.ctx.Done()
	b.send(`{"cancel":99}`) // was answered, or never there
	second.answer <- "{}"
	if got := b.receive(); !strings.HasPrefix(got, `{"id":2,`) {
		t.Error(got)
	}
	b.in.Close()
	if rest, err := io.ReadAll(b.out); err != nil || len(rest) != 0 {
		t.Errorf("%v, %q", err, rest)
	}
}

func TestClosedPortEndsAllCalls(t *testing.T) {
	b := connect(t)
	b.send(request(1))
	b.send(request(2))
	first, second := b.next(), b.next()
	b.in.Close()
	<-first.ctx.Done()
	<-second.ctx.Done()
	if err := b.ended(); err != nil || b.open.Load() != 0 {
		t.Error(err, b.open.Load())
	}
}

func TestTimeLimit(t *testing.T) {
	b := connect(t)
	b.send(`{"id":1,` + pay + `,"timeout_ms":1}`)
	a := b.next()
	<-a.ctx.Done()
	if !errors.Is(a.ctx.Err(), context.DeadlineExceeded) {
		t.Error(a.ctx.Err())
	}
	if got := b.receive(); !strings.Contains(got, `"payment":"unknown"`) {
		t.Error(got)
	}
	for text, most := range map[string]time.Duration{
		`{"id":2,` + pay + `,"timeout_ms":86400000}`:          15 * time.Minute,
		`{"id":3,"service":"qpay.GetInfo","request":{"v":1}}`: time.Minute,
		`{"id":4,"open":"lnbc1"}`:                             15 * time.Minute,
	} {
		b.send(text)
		limit, ok := b.next().ctx.Deadline()
		if left := time.Until(limit); !ok || left > most || left < most-patience {
			t.Errorf("%s: %s", text, left)
		}
	}
}

// The extension opens with an empty message, to see whether the host is there.
func TestOpeningMessageIsRefusedWithItsID(t *testing.T) {
	b := connect(t)
	b.send(`{"id":1}`)
	if got := b.receive(); !strings.HasPrefix(got, `{"id":1,"error":{"code":"bad_request",`) || !strings.Contains(got, `"payment":"not_sent"`) {
		t.Error(got)
	}
	b.send(request(1)) // the id is free again
	b.next()
}

func TestMalformedIsAnsweredAndTheNextWorks(t *testing.T) {
	b := connect(t)
	b.send(`{"id":1,"nonsense":true}`)
	if got := b.receive(); !strings.HasPrefix(got, `{"id":1,"error":{"code":"bad_request",`) || !strings.Contains(got, `"hint"`) {
		t.Error(got)
	}
	b.send(request(1))
	b.next()
}

// What cannot be answered ends the host, and the calls that wait with it.
func TestEndsOn(t *testing.T) {
	for name, c := range map[string]struct {
		send func(io.Writer)
		want error
	}{
		"a message without an id": {func(w io.Writer) { WriteMessage(w, []byte(`{"x":1}`)) }, errNoID},
		"no JSON":                 {func(w io.Writer) { WriteMessage(w, []byte(`hello`)) }, errNoID},
		"an id that waits":        {func(w io.Writer) { WriteMessage(w, []byte(request(1))) }, errInUse},
		"the same, malformed":     {func(w io.Writer) { WriteMessage(w, []byte(`{"id":1,"x":1}`)) }, errInUse},
		"a length of 4 GiB":       {func(w io.Writer) { w.Write(framed(0xffffffff, "")) }, ErrTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			b := connect(t)
			b.send(request(1))
			waits := b.next()
			c.send(b.in)
			<-waits.ctx.Done()
			if err := b.ended(); !errors.Is(err, c.want) {
				t.Error(err)
			}
			if rest, err := io.ReadAll(b.out); err != nil || len(rest) != 0 {
				t.Errorf("%v, %q", err, rest)
			}
		})
	}
}

// A browser that reads no answers keeps the host waiting no longer than grace.
func TestOutputThatFailsEndsTheHost(t *testing.T) {
	b := connect(t)
	b.send(request(1))
	b.send(request(2))
	b.next().answer <- "{}"
	other := b.next()
	b.out.CloseWithError(io.ErrClosedPipe)
	<-other.ctx.Done()
	if err := b.ended(); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

func TestPrinted(t *testing.T) {
	for name, c := range map[string]struct {
		line  string
		exit  int
		ended error
		want  string
	}{
		"an answer":            {"{\"v\":1,\"preimage\":\"00\"}\n", 0, nil, `{"v":1,"preimage":"00"}`},
		"an error":             {`{"v":1,"error":{"code":"denied","message":"m","hint":"h","payment":"not_sent"}}`, 3, nil, "denied not_sent"},
		"its last words":       {`{"v":1,"error":{"code":"interrupted","message":"m","payment":"unknown"}}`, 7, context.DeadlineExceeded, "interrupted unknown"},
		"a qpay of before":     {"", 2, nil, "bad_request not_sent"},
		"nothing":              {"", 1, nil, "no_answer unknown"},
		"nothing in time":      {"", -1, context.DeadlineExceeded, "client_timeout unknown"},
		"two lines":            {"{\"v\":1}\n{\"v\":1}\n", 0, nil, "no_answer unknown"},
		"no JSON":              {"paid", 0, nil, "no_answer unknown"},
		"without a version":    {`{"preimage":"00"}`, 0, nil, `{"preimage":"00"}`},
		"another version":      {`{"v":2}`, 0, nil, "no_answer unknown"},
		"half of it and usage": {`{"v":1`, 2, nil, "no_answer unknown"},
	} {
		got, e := printed([]byte(c.line), c.exit, c.ended)
		text := string(got)
		if e != nil {
			text = fmt.Sprintf("%s %s", e.Code, e.Payment)
		}
		if text != c.want {
			t.Errorf("%s: %s", name, text)
		}
		if e == nil && !json.Valid(got) {
			t.Errorf("%s: not JSON", name)
		}
	}
}
