// The error names, held against the two documents.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { CAREFUL, FAULT, fromHost, NAMES, Refusal, toWebln } from '../background/errors.js'

const read = (name) => readFileSync(new URL(`../../doc/${name}`, import.meta.url), 'utf8')
const OWN = ['bad_signature', 'enable_refused', 'method_refused', 'no_host', 'not_enabled'] // made by the background
const CONTENT = ['no_extension'] // made by page.js and content.js alone

test('every code of doc/protocol.md has a name, and no other', () => {
  const codes = [...read('protocol.md').matchAll(/^\| `([a-z_]+)` \| [0-9]+ \| `[a-z_]+` \|/gm)].map((m) => m[1])
  assert.ok(codes.length > 30)
  assert.deepEqual([...NAMES.keys()].sort(), [...codes, ...OWN].sort())
})

test('doc/webln.md has the same table', () => {
  const rows = [...read('webln.md').matchAll(/^\| `([A-Za-z]+Error)` \| (.*) \|$/gm)]
  const told = rows.flatMap(([, name, list]) => [...list.matchAll(/`([a-z_]+)`/g)].map((m) => `${m[1]} ${name}`))
    .filter((line) => !/^(payment|not_sent|failed) /.test(line)) // the words behind the codes
  const made = [...NAMES].map(([code, name]) => `${code} ${name}`)
  assert.deepEqual(told.sort(), [...made, ...CONTENT.map((code) => `${code} ConnectionError`)].sort())
})

test('money that may be under way is never called refused, failed or not connected', () => {
  for (const code of NAMES.keys()) {
    for (const payment of ['in_flight', 'unknown', '', 'of_next_year']) {
      assert.equal(toWebln(new Refusal(code, 'm', '', payment)).name, 'InternalError', code)
    }
    assert.equal(toWebln(new Refusal(code, 'm', '', 'failed')).name, NAMES.get(code))
  }
})

test('an error of the host without a word on the payment, or with a new one, leaves it open', () => {
  for (const payment of [undefined, null, '', 'undefined', 'NOT_SENT', 'of_next_year', 5, {}, ['not_sent']]) {
    assert.deepEqual(toWebln(fromHost({ code: 'denied', message: 'No.', hint: 'nothing was paid', payment })),
      { name: 'InternalError', code: 'denied', payment: 'unknown', message: `User rejected: No. (${CAREFUL})` })
  }
  assert.match(CAREFUL, /may still go through/)
  for (const odd of [{}, { code: 5, message: {}, hint: [] }, 'text', 7, true]) {
    const { code, message, payment } = toWebln(fromHost(odd))
    assert.deepEqual([code, payment], [FAULT.code, 'unknown'])
    assert.doesNotMatch(message, /undefined|null|object/)
  }
  for (const payment of ['not_sent', 'failed', 'in_flight', 'unknown']) {
    const { hint, payment: kept } = fromHost({ code: 'c', message: 'm', hint: 'h', payment })
    assert.deepEqual([hint, kept], ['h', payment])
  }
})

test('words', () => {
  assert.deepEqual(toWebln(new Refusal('denied', 'No.', 'nothing was paid')),
    { name: 'RejectionError', code: 'denied', payment: 'not_sent', message: 'User rejected: No. (nothing was paid)' })
  assert.equal(toWebln(new Refusal('of_next_year', 'New.')).name, 'InternalError')
  // A fault of our own tells the page nothing of the inside.
  assert.deepEqual(toWebln(new TypeError('x is undefined')),
    { name: 'InternalError', code: 'internal', payment: 'unknown', message: `Something went wrong in the qpay extension. (${CAREFUL})` })
})
