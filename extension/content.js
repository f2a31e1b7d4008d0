'use strict'
// In a world of its own beside the page: carries calls of page.js and clicks on
// Lightning links to the background, which alone learns from the browser whose
// they are. It is where page.js is.
if (isSecureContext && origin !== 'null' && /^(text\/html|application\/xhtml\+xml)$/.test(document.contentType)) {
  const { runtime } = globalThis.browser ?? chrome
  const { cloneInto } = globalThis // Firefox's
  const LINK = /^(lightning|lnurl[pw]):|^bitcoin:[^#]*[?&]lightning=/i
  /** @type {EventTarget} */
  let channel
  let enabled = false
  let clicked = ''
  const open = new Set() // what ends each request

  /** @type {Fault} */
  const fault = (name, code, payment, message) => ({ error: { name, code, payment, message } })

  // One port for each request: answers cannot be mixed up, and its end tells the
  // background that the asker is gone.
  /** @type {Ask} */
  const ask = (door, message, money, done) => {
    /** @type {chrome.runtime.Port | undefined} */
    let port
    /** @type {Done} */
    const end = (answer) => {
      if (!open.delete(lost)) return
      port?.disconnect()
      done(answer)
    }
    const lost = () => end(money
      ? fault('InternalError', 'interrupted', 'unknown', 'Interrupted: a payment may still go through')
      : fault('ConnectionError', 'interrupted', 'not_sent', 'Interrupted'))
    open.add(lost)
    try {
      port = runtime.connect({ name: door })
      port.onMessage.addListener(end)
      port.onDisconnect.addListener(lost)
      port.postMessage({ ...message, active: navigator.userActivation.isActive })
    } catch {
      end(fault('ConnectionError', 'no_extension', 'not_sent', 'qpay was updated or switched off: reload the page'))
    }
  }

  /** @type {OnEvent<any>} */
  const call = (event) => {
    if (event.detail.length > 2e5) return
    event.preventDefault()
    if (document.prerendering) return document.addEventListener('prerenderingchange', () => call(event), { once: true })
    const { id, method, a, b } = JSON.parse(event.detail)
    /** @type {Done} */
    const answer = ({ result = null, error = null }) => {
      if (asks && !error && result !== false) enabled = true
      channel.dispatchEvent(new CustomEvent('answer', { detail: JSON.stringify({ id, result, error }) }))
    }
    const asks = method === 'enable' || method === 'isEnabled'
    if (enabled || asks) ask('call', { method, a, b }, /^(sendP|key|lnurl)/.test(method), answer)
    else answer(fault('InternalError', 'not_enabled', 'not_sent', `Provider must be enabled before calling ${method}`))
  }

  document.addEventListener('qpay-page', (event) => {
    event.preventDefault()
    channel = /** @type {any} */ (event).relatedTarget
    channel.addEventListener('call', call)
  }, { once: true })
  document.dispatchEvent(new Event('qpay-content'))

  const linkOf = (/** @type {Event} */ event) => {
    for (const e of /** @type {any[]} */ (event.composedPath())) {
      const href = /^(a|area)$/.test(e.localName) && (e.href?.baseVal ?? e.href)
      if (href) return LINK.test(href) && href.length < 8192 && { e, href }
    }
  }

  /** @type {OnEvent<MouseEvent>} */
  const pay = (event) => {
    const link = linkOf(event)
    if (event.defaultPrevented || !link) return
    event.preventDefault()
    const { e, href } = link
    if (clicked === href) return // a double click
    clicked = href
    ask('link', { text: href }, true, ({ result: response }) => {
      clicked = ''
      if (!response) return // the background has told the person
      const detail = { paymentRequest: href, response }
      e.dispatchEvent(new CustomEvent('lightning:success', {
        bubbles: true, composed: true, detail: cloneInto?.(detail, window) ?? detail
      }))
    })
  }

  // `pay` runs after all listeners of the page, which may prevent the default.
  addEventListener('click', (event) => {
    removeEventListener('click', pay)
    if (event.isTrusted && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey &&
      linkOf(event)) addEventListener('click', pay)
  }, true)

  // Also of a page that is kept for the Back button.
  addEventListener('pagehide', (event) => event.isTrusted && open.forEach((lost) => lost()))
}
