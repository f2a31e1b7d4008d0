package provider

import (
	"encoding/json"
	"strings"
	"testing"
)

// bend replaces what page scripts are made of. Whoever calls one of these
// afterwards is written down.
const bend = `<script>
	window.seen = []
	{
		const spy = (object, name, be) => {
			const was = object[name]
			if (typeof was !== 'function') return
			object[name] = function (...args) {
				seen[seen.length] = name + ' ' + String(args[0] && args[0].type || args[0])
				return be ? be(this, args) : Reflect_apply(was, this, args)
			}
		}
		const Reflect_apply = Reflect.apply
		const evil = () => ({ id: 1, method: 'sendPayment', result: 'forged', error: null })
		spy(EventTarget.prototype, 'addEventListener')
		spy(EventTarget.prototype, 'dispatchEvent')
		spy(window, 'postMessage')
		spy(Function.prototype, 'bind')
		spy(JSON, 'parse', evil)
		spy(JSON, 'stringify', () => '{"id":1,"method":"sendPayment","a":"forged"}')
		for (const name of ['push', 'map', 'includes', 'forEach', 'indexOf', 'join', 'filter']) spy(Array.prototype, name, () => [])
		for (const name of ['keys', 'assign', 'entries', 'getPrototypeOf', 'create']) spy(Object, name, evil)
		for (const name of ['get', 'set', 'has', 'delete']) spy(Map.prototype, name, () => undefined)
		for (const name of ['startsWith', 'slice', 'trim', 'replace']) spy(String.prototype, name, () => 'forged')
		Reflect.apply = Reflect.get = evil
		Object.defineProperty(CustomEvent.prototype, 'detail', { get() { seen[seen.length] = 'detail'; return '{"id":1,"result":"forged"}' } })
		Object.defineProperty(Event.prototype, 'type', { get() { return 'forged' } })
		Event.prototype.preventDefault = () => { seen[seen.length] = 'preventDefault' }
		for (const name of ['id', 'method', 'a', 'b', 'error', 'result', 'resolve', 'reject', 'name', 'code'])
			Object.defineProperty(Object.prototype, name, { configurable: true, get() { return 'forged' }, set() { seen[seen.length] = 'set ' + name } })
		window.CustomEvent = window.Event = window.MouseEvent = class { constructor() { throw Error('forged') } }
		Promise.prototype.then_ = 0
		window.Promise = class { constructor() { throw Error('forged') } }
		Array.prototype[Symbol.iterator] = function* () { yield 'forged' }
		window.Map = window.Error = window.Object = window.JSON = window.Reflect = undefined
	}
</script>`

// The page changes everything it can before it asks. What it gets is right, and
// none of what passes between page and extension goes through its hands.
func TestBentPage(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.visit(pages().Origin(), bend, "")
		var got struct {
			Alias    string
			Enabled  bool
			Methods  int
			Preimage string
			Seen     []string
		}
		const code = `
			const own = {}.constructor.getOwnPropertyDescriptor
			await webln.enable()
			const info = await webln.getInfo()
			const out = { __proto__: null, alias: info.node.alias, enabled: await webln.isEnabled(), methods: info.methods.length, seen }
			const pay = await webln.sendPayment($1)
			out.preimage = pay.preimage
			return out`
		i := f.invoice(11)
		j := p.Start(code, i.PaymentRequest)
		f.must(f.w.Says(f.ctx, pages().Origin()))
		f.approve("Pay 11 sat")
		r, err := j.Wait(f.ctx)
		f.must(err)
		if r.Error != nil {
			f.Fatal(r.Error)
		}
		f.must(json.Unmarshal(r.Value, &got))
		if got.Alias != "alice" || !got.Enabled || got.Methods < 5 {
			f.Errorf("%+v", got)
		}
		for _, s := range got.Seen {
			if !strings.HasSuffix(s, " load") {
				f.Errorf("the page saw %s", s)
			}
		}
		f.settled(i, got.Preimage)
		p = f.visit(pages().Origin(), bend, "")
		f.must(p.Run(f.ctx, nil, "await webln.enable()"))
		j = p.Start("await webln.sendPayment({})")
		r, err = j.Wait(f.ctx)
		f.must(err)
		if r.Error == nil || r.Error.Name != "InvalidDataError" {
			f.Errorf("%+v", r)
		}
	})
}

