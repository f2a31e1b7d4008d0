package provider

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"

	"qpay/test/browser/client"
	"qpay/test/browser/page"
)

// attacks is what a hostile page can try against a server on loopback: $base
// is its address, $body a good request. Each ends by itself.
const attacks = `
	const add = (name, set) => new Promise((done) => {
		const e = document.createElement(name)
		e.onload = e.onerror = () => done()
		setTimeout(done, 1500)
		set(e)
		document.body.append(e)
	})
	const post = (enctype, fields) => add('iframe', (frame) => {
		frame.name = 'f' + Math.random()
		setTimeout(() => {
			const form = document.createElement('form')
			Object.assign(form, { method: 'post', action: pay, enctype, target: frame.name })
			for (const [name, value] of fields) {
				const input = document.createElement('input')
				Object.assign(input, { type: 'hidden', name, value })
				form.append(input)
			}
			document.body.append(form)
			form.submit()
		})
	})
	const settle = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, 1500))]).then(() => {}, () => {})
	const event = (o) => settle(new Promise((done) => { o.onopen = o.onerror = o.onclose = done }).finally(() => o.close()))
	const pay = $base + '/v1/pay'
	const json = { 'Content-Type': 'application/json' }
	const guess = { ...json, Authorization: 'Bearer ' + '0'.repeat(64) }
	const send = (options) => settle(fetch(pay, { method: 'POST', body: $body, ...options }))
	const all = {
		'image': () => add('img', (e) => { e.src = pay + '?i=1' }),
		'script': () => add('script', (e) => { e.src = pay }),
		'module': () => add('script', (e) => { e.type = 'module'; e.src = pay }),
		'style': () => add('link', (e) => { e.rel = 'stylesheet'; e.href = pay }),
		'iframe': () => add('iframe', (e) => { e.src = pay }),
		'object': () => add('object', (e) => { e.data = pay }),
		'video': () => add('video', (e) => { e.src = pay }),
		'preload': () => add('link', (e) => { e.rel = 'prefetch'; e.href = pay + '?p=1' }),
		'form': () => post('application/x-www-form-urlencoded', [['v', '1'], ['invoice', 'x']]),
		'form as text that is JSON': () => post('text/plain', [[$body.slice(0, -1) + ',"x":"', '"}']]),
		'form of parts': () => post('multipart/form-data', [['', $body]]),
		'beacon': () => settle(Promise.resolve(navigator.sendBeacon(pay, $body))),
		'beacon of JSON': () => settle(Promise.resolve(navigator.sendBeacon(pay, new Blob([$body], { type: 'application/json' })))),
		'ping': () => { const a = document.createElement('a'); a.href = '#'; a.ping = pay; document.body.append(a); a.click() },
		'fetch': () => send({}),
		'fetch no-cors': () => send({ mode: 'no-cors' }),
		'fetch no-cors, JSON': () => send({ mode: 'no-cors', headers: json }),
		'fetch JSON': () => send({ headers: json }),
		'fetch with cookies': () => send({ credentials: 'include', mode: 'no-cors' }),
		'fetch with a guessed token': () => send({ headers: guess }),
		'fetch keepalive': () => send({ keepalive: true, mode: 'no-cors' }),
		'fetch that names the address space': () => send({ targetAddressSpace: 'loopback', mode: 'no-cors' }),
		'fetch PUT': () => send({ method: 'PUT' }),
		'fetch GET': () => settle(fetch(pay, { mode: 'no-cors' })),
		'fetch by no referrer': () => send({ referrerPolicy: 'no-referrer', mode: 'no-cors' }),
		'worker': () => settle(new Promise((done) => {
			const w = new Worker(URL.createObjectURL(new Blob(['fetch("' + pay + '", { method: "POST", mode: "no-cors", body: "{}" }).finally(() => postMessage(1))'])))
			w.onmessage = w.onerror = done
		})),
		'frame without an origin': () => add('iframe', (e) => { e.sandbox = 'allow-scripts allow-forms'; e.srcdoc = '<script>fetch("' + pay + '", { method: "POST", mode: "no-cors", body: "{}" })<\/script>' }),
		'XMLHttpRequest': () => settle(new Promise((done) => { const x = new XMLHttpRequest(); x.open('POST', pay); x.onloadend = done; x.send($body) })),
		'EventSource': () => event(new EventSource(pay)),
		'WebSocket': () => event(new WebSocket(pay.replace('http', 'ws'))),
	}
	await Promise.all(Object.values(all).map((attack) => attack()))
	await new Promise((done) => setTimeout(done, 300))
	return Object.keys(all)`

// listener logs what arrives: an attack that does not even arrive there proves
// nothing.
type listener struct {
	*httptest.Server
	mu   sync.Mutex
	seen map[string]int
}

func listen() *listener {
	l := &listener{seen: map[string]int{}}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.seen[r.Method+" "+r.Header.Get("Sec-Fetch-Dest")]++
	}))
	return l
}

