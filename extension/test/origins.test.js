// Whose page it is, which origins may ask, and which have to wait.
import assert from 'node:assert/strict'
import test from 'node:test'
import { storage } from './browser.js'
import * as origins from '../background/origins.js'

const sender = { id: 'own', frameId: 0, tab: { incognito: false }, origin: 'https://shop.example', url: 'https://shop.example/a' }

test('senders that are no page which may ask', () => {
  assert.deepEqual(origins.pageOf(sender), { origin: 'https://shop.example' })
  assert.deepEqual(origins.pageOf({ ...sender, documentLifecycle: 'active' }), { origin: 'https://shop.example' })
  assert.deepEqual(origins.pageOf({ ...sender, origin: undefined }), { origin: 'https://shop.example' }) // an older Firefox
  for (const odd of [{ id: 'other' }, { frameId: 1 }, { frameId: undefined }, { tab: undefined }, { tab: { incognito: true } },
    { documentLifecycle: 'prerender' }, { documentLifecycle: 'cached' }, { documentLifecycle: 'pending_deletion' },
    { origin: 'null' }, { origin: 'file://' }, { origin: 'https://bücher.example' }, { origin: 'https://shop.example\u202e' },
    { origin: 'https://a b' }, { origin: undefined, url: undefined }]) {
    assert.equal(origins.pageOf({ ...sender, ...odd }), null, JSON.stringify(odd))
  }
  assert.equal(origins.pageOf(undefined), null)
})

test('scheme, host and port each make another origin', async () => {
  await origins.allow('https://shop.example')
  assert.ok(await origins.allowed('https://shop.example'))
  for (const other of ['http://shop.example', 'https://shop.example:8443', 'https://a.shop.example', 'https://shop.exampl', '__proto__']) {
    assert.ok(!await origins.allowed(other), other)
  }
})

test('each refusal makes the pause longer, up to a day', async () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 50].map((n) => origins.pause(n) / 1000), [30, 120, 480, 1920, 7680, 30720, 86400, 86400])
  await origins.refuse('https://nag.example')
  assert.ok(await origins.paused('https://nag.example'))
  assert.ok(!await origins.paused('https://other.example'))
  await origins.allow('https://nag.example')
  assert.ok(!await origins.paused('https://nag.example'))
})

test('refusals of many origins in a row make all of them wait, up to an hour', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1e12 })
  await storage.session.clear()
  assert.deepEqual([1, 4, 5, 6, 7, 8, 9, 50].map((n) => origins.pauseOfAll(n) / 1000), [0, 0, 30, 120, 480, 1920, 3600, 3600])
  const refuse = async (n) => { for (let i = 0; i < n; i++) await origins.refuse(`https://${i}.evil.example`) }
  await refuse(4)
  assert.ok(!await origins.allPaused())
  await refuse(1)
  assert.ok(await origins.allPaused())
  t.mock.timers.setTime(1e12 + 30_000)
  assert.ok(!await origins.allPaused())
  await refuse(1)
  await origins.allow('https://shop.example') // the person is there, and said yes to one
  assert.ok(!await origins.allPaused())
  await refuse(4)
  t.mock.timers.setTime(1e12 + 2 * 3600_000) // long ago
  await refuse(4)
  assert.ok(!await origins.allPaused())
})
