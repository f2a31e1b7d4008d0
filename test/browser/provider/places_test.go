package provider

import (
	"io"
	"net/http"
	"testing"

	"qpay/test/browser"
)

const absent = "return [typeof window.webln, typeof window.qpay].join()"

// Where there is no webln: pages that are not secure, and frames of every kind.
func TestNotSecure(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.visit(pages().At("evil.test"), "", "")
		var got string
		f.must(p.Run(f.ctx, &got, absent))
		if got != "undefined,undefined" {
			f.Errorf("a page without https has %s", got)
		}
	})
}

func TestFrames(t *testing.T) {
	each(t, func(f *fixture) {
		kinds := map[string]string{
			"same origin":  `<iframe src="` + pages().New("", "").Path() + `"></iframe>`,
			"other origin": `<iframe src="` + pages().At("127.0.0.1") + pages().New("", "").Path() + `"></iframe>`,
			"srcdoc":       `<iframe srcdoc="<p>hello"></iframe>`,
			"about:blank":  `<iframe src="about:blank"></iframe>`,
			"sandboxed":    `<iframe sandbox="allow-scripts" src="` + pages().New("", "").Path() + `"></iframe>`,
			"javascript:":  `<iframe src="javascript:'<p>hello'"></iframe>`,
			"data:":        `<iframe src="data:text/html,<p>hello"></iframe>`,
		}
		// A frame that the page may not look into tells of itself.
		const tell = `<script>addEventListener('load', () => parent.postMessage([typeof window.webln, typeof window.qpay].join(), '*'))</script>`
		kinds["other origin"] = `<iframe src="` + pages().At("127.0.0.1") + pages().Raw("<!doctype html>"+tell).Path() + `"></iframe>`
		kinds["sandboxed"] = `<iframe sandbox="allow-scripts" src="` + pages().Raw("<!doctype html>"+tell).Path() + `"></iframe>`
		kinds["data:"] = `<iframe src="data:text/html,` + "<script>onload=()=>parent.postMessage([typeof window.webln,typeof window.qpay].join(),'*')</script>" + `"></iframe>`
		for kind, frame := range kinds {
			p := f.visit(pages().Origin(), "<script>addEventListener('message', (e) => { window.told = e.data })</script>", frame)
			var got, own string
			f.must(p.Run(f.ctx, &own, "return typeof webln"))
			f.must(p.Run(f.ctx, &got, `
				if (document.readyState !== 'complete') await new Promise((done) => addEventListener('load', done))
				const w = document.querySelector('iframe').contentWindow
				try { w.document.body.innerText; return [typeof w.webln, typeof w.qpay].join() } catch {}
				while (!window.told) await new Promise((done) => setTimeout(done, 20))
				return window.told`))
			if got != "undefined,undefined" || own != "object" {
				f.Errorf("%s: the frame has %s, the page %s", kind, got, own)
			}
		}
	})
}

// Documents that no page of HTML is, and a page without an origin of its own.
func TestOtherDocuments(t *testing.T) {
	each(t, func(f *fixture) {
		for kind, text := range map[string]string{
			"application/json": `{"a":1}`,
			"image/svg+xml":    `<svg xmlns="http://www.w3.org/2000/svg"><script href="/agent.js"></script></svg>`,
			"application/xml":  `<a xmlns:h="http://www.w3.org/1999/xhtml"><h:script src="/agent.js"></h:script></a>`,
		} {
			p := pages().Raw(text)
			p.Type = kind
			f.must(f.c.Visit(f.ctx, pages().Origin(), p))
			var got string
			if kind != "application/json" { // nothing of the page's own runs in it
				var unheard bool
				f.must(p.Run(f.ctx, &unheard, "return document.dispatchEvent(new MouseEvent('qpay-page', { cancelable: true }))"))
				if !unheard {
					f.Errorf("content.js listens in %s", kind)
				}
				f.must(p.Run(f.ctx, &got, absent))
			} else {
				f.must(f.c.Run(f.ctx, "const w = window.wrappedJSObject ?? window; return [typeof w.webln, typeof w.qpay].join()", &got))
			}
			if got != "undefined,undefined" {
				f.Errorf("%s has %s", kind, got)
			}
		}
		p := pages().New("", "")
		pages().Handle("/sandboxed", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "sandbox allow-scripts")
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<!doctype html><title>x</title><script>document.title = [typeof window.webln, typeof window.qpay].join()</script>"))
		})
		f.must(f.c.Visit(f.ctx, pages().Origin(), p))
		f.must(f.c.Open(f.ctx, pages().Origin()+"/sandboxed"))
		var got string
		f.must(f.c.Run(f.ctx, "return document.title", &got))
		if got != "undefined,undefined" {
			f.Errorf("a page without an origin has %s", got)
		}
	})
}

