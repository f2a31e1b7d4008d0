'use strict'
// window.webln and window.qpay, in the page's own world before its first
// script. What the page may replace later is taken now, and nothing is looked
// up in its objects afterwards: other Promises or JSON change nothing here.
// Calls go to content.js by events on an element in no document, which the
// page cannot reach; if it could, it could only call these methods.
if (isSecureContext && origin !== 'null' && /^(text\/html|application\/xhtml\+xml)$/.test(document.contentType)) {
  const { CustomEvent, Error, Event, MouseEvent, Promise } = globalThis
  const { parse, stringify } = JSON
  const { assign, create, getOwnPropertyDescriptor, getPrototypeOf, keys } = Object
  const { apply } = Reflect
  const detail = /** @type {() => string} */ (getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get)
  const channel = document.createElement('qpay')
  const send = channel.dispatchEvent.bind(channel)
  const fire = dispatchEvent.bind(globalThis)
  const waiting = create(null)
  let last = 0

  /** @type {Fail} */
  const fail = (name, code, message) => assign(new Error(message), { name, code, payment: 'not_sent' })

  // The argument as at most 16 KiB of text, numbers and bare objects. Getters
  // and proxies of the page run here, once, and may throw.
  const plain = (/** @type {unknown} */ argument) => {
    let room = 16384
    /** @type {Copy} */
    const copy = (v, depth) => {
      if (typeof v === 'string' && (room -= v.length) >= 0) return v
      if (v == null || typeof v === 'number' || typeof v === 'boolean') return v
      if (typeof v !== 'object' || !depth) throw 0
      const parent = getPrototypeOf(v)
      if (parent && getPrototypeOf(parent)) throw 0 // an array, a date, a class
      const names = keys(v)
      if (names.length > 32) throw 0
      const out = create(null)
      for (let i = 0; i < names.length; i++) out[copy(names[i], 0)] = copy(v[names[i]], depth - 1)
      return out
    }
    return copy(argument, 2)
  }

  /** @type {Call} */
  const call = (method, a, b) => new Promise((resolve, reject) => {
    const id = ++last
    let text
    try {
      text = stringify({ __proto__: null, id, method, a: plain(a), b: plain(b) })
    } catch {
      throw fail('InvalidDataError', 'bad_request', 'An argument is too long, or not plain text, numbers and objects')
    }
    waiting[id] = { resolve, reject }
    // content.js prevents the default; else it is gone.
    const init = { __proto__: null, detail: text, cancelable: true }
    if (!send(new CustomEvent('call', init))) return
    delete waiting[id]
    throw fail('ConnectionError', 'no_extension', 'qpay was updated or switched off: reload the page')
  })

  channel.addEventListener('answer', (event) => {
    const { id, error, result } = parse(apply(detail, event, []))
    const asker = waiting[id]
    delete waiting[id]
    if (error) asker.reject(assign(new Error(error.message), error))
    else asker.resolve(result ?? undefined)
  })

  // There is one account: `accountChanged` never comes.
  const provider = { on() {}, off() {} }
  for (const method of ['enable', 'isEnabled', 'getInfo', 'sendPayment', 'sendPaymentAsync', 'keysend',
    'makeInvoice', 'signMessage', 'verifyMessage', 'getBalance', 'lnurl']) {
    assign(provider, { [method]: call.bind(null, method) })
  }

  // Whichever script runs second finds the other, before any of the page runs.
  const hello = () => document.dispatchEvent(new MouseEvent('qpay-page', { relatedTarget: channel, cancelable: true }))
  if (hello()) document.addEventListener('qpay-content', hello, { once: true })

  assign(globalThis, { qpay: provider })
  if (!('webln' in globalThis)) { // else another wallet's, which keeps the name
    assign(globalThis, { webln: provider })
    // The page's scripts listen by then.
    addEventListener('DOMContentLoaded', () => fire(new Event('webln:ready')), { once: true })
  }
}
