// webln.lnurl(): what the service said, apart from what went wrong.
import assert from 'node:assert/strict'
import test from 'node:test'
import { ports, storage } from './browser.js'
import { run } from '../background/calls.js'

const ORIGIN = 'https://shop.example'
await storage.local.set({ ['allowed ' + ORIGIN]: { since: 0 } })

/** What lnurl() gives when the host answers so. */
async function lnurl(answer) {
  const asked = run('lnurl', 'LNURL1', undefined, { page: { origin: ORIGIN, active: true }, signal: new AbortController().signal })
  asked.catch(() => {})
  const next = async () => {
    while (!ports[0]?.sent.length) await new Promise(setImmediate)
    return ports[0].sent.shift()
  }
  const message = await next()
  if ('open' in message) assert.fail('before the first answer')
  ports[0].onMessage.fire({ id: message.id, error: { code: 'bad_request', message: 'm', payment: 'not_sent' } })
  const { id, open, origin } = await next()
  assert.deepEqual([open, origin], ['LNURL1', ORIGIN])
  ports[0].onMessage.fire({ id, ...answer })
  return asked.finally(() => ports[0].end())
}

const error = (code, payment) => ({ error: { code, message: 'The service refused: "no".', hint: 'h', payment } })

test('paid, or received', async () => {
  assert.deepEqual(await lnurl({ answer: { v: 1, preimage: '00' } }), { status: 'OK' })
  assert.deepEqual(await lnurl({ answer: { v: 1, payment_request: 'lnbc1' } }), { status: 'OK' })
})

test('the service said ERROR', async () => {
  assert.deepEqual(await lnurl(error('service_refused', 'not_sent')), { status: 'ERROR', reason: 'The service refused: "no".' })
})

test('other errors reject, and so does a refusal that leaves money open', async () => {
  for (const [code, payment] of [['denied', 'not_sent'], ['service_unreachable', 'not_sent'], ['payment_failed', 'failed'],
    ['service_refused', 'unknown'], ['service_refused', 'in_flight']]) {
    await assert.rejects(lnurl(error(code, payment)), { code, payment })
  }
  await assert.rejects(lnurl(error('service_refused', undefined)), { payment: 'unknown' })
})
