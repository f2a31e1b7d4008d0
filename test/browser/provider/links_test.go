package provider

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"qpay/test/browser"
	"qpay/test/browser/page"
	"qpay/test/lnnet"
	"qpay/test/lnurl"
)

// spot is the middle of an element, in the viewport.
const spot = `const r = (window.$e?.[$1] ?? document.getElementById($1)).getBoundingClientRect()
	return { x: Math.round(r.x + r.width / 2), y: Math.round(r.y + r.height / 2) }`

func (f *fixture) click(p *page.Page, id string, button int, held ...string) {
	f.Helper()
	var at struct{ X, Y int }
	f.must(p.Run(f.ctx, &at, spot, id))
	f.must(f.c.Click(f.ctx, at.X, at.Y, button, held...))
}

// linkPage has links of all kinds, each with an invoice of its own where INVOICE
// or UPPER stands: a second click on what is asked about already does nothing.
const linkPage = `
	<style>a, host-element { display: block; margin: 4px }</style>
	<a id=plain href="lightning:INVOICE">plain</a>
	<a id=upper href="LIGHTNING:UPPER">upper</a>
	<a id=mixed href="LiGhTnInG://INVOICE">mixed</a>
	<a id=bitcoin href="bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?amount=0.00000013&amp;lightning=INVOICE">bitcoin</a>
	<a id=bitcoin-upper href="BITCOIN:BCRT1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KYGT080?AMOUNT=0.00000013&amp;LIGHTNING=UPPER">bitcoin, upper</a>
	<a id=blank target=_blank href="lightning:INVOICE">another window</a>
	<a href="lightning:INVOICE"><b id=inside>an element inside</b></a>
	<svg width=100 height=20><a href="lightning:INVOICE"><text id=svg y=15>svg</text></a></svg>
	<a id=lnurlp href="lnurlp://shop.example/u/thirteen">lnurlp</a>
	<host-element id=host></host-element>
	<a id=prevented href="lightning:INVOICE">prevented</a>
	<a id=prevented-late href="lightning:INVOICE">prevented on the window</a>
	<a id=other href="#elsewhere">an ordinary link</a>
	<a id=noinvoice href="bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?amount=1">bitcoin alone</a>
	<script>
		window.$e = {}
		const root = document.getElementById('host').attachShadow({ mode: 'open' })
		root.innerHTML = '<a href="lightning:INVOICE">in a shadow</a>'
		window.$e.shadow = root.firstChild
		window.paid = []
		addEventListener('lightning:success', (e) => paid.push([e.target.id, e.detail]))
		document.getElementById('prevented').addEventListener('click', (e) => e.preventDefault())
		addEventListener('click', (e) => { if (e.composedPath()[0].id === 'prevented-late') e.preventDefault() })
		// After what the extension does with a click, which comes last.
		window.held = []
		addEventListener('click', (e) => {
			if (!e.altKey && !e.metaKey) return
			held.push(e.altKey ? 'alt' : 'meta')
			addEventListener('click', (e) => e.preventDefault(), { once: true })
		}, true)
		// The system's handler of a link that nobody took is no part of this test.
		addEventListener('click', (e) => { if (e.composedPath()[0].id === 'noinvoice' || !e.isTrusted) e.preventDefault() })
	</script>`

// links opens that page, at an origin that was never enabled: the person's
// click is enough. It returns the first link's invoice.
func (f *fixture) links() (*page.Page, lnnet.Invoice) {
	f.Helper()
	var first lnnet.Invoice
	html := regexp.MustCompile("INVOICE|UPPER").ReplaceAllStringFunc(linkPage, func(place string) string {
		i := f.invoice(13)
		if first.Hash == "" {
			first = i
		}
		if place == "UPPER" {
			return strings.ToUpper(i.PaymentRequest)
		}
		return i.PaymentRequest
	})
	service.Add("thirteen", lnurl.User{Min: 13_000, Max: 13_000, Metadata: `[["text/plain","A pie"]]`})
	return f.visit(pages().Secure("links.test"), "", html), first
}

