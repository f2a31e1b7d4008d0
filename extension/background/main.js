'use strict'
// The doors: pages come in by content.js, the extension's own windows by
// themselves. Who it is, the browser says (port.sender), never a message.
import { api, OWN } from './api.js'
import * as calls from './calls.js'
import { addMenu, clicked } from './clicks.js'
import { fromWindow } from './consent.js'
import * as host from './host.js'
import { Refusal, toWebln } from './errors.js'
import { pageOf } from './origins.js'

const MOST = 32 // requests of one origin that wait

/** @type {Map<string, number>} */
const waiting = new Map()

/** @param {string} door @param {any} untrusted @param {calls.From} from */
function enter(door, untrusted, from) {
  if (door === 'link') return clicked(untrusted?.text, { origin: from.page.origin, signal: from.signal })
  return calls.run(untrusted?.method, untrusted?.a, untrusted?.b, from)
}

/** One port brings one request.
 * @param {chrome.runtime.Port} port @param {{origin: string}} page */
function fromPage(port, page) {
  const gone = new AbortController()
  port.onDisconnect.addListener(() => {
    void api.runtime.lastError // Chromium writes to the console what nobody has read
    gone.abort()
  })
  const once = async (/** @type {any} */ untrusted) => {
    port.onMessage.removeListener(once)
    const answer = await limited(page.origin, () =>
      enter(port.name, untrusted, { page: { ...page, active: untrusted?.active === true }, signal: gone.signal }))
    if (!gone.signal.aborted) port.postMessage(answer)
  }
  port.onMessage.addListener(once)
}

/** @param {string} origin @param {() => Promise<unknown>} work */
async function limited(origin, work) {
  const n = waiting.get(origin) ?? 0
  if (n >= MOST) return { error: toWebln(new Refusal('busy', 'This page has too many requests waiting.')) }
  waiting.set(origin, n + 1)
  try {
    return { result: await work() ?? null }
  } catch (err) {
    return { error: toWebln(err) }
  } finally {
    const left = (waiting.get(origin) ?? 1) - 1
    if (left) waiting.set(origin, left)
    else waiting.delete(origin)
  }
}

/** The options page shows whether the way out works.
 * @param {chrome.runtime.Port} port */
async function state(port) {
  const answer = await host.send({ service: 'qpay.GetInfo', request: { v: 1 }, timeout_ms: 15_000 })
    .then((info) => ({ info }), ({ code, message, hint }) => ({ error: { code, message, hint } }))
  port.postMessage(answer)
}

api.runtime.onConnect.addListener((port) => {
  const url = port.sender?.url ?? ''
  if (url === OWN + 'window/consent.html') return fromWindow(port)
  if (url === OWN + 'window/options.html') return void state(port)
  const page = pageOf(port.sender)
  if (page && (port.name === 'call' || port.name === 'link')) return fromPage(port, page)
  port.disconnect()
})

addMenu()