// The background refuses a page without an origin: content.js takes no click
// there, or it would end in silence.
func TestSandboxedLinkIsLeftAlone(t *testing.T) {
	each(t, func(f *fixture) {
		// What the extension does with a click comes before the inner listener.
		const text = `<!doctype html><title>x</title><a id=a href="lightning:nonsense">pay</a><script>
			addEventListener('click', () => addEventListener('click', (e) => {
				document.title = 'prevented: ' + e.defaultPrevented
				e.preventDefault()
			}, { once: true }), true)</script>`
		for _, c := range []struct{ policy, want string }{
			{"sandbox allow-scripts", "prevented: false"},
			{"sandbox allow-scripts allow-same-origin", "prevented: true"}, // it keeps its origin
		} {
			pages().Handle("/link", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Security-Policy", c.policy)
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, text)
			})
			f.must(f.c.Alone(f.ctx))
			f.must(f.c.Open(f.ctx, pages().Secure("links.test")+"/link"))
			var at struct{ X, Y int }
			f.must(f.c.Run(f.ctx, `const r = document.getElementById('a').getBoundingClientRect()
				return { x: Math.round(r.x + r.width / 2), y: Math.round(r.y + r.height / 2) }`, &at))
			f.must(f.c.Click(f.ctx, at.X, at.Y, browser.LeftButton))
			got := "x"
			for got == "x" {
				f.must(f.ctx.Err())
				f.must(f.c.Run(f.ctx, "return document.title", &got))
			}
			if got != c.want {
				f.Errorf("%s: %s, want %s", c.policy, got, c.want)
			}
		}
		f.must(f.c.Consent(f.ctx)) // what the second link holds is nothing, and that is told
		f.shows("othing was paid")
		f.must(f.c.Alone(f.ctx))
	})
}

// A page may forbid all scripts but its own: that does not stop ours.
func TestContentSecurityPolicy(t *testing.T) {
	each(t, func(f *fixture) {
		pages().Handle("/strict", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-a'")
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<!doctype html><title>x</title><script nonce=a>webln.isEnabled().then((b) => { document.title = typeof b })</script>"))
		})
		f.must(f.c.Alone(f.ctx))
		f.must(f.c.Open(f.ctx, pages().Origin()+"/strict"))
		for title := ""; title != "boolean"; {
			f.must(f.ctx.Err())
			f.must(f.c.Run(f.ctx, "return document.title", &title))
		}
	})
}

// Two tabs of one browser at once: each gets its own answers.
func TestTwoTabs(t *testing.T) {
	each(t, func(f *fixture) {
		first := f.page("", "")
		_, err := f.c.NewTab(f.ctx)
		f.must(err)
		second := pages().New("", "")
		f.must(f.c.Open(f.ctx, pages().Origin()+second.Path()))
		f.must(second.Run(f.ctx, nil, "await webln.enable()"))
		a, b := f.invoice(8), f.invoice(9)
		ja := first.Start("return await webln.sendPayment($1)", a.PaymentRequest)
		f.must(f.w.HasButton(f.ctx, "Pay 8 sat", true))
		jb := second.Start("return await webln.sendPayment($1)", b.PaymentRequest)
		f.must(f.c.Shut(f.ctx)) // the second goes away: its call ends, the first one's does not
		f.must(f.c.Alone(f.ctx))
		f.approve("Pay 8 sat")
		f.settled(a, f.object(ja, "preimage")["preimage"])
		f.must(f.w.NoWindow(f.ctx))
		f.unpaid(b)
		// On its way out the page may still hear that it was interrupted.
		if !jb.Pending() {
			f.rejects(jb, "InternalError", "interrupted")
		}
	})
}