func TestLinks(t *testing.T) {
	each(t, func(f *fixture) {
		p, i := f.links()
		before := f.calls("qpay.Pay")
		for n, id := range []string{"upper", "mixed", "bitcoin", "bitcoin-upper", "blank", "inside", "svg", "shadow", "lnurlp"} {
			f.click(p, id, browser.LeftButton)
			if err := f.w.Says(f.ctx, "links.test"); err != nil {
				f.Fatal(id, err)
			}
			f.deny("Pay 13 sat")
			if got := f.calls("qpay.Pay") - before; got != n+1 {
				f.Fatalf("%s: %d calls, want %d", id, got, n+1)
			}
		}
		f.unpaid(i)
		f.click(p, "plain", browser.LeftButton)
		f.click(p, "plain", browser.LeftButton) // a double click is one payment
		f.approve("Pay 13 sat")
		f.must(f.w.Net.Bob.WaitInvoiceState(f.ctx, i.Hash, "SETTLED"))
		var got []string
		f.must(p.Run(f.ctx, &got, `while (!paid.length) await new Promise((done) => setTimeout(done, 20))
			return [paid[0][0], paid[0][1].response.preimage, paid[0][1].paymentRequest]`))
		if got[0] != "plain" || got[2] != "lightning:"+i.PaymentRequest {
			f.Errorf("%q", got)
		}
		f.settled(i, got[1])
	})
}

// Clicks that are the browser's, the page's, or nobody's.
func TestLinksLeftAlone(t *testing.T) {
	each(t, func(f *fixture) {
		p, _ := f.links()
		before := f.calls("")
		for _, id := range []string{"prevented", "prevented-late", "other", "noinvoice"} {
			f.click(p, id, browser.LeftButton)
		}
		f.must(p.Run(f.ctx, nil, `
			for (const id of ['plain', 'upper', 'bitcoin']) {
				const e = document.getElementById(id)
				e.click()
				e.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
			}`))
		for _, key := range []string{browser.Control, browser.Shift} {
			f.click(p, "plain", browser.LeftButton, key)
			f.must(f.c.Alone(f.ctx))
		}
		for _, key := range []string{browser.Alt, browser.Meta} {
			f.click(p, "plain", browser.LeftButton, key)
		}
		var held []string
		f.must(p.Run(f.ctx, &held, "return held"))
		if !slices.Equal(held, []string{"alt", "meta"}) {
			f.Errorf("clicks with %q held", held)
		}
		f.click(p, "plain", browser.MiddleButton)
		f.must(f.c.Alone(f.ctx))
		// Whatever they did would have come before this.
		p = f.page("", "")
		f.must(p.Run(f.ctx, nil, "await webln.verifyMessage('y'.repeat(104), 'm').catch(() => {})"))
		if n := f.calls("") - before; n != 1 {
			f.Errorf("%d calls, want that of verifyMessage alone", n)
		}
		f.must(f.w.NoWindow(f.ctx))
	})
}

// A link that cannot be opened does not end in silence.
func TestBadLink(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.visit(pages().Secure("links.test"), "", `<a id=a href="lightning:nonsense">x</a>`)
		f.click(p, "a", browser.LeftButton)
		f.must(f.c.Consent(f.ctx))
		f.shows("othing was paid")
		f.must(f.c.Alone(f.ctx))
	})
}

// The menu is the browser's own, on the X server, and keys choose in it.
func TestContextMenu(t *testing.T) {
	each(t, func(f *fixture) {
		i := f.invoice(15)
		p := f.visit(pages().Secure("links.test"), "", "<p id=text>"+i.PaymentRequest+"</p>")
		f.must(p.Run(f.ctx, nil, `
			const r = document.createRange()
			r.selectNodeContents(document.getElementById('text'))
			getSelection().removeAllRanges()
			getSelection().addRange(r)`))
		keys := []string{"Up", "Return"}
		if f.c.Kind == browser.Chromium {
			keys = []string{"Up", "Up", "Return"} // below it is Inspect
		}
		before := f.calls("qpay.Pay")
		for f.calls("qpay.Pay") == before {
			f.must(f.ctx.Err())
			go f.click(p, "text", browser.RightButton) // ends when the menu is closed
			time.Sleep(time.Second)                    // the menu is nowhere to be seen but on the screen
			f.must(f.c.Screen.Key(f.ctx, keys...))
			for wait := 0; wait < 50 && f.calls("qpay.Pay") == before; wait++ {
				time.Sleep(50 * time.Millisecond)
			}
		}
		f.must(f.w.Says(f.ctx, "links.test"))
		f.deny("Pay 15 sat")
	})
}