// bridge starts qpay bridge in the qube and gives its address.
func (f *fixture) bridge(port int) (address string, stop func()) {
	f.Helper()
	cmd := f.w.Qpay(f.ctx, client.Qube, "bridge", "--listen", fmt.Sprintf("127.0.0.1:%d", port))
	out, err := cmd.StdoutPipe()
	f.must(err)
	f.must(cmd.Start())
	stop = sync.OnceFunc(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	f.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	f.must(err)
	return strings.TrimSpace(line), stop
}

func (f *fixture) port() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	f.must(err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// holder is the positive control: who holds the token does open the window.
func (f *fixture) holder(address, body string) {
	f.Helper()
	token, err := f.w.Qpay(f.ctx, client.Qube, "bridge", "token").Output()
	f.must(err)
	req, err := http.NewRequestWithContext(f.ctx, "POST", address+"/v1/pay", strings.NewReader(body))
	f.must(err)
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	req.Header.Set("Content-Type", "application/json")
	answer := make(chan string, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		answer <- string(text)
	}()
	f.deny("Pay 17 sat")
	if text := <-answer; !strings.Contains(text, `"denied"`) {
		f.Errorf("the holder of the token got %s", text)
	}
}

func (f *fixture) payBody() string {
	text, err := json.Marshal(map[string]any{"v": 1, "invoice": f.invoice(17).PaymentRequest})
	f.must(err)
	return string(text)
}

// Nothing that a page can send opens a window or makes a call.
func TestBridgeAttacks(t *testing.T) {
	each(t, func(f *fixture) {
		body := f.payBody()
		address, _ := f.bridge(f.port())
		before := f.calls("")
		witness := listen()
		defer witness.Close()
		for _, origin := range []string{pages().At("evil.test"), pages().Secure("evil.test")} {
			p := f.visit(origin, "", "")
			code := "const $base = $1, $body = $2;" + attacks
			first, second := p.Start(code, witness.URL, body), p.Start(code, address, body)
			for _, j := range []*page.Job{first, second} {
				r, err := j.Wait(f.ctx)
				f.must(err)
				if r.Error != nil {
					f.Fatal(r.Error)
				}
			}
		}
		witness.mu.Lock()
		for _, kind := range []string{"GET image", "GET script", "GET style", "GET iframe", "POST iframe", "POST empty", "OPTIONS empty", "GET empty"} {
			if witness.seen[kind] == 0 {
				f.Errorf("%s never arrived anywhere: %v", kind, witness.seen)
			}
		}
		witness.mu.Unlock()

		// A link to it, which a page can make the person click, or follow by itself.
		p := f.visit(pages().At("evil.test"), "", "")
		p.Start("location.href = $1", address+"/v1/pay")
		for url := ""; !strings.HasPrefix(url, address); {
			f.must(f.ctx.Err())
			url, _ = f.c.URL(f.ctx)
		}
		f.must(f.c.Alone(f.ctx))

		if n := f.calls("") - before; n != 0 {
			f.Errorf("%d qrexec calls", n)
		}
		f.must(f.w.NoWindow(f.ctx))
		f.holder(address, body)
		if n := f.calls("") - before; n != 1 {
			f.Errorf("%d qrexec calls, want that of the token's holder", n)
		}
	})
}

// The end of a DNS rebinding: the page's own origin is the bridge.
func TestBridgeRebinding(t *testing.T) {
	each(t, func(f *fixture) {
		body := f.payBody()
		before := f.calls("")
		port := f.port()
		own := &http.Server{Addr: fmt.Sprintf("127.0.0.1:%d", port), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<!doctype html><title>rebinding</title>")
		})}
		l, err := net.Listen("tcp", own.Addr)
		f.must(err)
		go own.Serve(l)
		f.must(f.c.Alone(f.ctx))
		f.must(f.c.Open(f.ctx, fmt.Sprintf("http://evil.test:%d/", port)))
		own.Close()
		address, _ := f.bridge(port)
		var got []string
		f.must(f.c.Run(f.ctx, `
			const out = []
			for (const [method, path, headers] of [['POST', '/v1/pay', { 'Content-Type': 'application/json' }], ['GET', '/v1/pay', {}], ['GET', '/v1/openapi.json', {}],
				['POST', '/v1/pay', { 'Content-Type': 'application/json', Authorization: 'Bearer ' + '0'.repeat(64) }]]) {
				const x = new XMLHttpRequest()
				x.open(method, path, false)
				for (const name in headers) x.setRequestHeader(name, headers[name])
				x.send(method === 'POST' ? arguments[0] : null)
				out.push(x.status + ' ' + x.responseText)
			}
			return out`, &got, body))
		for _, g := range got {
			if !strings.HasPrefix(g, "403 ") || !strings.Contains(g, "Host header") {
				f.Errorf("%s", g)
			}
		}
		if n := f.calls("") - before; n != 0 || len(got) != 4 {
			f.Errorf("%d qrexec calls, %d answers", n, len(got))
		}
		f.holder(address, body)
	})
}
