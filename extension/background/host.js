'use strict'
// The way out: one port to qpay-native-host, opened at the first request and
// closed some seconds after the last answer. doc/webln.md has its messages.
import { api } from './api.js'
import { CAREFUL, fromHost, Refusal } from './errors.js'

const MOST = 16 // requests that wait in the host at a time; the others wait here
const START = 10_000
const IDLE = 10_000

/** @typedef {{message: object, money: boolean, signal: AbortSignal | undefined,
 * resolve: (answer: any) => void, reject: (err: Refusal) => void}} Request */

/** @type {chrome.runtime.Port | null} */
let port = null
let ready = false // the host has answered once
let last = 0
/** @type {ReturnType<typeof setTimeout> | undefined} for the start, later for the end */
let timer
/** @type {Map<number, Request>} in the host */
const waiting = new Map()
/** @type {Request[]} not sent yet */
let queue = []

/** Sends one request and gives the answer, or throws a Refusal. `money` says
 * that a lost answer may hide a payment. When `signal` ends, the host ends the
 * call too.
 * @param {object} message @param {{money?: boolean, signal?: AbortSignal}} [how] @returns {Promise<any>} */
export function send(message, { money = false, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = { message, money, signal, resolve, reject }
    const gone = () => reject(money && [...waiting.values()].includes(request)
      ? new Refusal('interrupted', 'The page is gone.', CAREFUL, 'unknown')
      : new Refusal('interrupted', 'The page is gone.'))
    if (signal?.aborted) return gone()
    signal?.addEventListener('abort', gone)
    queue.push(request)
    flush()
  })
}

function flush() {
  queue = queue.filter((request) => !request.signal?.aborted)
  if (queue.length && !port) connect()
  while (ready && waiting.size < MOST) {
    const request = queue.shift()
    if (!request) break
    clearTimeout(timer)
    start(request)
  }
  if (!ready || waiting.size) return
  clearTimeout(timer)
  timer = setTimeout(close, IDLE)
}

/** @param {Request} request */
function start(request) {
  const id = ++last
  waiting.set(id, request)
  request.signal?.addEventListener('abort', () => {
    if (!waiting.delete(id)) return
    port?.postMessage({ cancel: id })
    flush()
  })
  port?.postMessage({ id, ...request.message })
}

function connect() {
  const opened = api.runtime.connectNative('qpay')
  port = opened
  // An empty message is refused, which shows that the host is there. If it ends
  // before that, surely nothing was sent: the browsers do not say so reliably.
  const hello = ++last
  opened.onMessage.addListener((answer) => {
    if (answer?.id === hello) ready = true
    else finish(answer)
    flush()
  })
  opened.onDisconnect.addListener(() => {
    void api.runtime.lastError // Chromium writes to the console what nobody has read
    lost(opened)
  })
  timer = setTimeout(() => {
    opened.disconnect()
    lost(opened)
  }, START)
  opened.postMessage({ id: hello })
}

/** @param {any} answer */
function finish(answer) {
  const request = waiting.get(answer?.id)
  if (!request) return
  waiting.delete(answer.id)
  if (answer.error) request.reject(fromHost(answer.error))
  else request.resolve(answer.answer)
}

function close() {
  port?.disconnect() // no event comes of it on this side
  port = null
  ready = false
}

/** The host ended: nothing that it had gets an answer any more.
 * @param {chrome.runtime.Port} which */
function lost(which) {
  if (which !== port) return
  clearTimeout(timer)
  if (!ready) {
    const none = new Refusal('no_host', 'The program qpay-native-host cannot be started in this qube.', 'is the package qpay-client installed?')
    for (const { reject } of queue.splice(0)) reject(none)
  }
  for (const { reject, money } of waiting.values()) {
    reject(money
      ? new Refusal('no_answer', 'The connection to the wallet was lost.', CAREFUL, 'unknown')
      : new Refusal('no_answer', 'The connection to the wallet was lost.'))
  }
  waiting.clear()
  port = null
  ready = false
  flush()
}
