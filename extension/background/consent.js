'use strict'
// The question whether an origin may ask for payments: one window at a time in
// the whole browser, one question for each origin however often it asks.
import { api, OWN } from './api.js'
import * as origins from './origins.js'
import { Refusal } from './errors.js'

const MOST = 4 // origins in line

/** @typedef {{origin: string, askers: number, ended: boolean,
 * answer: Promise<boolean>, settle: (allow: boolean) => void}} Question */

/** @type {Map<string, Question>} */
const questions = new Map()
let turn = Promise.resolve()
/** @type {Question | null} the one whose window is open */
let current = null

/** Returns when the origin may ask, and throws a Refusal if not.
 * @param {{origin: string, active: boolean}} page active: the person has just acted there
 * @param {AbortSignal} signal ends when the page is gone */
export async function enable(page, signal) {
  if (await origins.allowed(page.origin)) return
  if (await origins.paused(page.origin)) {
    throw new Refusal('enable_refused', 'This page was refused a short while ago and may not ask again yet.')
  }
  if (signal.aborted) return
  const question = questions.get(page.origin) ?? ask(page)
  question.askers++
  signal.addEventListener('abort', () => {
    if (--question.askers > 0) return
    question.ended = true
    question.settle(false)
  })
  if (!await question.answer) throw new Refusal('enable_refused', 'This page may not ask for payments.')
}

/** @param {{origin: string, active: boolean}} page */
function ask({ origin, active }) {
  if (questions.size >= MOST) throw new Refusal('busy', 'Too many pages ask at once.')
  /** @type {(allow: boolean) => void} */
  let settle = () => {}
  const decided = new Promise((resolve) => { settle = resolve })
  const question = { origin, askers: 0, ended: false, settle, answer: Promise.resolve(false) }
  question.answer = turn.then(() => show(question, active, decided)).finally(() => questions.delete(origin))
  turn = question.answer.then(() => {}, () => {})
  questions.set(origin, question)
  return question
}

/** @param {Question} question @param {boolean} focused @param {Promise<boolean>} decided */
async function show(question, focused, decided) {
  if (await origins.allPaused()) {
    throw new Refusal('enable_refused', 'Several pages were refused in a row: none may ask for a while.')
  }
  if (question.ended) return false
  current = question
  const allow = await answerOf(question, focused, decided).finally(() => { current = null })
  // A page that leaves its window behind counts as refused: else it would only
  // have to load itself anew for the next one.
  await (allow ? origins.allow(question.origin) : origins.refuse(question.origin))
  return allow
}

/** @param {Question} question @param {boolean} focused @param {Promise<boolean>} decided */
async function answerOf(question, focused, decided) {
  // A page that asks while it loads does not get to take the keyboard away.
  const height = 360 + 20 * Math.floor(question.origin.length / 40) // a line for each further line of the name
  const opened = await api.windows.create({ url: OWN + 'window/consent.html', type: 'popup', width: 460, height, focused })
  const id = opened?.id ?? -1
  const closed = (/** @type {number} */ which) => which === id && question.settle(false)
  api.windows.onRemoved.addListener(closed)
  if (!focused) api.windows.update(id, { drawAttention: true }).catch(() => {})
  const allow = await decided
  api.windows.onRemoved.removeListener(closed)
  api.windows.remove(id).catch(() => {}) // closed already
  return allow
}

/** The window has come up, and asks what it is to show. Its messages also keep
 * Chromium from ending the background while the person thinks.
 * @param {chrome.runtime.Port} port */
export function fromWindow(port) {
  const question = current
  if (!question) return port.disconnect() // of an earlier run of the browser
  port.postMessage({ origin: question.origin })
  port.onMessage.addListener(({ allow }) => {
    if (typeof allow === 'boolean') question.settle(allow)
  })
  port.onDisconnect.addListener(() => question.settle(false))
}