// Whatever the page sends by itself reaches nobody.
func TestForgedMessages(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		before := f.calls("")
		i := f.invoice(12)
		var got []string
		f.must(p.Run(f.ctx, &got, `
			const out = []
			const call = JSON.stringify({ id: 1, method: 'sendPayment', a: $1, origin: 'https://forged.example' })
			const channel = document.createElement('qpay')
			channel.addEventListener('answer', (e) => { if (e.detail !== call && e.type === 'answer' && !(e instanceof MouseEvent)) out.push('answer ' + e.detail) })
			for (const target of [document, window, document.documentElement]) {
				for (const name of ['qpay-page', 'qpay-content', 'call', 'answer', 'link'])
					for (const e of [new CustomEvent(name, { detail: call, cancelable: true }), new MouseEvent(name, { relatedTarget: channel, cancelable: true })]) {
						if (!target.dispatchEvent(e)) out.push(name + ' was taken')
						if (!channel.dispatchEvent(new CustomEvent(name, { detail: call, cancelable: true }))) out.push(name + ' was taken by the element')
					}
			}
			for (const message of [call, JSON.parse(call), { id: 1, service: 'qpay.Pay', request: { v: 1, invoice: $1 } }, { allow: true }, null]) postMessage(message, '*')
			for (const own of [window.chrome?.runtime, window.browser?.runtime]) {
				try { own?.sendMessage?.(call); own?.connect?.({ name: 'call' }); if (own?.connectNative) out.push('connectNative') } catch {}
			}
			// Its own pages are no frames and no windows of this page's.
			await new Promise((done) => setTimeout(done, 500))
			return out`, i.PaymentRequest))
		if len(got) != 0 {
			f.Errorf("%q", got)
		}
		// Whatever it did would have come before this.
		f.must(p.Run(f.ctx, nil, "await webln.verifyMessage('y'.repeat(104), 'm').catch(() => {})"))
		if n := f.calls("") - before; n != 1 {
			f.Errorf("%d qrexec calls, want that of verifyMessage alone", n)
		}
		f.unpaid(i)
	})
}

// The pages of the extension cannot be framed, opened or loaded by a page, so
// that nobody is made to click there.
func TestOwnPagesOutOfReach(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.visit(pages().Secure("framed.test"), "", "")
		p.Start("return await webln.enable()")
		f.must(f.c.Consent(f.ctx))
		url, err := f.c.URL(f.ctx)
		f.must(err)
		f.must(f.c.Back(f.ctx))
		var got []string
		f.must(p.Run(f.ctx, &got, `
			const out = []
			const frame = document.createElement('iframe')
			frame.src = $1
			document.body.append(frame)
			await new Promise((done) => { frame.onload = frame.onerror = done; setTimeout(done, 3000) })
			try { if (frame.contentDocument && frame.contentDocument.getElementById('allow')) out.push('framed') } catch {}
			for (const file of ['icons/16.png', 'page.js', 'window/consent.html']) {
				const address = $1.replace('window/consent.html', file)
				if (await fetch(address).then(() => true, () => false)) out.push('fetched ' + file)
				if (await new Promise((done) => { const i = new Image(); i.onload = () => done(true); i.onerror = () => done(false); i.src = address })) out.push('image ' + file)
			}
			return out`, url))
		if len(got) != 0 {
			f.Errorf("%s: %q", url, got)
		}
		f.must(f.c.Alone(f.ctx))
	})
}

