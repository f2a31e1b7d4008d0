// The question: how many windows a page can have opened, whatever it does.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { shut, storage, windows } from './browser.js'
import { enable, fromWindow } from '../background/consent.js'

const REFUSED = { code: 'enable_refused', payment: 'not_sent' }
let opened = 0

/** A page that calls enable(), and may go away. */
function visit(origin) {
  const page = new AbortController()
  const answer = enable({ origin, active: false }, page.signal)
  answer.catch(() => {})
  return { answer, leave: () => page.abort() }
}

/** Until nothing moves any more: no test waits for time. */
const settled = async () => { for (let i = 0; i < 20; i++) await setImmediate() }

/** The window's side of the question that is open. */
function press(allow) {
  const listeners = []
  let shown
  fromWindow({
    postMessage: ({ origin }) => { shown = origin },
    onMessage: { addListener: (f) => listeners.push(f) },
    onDisconnect: { addListener() {} },
    disconnect() {}
  })
  listeners.forEach((f) => f({ allow }))
  return shown
}

const create = chrome.windows.create
chrome.windows.create = (how) => { opened++; return create(how) }

beforeEach(async () => {
  await storage.session.clear()
  await storage.local.clear()
  opened = 0
})

test('one window at a time, in the whole browser', async () => {
  const shops = ['https://a.example', 'https://b.example', 'https://c.example'].map(visit)
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    await settled()
    assert.deepEqual([opened, windows.size], [i + 1, 1])
    assert.equal(press(true), `https://${name}.example`)
  }
  await Promise.all(shops.map((shop) => shop.answer))
  await settled()
  assert.equal(windows.size, 0)
})

test('a page that asks and loads itself anew gets one window, then waits', async () => {
  for (let i = 0; i < 10; i++) {
    const page = visit('https://reload.example')
    await settled()
    page.leave()
    await assert.rejects(page.answer, REFUSED)
    await settled()
    assert.equal(windows.size, 0)
  }
  assert.equal(opened, 1)
})

test('a closed window refuses', async () => {
  const page = visit('https://closed.example')
  await settled()
  shut([...windows.keys()][0])
  await assert.rejects(page.answer, REFUSED)
  await assert.rejects(visit('https://closed.example').answer, REFUSED)
  assert.equal(opened, 1)
})

test('a page that goes from name to name gets few windows, and others wait with it', async () => {
  for (let i = 0; i < 20; i++) {
    const page = visit(`https://${i}.evil.example`)
    await settled()
    page.leave()
    await settled()
  }
  assert.equal(opened, 5)
  await assert.rejects(visit('https://shop.example').answer, REFUSED)
  assert.equal(opened, 5)
})

test('a page that leaves while it is in line has had no window, and may ask again', async () => {
  const first = visit('https://first.example')
  await settled()
  const second = visit('https://second.example')
  await settled()
  second.leave()
  press(true)
  await first.answer
  await assert.rejects(second.answer, REFUSED)
  const again = visit('https://second.example')
  await settled()
  assert.equal(press(true), 'https://second.example')
  await again.answer
  assert.equal(opened, 2)
})

test('more than four in line are refused', async () => {
  const four = ['a', 'b', 'c', 'd'].map((name) => visit(`https://${name}.example`))
  await settled()
  await assert.rejects(visit('https://e.example').answer, { code: 'busy' })
  four.forEach((page) => page.leave())
  await settled()
  assert.deepEqual([opened, windows.size], [1, 0])
})
