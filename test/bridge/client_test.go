package bridge

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"qpay/internal/client/native"
	"qpay/internal/wire"
	"qpay/test/world"
)

var paths = map[string]string{wire.ServicePay: "/v1/pay", wire.ServiceMakeInvoice: "/v1/invoice", wire.ServiceLookupInvoice: "/v1/lookup",
	wire.ServiceGetInfo: "/v1/info"}

// server is qpay bridge in a qube, and a client of it with the token that
// qpay bridge token prints there.
type server struct {
	cmd        *exec.Cmd
	url, token string
	ended      chan struct{}
}

func startBridge(t *testing.T, ctx context.Context, w *world.World, qube string) *server {
	t.Helper()
	b := &server{cmd: w.Qpay(ctx, qube, "bridge", "--listen", "127.0.0.1:0"), ended: make(chan struct{})}
	out, err := b.cmd.StdoutPipe()
	must(t, err)
	must(t, b.cmd.Start())
	lines := bufio.NewReader(out)
	b.url, err = lines.ReadString('\n')
	must(t, err)
	b.url = strings.TrimSpace(b.url)
	go func() { b.cmd.Wait(); close(b.ended) }()
	t.Cleanup(func() { b.cmd.Process.Kill(); <-b.ended })
	token, err := w.Qpay(ctx, qube, "bridge", "token").Output()
	must(t, err)
	b.token = strings.TrimSpace(string(token))
	return b
}

// response is what came, or will.
type response struct {
	status int
	body   []byte
	err    error
	done   chan struct{}
	leave  context.CancelFunc
}

func (b *server) post(ctx context.Context, service, request string) *response {
	ctx, leave := context.WithCancel(ctx)
	r := &response{done: make(chan struct{}), leave: leave}
	go func() {
		defer close(r.done)
		defer leave()
		q, err := http.NewRequestWithContext(ctx, "POST", b.url+paths[service], strings.NewReader(request))
		if err != nil {
			r.err = err
			return
		}
		q.Header.Set("Authorization", "Bearer "+b.token)
		q.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			r.err = err
			return
		}
		defer a.Body.Close()
		r.status = a.StatusCode
		r.body, r.err = io.ReadAll(a.Body)
	}()
	return r
}

func (r *response) wait(t *testing.T) *response {
	t.Helper()
	select {
	case <-r.done:
	case <-time.After(patience):
		t.Fatal("no response")
	}
	must(t, r.err)
	return r
}

// host is qpay-native-host in a qube, and the browser that started it.
type host struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    chan answer
	stderr strings.Builder
	ended  chan struct{}
}

type answer struct {
	ID     int
	Answer json.RawMessage
	Error  *wire.Error
}

func startHost(t *testing.T, ctx context.Context, w *world.World, qube string) *host {
	t.Helper()
	// As Firefox does: the path of its manifest, and the id of the extension.
	h := &host{t: t, cmd: w.Qubes.Command(ctx, qube, "qpay-native-host", "/usr/lib/mozilla/native-messaging-hosts/qpay.json", "webln@qpay"),
		out: make(chan answer, 100), ended: make(chan struct{})}
	var err error
	h.in, err = h.cmd.StdinPipe()
	must(t, err)
	out, err := h.cmd.StdoutPipe()
	must(t, err)
	h.cmd.Stderr = &h.stderr
	must(t, h.cmd.Start())
	go func() {
		for {
			body, err := native.ReadMessage(out)
			if err != nil {
				break
			}
			var a answer
			if json.Unmarshal(body, &a) != nil {
				break
			}
			h.out <- a
		}
		close(h.out)
		h.cmd.Wait()
		close(h.ended)
	}()
	t.Cleanup(func() { h.cmd.Process.Kill(); <-h.ended })
	return h
}

func (h *host) send(text string) {
	h.t.Helper()
	must(h.t, native.WriteMessage(h.in, []byte(text)))
}

func (h *host) receive() answer {
	h.t.Helper()
	select {
	case a, ok := <-h.out:
		if !ok {
			<-h.ended
			h.t.Fatalf("the host ended: %s", h.stderr.String())
		}
		return a
	case <-time.After(patience):
		h.t.Fatal("no answer")
		return answer{}
	}
}

// wait waits for the end and compares the exit code.
func (h *host) wait(code int) string {
	h.t.Helper()
	select {
	case <-h.ended:
	case <-time.After(patience):
		h.t.Fatal("the host still runs")
	}
	if got := h.cmd.ProcessState.ExitCode(); got != code {
		h.t.Fatalf("exit code %d, want %d: %s", got, code, h.stderr.String())
	}
	return h.stderr.String()
}