// What makes no sense is refused by name, quickly, and nobody hears of it.
func TestBadArguments(t *testing.T) {
	each(t, func(f *fixture) {
		p := f.page("", "")
		before := f.calls("")
		big := "'x'.repeat(10 * 1024 * 1024)"
		values := []string{"{}", "[]", "null", "true", "NaN", "Infinity", "-1", "1.5", "2 ** 53", "1e300", "10n", "Symbol('x')", "() => 1", "new Date()", "new String('x')",
			"{ toString() { return 'lnbc1' } }", "new Proxy({}, { ownKeys() { throw 1 } })", "{ get amount() { throw 1 } }", "(() => { const o = {}; o.o = o; return o })()",
			"['lnbc1']", "''", "'   '", "'\\ud800'", "document.body", "window", "new Promise(() => {})", "new Error('x')", "{ then(done) { done('x') } }", "{ __proto__: { amount: 1 }, amount: {} }", big}
		amounts := []string{"'1e3'", "'0x10'", "'١'", "'-1'", "'+1'", "' 1'", "'1.0'", "'1,000'", "0", "'0'", "0.1", "2 ** 53", "'99999999999999999'", "'9'.repeat(1000)", "{}", "[1]", "true", "''", big}
		var calls []string
		for _, v := range values {
			for _, m := range []string{"sendPayment", "sendPaymentAsync", "keysend", "signMessage", "verifyMessage", "lnurl"} {
				if m == "signMessage" && v == "'   '" { // that the wallet refuses
					continue
				}
				calls = append(calls, m+"("+v+")")
			}
		}
		for _, v := range amounts {
			if v != "{}" { // any amount
				calls = append(calls, "makeInvoice("+v+")")
			}
			for _, name := range []string{"amount", "defaultAmount", "maximumAmount"} {
				calls = append(calls, "makeInvoice({ "+name+": "+v+" })")
			}
			calls = append(calls, "keysend({ destination: '02', amount: "+v+" })")
		}
		for _, v := range []string{"null", "true", "[]", "10n", "new Date()", "() => 1", "{ minimumAmount: 5, maximumAmount: 4 }", "{ amount: 1, minimumAmount: 2 }",
			"{ defaultMemo: {} }", "{ defaultMemo: 'é'.repeat(320) }", "{ defaultMemo: " + big + " }", "{ minimumAmount: -1 }"} {
			calls = append(calls, "makeInvoice("+v+")")
		}
		for _, v := range []string{"5", "[]", "{ x: '1' }", "{ 1: 2 }", "{ 70000: {} }", "{ 70000: " + big + " }", "{ '070000': '' }", "{ __proto__: null, '': '' }"} {
			calls = append(calls, "keysend({ destination: '02', amount: 1, customRecords: "+v+" })")
		}
		calls = append(calls, "verifyMessage('y', "+big+")", "verifyMessage('y')", "verifyMessage(5, 'm')", "sendPayment()", "keysend()", "lnurl()", "signMessage()")
		var bad []string
		f.must(p.Run(f.ctx, &bad, `
			const out = []
			for (const call of $1) {
				const began = performance.now()
				let told = 'nothing'
				try {
					const promise = new Function('return webln.' + call)()
					const late = new Promise((done) => setTimeout(done, 5000, 'no answer'))
					told = await Promise.race([late, promise.then((v) => 'resolved ' + v, (e) => e instanceof Error ? e.name + ' ' + e.code : 'no Error')])
				} catch (e) { told = 'thrown ' + e }
				const took = performance.now() - began
				if (told !== 'InvalidDataError bad_request' || took > 3000) out.push(call.slice(0, 80) + ': ' + told + ' after ' + Math.round(took) + ' ms')
			}
			return out`, calls))
		for _, b := range bad {
			f.Error(b)
		}
		if n := f.calls("") - before; n != 0 {
			f.Errorf("%d qrexec calls", n)
		}
		// And after all that the page can still ask.
		f.must(p.Run(f.ctx, nil, "await webln.getInfo()"))
	})
}
