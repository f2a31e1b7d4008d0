// The windows: what they say of money and of names, and when Allow is on.
import assert from 'node:assert/strict'
import test from 'node:test'
import './browser.js'
import { cut } from '../window/origin.js'

/** As much of a page as the two scripts need. */
function page(search = '') {
  const elements = new Map()
  const element = (id) => {
    if (!elements.has(id)) {
      elements.set(id, Object.assign(new EventTarget(), {
        textContent: '', disabled: id === 'allow', replaceChildren(...parts) { this.parts = parts.map((p) => p.textContent ?? p) }
      }))
    }
    return elements.get(id)
  }
  const top = new EventTarget()
  Object.assign(globalThis, {
    document: { title: '', getElementById: element, createElement: () => ({ textContent: '' }) },
    location: { search },
    close() {},
    addEventListener: top.addEventListener.bind(top)
  })
  return { element, fire: (type) => top.dispatchEvent(new Event(type)) }
}

test('only not_sent and failed are told as not paid', async () => {
  const told = async (payment) => {
    const { element } = page('?' + new URLSearchParams({ message: 'm', ...payment }))
    await import(`../window/notice.js?${Math.random()}`)
    assert.equal(document.title, 'qpay: ' + element('title').textContent)
    return element('title').textContent
  }
  for (const payment of ['not_sent', 'failed']) assert.equal(await told({ payment }), 'Nothing was paid')
  assert.match(await told({ payment: 'in_flight' }), /on its way/)
  for (const odd of [{ payment: 'unknown' }, {}, { payment: '' }, { payment: 'undefined' }, { payment: 'NOT_SENT' }, { payment: 'later' }]) {
    assert.match(await told(odd), /may have been paid/, JSON.stringify(odd))
  }
})

test('Allow comes on a second after the last click, key or focus', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  const { element, fire } = page()
  let show
  chrome.runtime.connect = () => ({ postMessage() {}, onMessage: { addListener: (f) => { show = f } }, onDisconnect: { addListener() {} } })
  await import('../window/consent.js')
  const allow = element('allow')
  fire('pointerdown') // the window does not know yet who asks
  t.mock.timers.tick(5000)
  assert.ok(allow.disabled, 'on before it says who asks')
  show({ origin: 'https://a.bank.example:8443' })
  assert.deepEqual(element('origin').parts, ['https://a.', 'bank.example', ':8443'])
  for (const type of ['pointerdown', 'keydown', 'focus']) {
    t.mock.timers.tick(999)
    assert.ok(allow.disabled)
    fire(type)
  }
  t.mock.timers.tick(999)
  assert.ok(allow.disabled)
  t.mock.timers.tick(1)
  assert.ok(!allow.disabled)
  fire('pointerdown') // the click that was meant
  assert.ok(!allow.disabled)
  fire('focus')
  assert.ok(allow.disabled)
})

test('the end of a name stands out, and nothing of the origin is lost', () => {
  for (const [origin, want] of [
    ['https://shop.example', ['https://', 'shop.example', '']],
    ['https://accounts.bank.example.evil.test:8443', ['https://accounts.bank.example.', 'evil.test', ':8443']],
    ['https://bank.example.evil.co.uk', ['https://bank.example.', 'evil.co.uk', '']],
    ['https://www.evil.de', ['https://', 'www.evil.de', '']],
    ['https://xn--bcher-kva.xn--p1ai', ['https://', 'xn--bcher-kva.xn--p1ai', '']],
    ['http://localhost:3000', ['http://', 'localhost', ':3000']],
    ['http://127.0.0.1:80', ['http://', '127.0.0.1', ':80']],
    ['https://[2001:db8::1]:444', ['https://', '[2001:db8::1]', ':444']],
    ['https://[2001:db8::1]', ['https://', '[2001:db8::1]', '']],
    [`https://${'a.'.repeat(120)}evil.test`, [`https://${'a.'.repeat(120)}`, 'evil.test', '']],
    ['odd', ['', 'odd', '']]
  ]) {
    assert.deepEqual(cut(origin), want)
    assert.equal(cut(origin).join(''), origin)
  }
})
