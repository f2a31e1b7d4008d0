// The way to the native host, when it answers late, out of order, or never.
import assert from 'node:assert/strict'
import test from 'node:test'
import { ports } from './browser.js'

const fresh = async () => (await import(`../background/host.js?${Math.random()}`)).send
const answer = (port, id, value) => port.onMessage.fire({ id, answer: value })

/** The newest port, after the host has refused the empty message. */
const started = () => {
  const port = ports[0]
  const hello = port.sent.shift()
  assert.deepEqual(Object.keys(hello), ['id'])
  assert.deepEqual(port.sent, [], 'something was sent before the host had answered')
  port.onMessage.fire({ id: hello.id, error: { code: 'bad_request', message: 'm', payment: 'not_sent' } })
  return port
}

test('answers out of order reach their askers', async () => {
  const send = await fresh()
  const asked = [1, 2, 3].map((n) => send({ n }))
  const port = started()
  assert.deepEqual(port.sent.map((m) => m.n), [1, 2, 3])
  for (const m of port.sent.toReversed()) answer(port, m.id, m.n * 10)
  assert.deepEqual(await Promise.all(asked), [10, 20, 30])
  port.end()
})

test('an answer to nobody changes nothing', async () => {
  const send = await fresh()
  const asked = send({})
  const port = started()
  for (const odd of [undefined, null, {}, { id: 99, answer: 1 }, { id: '2', answer: 1 }]) port.onMessage.fire(odd)
  answer(port, port.sent[0].id, 'mine')
  answer(port, port.sent[0].id, 'twice')
  assert.equal(await asked, 'mine')
  port.end()
})

test('no more than sixteen wait in the host', async () => {
  const send = await fresh()
  const asked = Array.from({ length: 20 }, (_, n) => send({ n }))
  const port = started()
  assert.equal(port.sent.length, 16)
  answer(port, port.sent[0].id, null)
  assert.equal(port.sent.length, 17)
  for (let i = 1; i < 20; i++) answer(port, port.sent[i].id, null)
  await Promise.all(asked)
  port.end()
})

test('who is gone is cancelled in the host, or never sent', async () => {
  const send = await fresh()
  const pages = Array.from({ length: 17 }, () => new AbortController())
  const asked = pages.map(({ signal }) => send({}, { signal }))
  const port = started()
  pages.toReversed().forEach((page) => page.abort())
  assert.deepEqual(port.sent.slice(16).map((m) => m.cancel), port.sent.slice(0, 16).map((m) => m.id).toReversed())
  for (const a of asked) await assert.rejects(a, { code: 'interrupted' })
  await assert.rejects(send({}, { signal: pages[0].signal }), { code: 'interrupted' })
  port.end()
})

test('a page that goes while its payment is in the host leaves that open', async () => {
  const send = await fresh()
  const pages = Array.from({ length: 17 }, () => new AbortController())
  const asked = pages.map(({ signal }) => send({}, { money: true, signal }))
  const port = started()
  pages.toReversed().forEach((page) => page.abort())
  for (const a of asked.slice(0, 16)) await assert.rejects(a, { code: 'interrupted', payment: 'unknown' })
  await assert.rejects(asked[16], { code: 'interrupted', payment: 'not_sent' }) // was still in line
  port.end()
})

test('an error of the host that says nothing of the payment leaves it open', async () => {
  const send = await fresh()
  const asked = send({}, { money: true })
  const port = started()
  port.onMessage.fire({ id: port.sent[0].id, error: {} })
  await assert.rejects(asked, (err) => err.payment === 'unknown' && !/undefined/.test(err.code + err.message + err.hint))
  port.end()
})

test('a host that ends leaves a payment open, and nothing else', async () => {
  const send = await fresh()
  const [pay, info] = [send({}, { money: true }), send({})]
  started().end('Native host has exited.')
  await assert.rejects(pay, { code: 'no_answer', payment: 'unknown' })
  await assert.rejects(info, { code: 'no_answer', payment: 'not_sent' })
})

test('a host that ends before its first answer has paid nothing', async () => {
  const send = await fresh()
  for (const why of ['No such native application qpay', 'Specified native messaging host not found.', 'An unexpected error occurred', undefined]) {
    const asked = Array.from({ length: 20 }, () => send({}, { money: true }))
    ports[0].end(why)
    for (const a of asked) await assert.rejects(a, { code: 'no_host', payment: 'not_sent' }, why)
  }
})

test('a host that never says anything is given up', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const send = await fresh()
  const pay = send({}, { money: true })
  t.mock.timers.tick(10_000)
  await assert.rejects(pay, { code: 'no_host', payment: 'not_sent' })
  assert.ok(ports[0].closed)
})

test('the port is closed some seconds after the last answer, not before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const send = await fresh()
  const asked = [send({}), send({})]
  const port = started()
  answer(port, port.sent[0].id, 1)
  t.mock.timers.tick(3600_000) // a payment may take long
  assert.ok(!port.closed)
  answer(port, port.sent[1].id, 2)
  await Promise.all(asked)
  assert.ok(!port.closed)
  t.mock.timers.tick(10_000)
  assert.ok(port.closed)
})

test('the next request after an end opens a new port', async () => {
  const send = await fresh()
  const lost = send({})
  started().end()
  await assert.rejects(lost)
  const opened = ports.length
  const asked = send({})
  assert.equal(ports.length, opened + 1)
  const port = started()
  answer(port, port.sent[0].id, 'again')
  assert.equal(await asked, 'again')
  port.end()
})

test('errors of the wallet come through', async () => {
  const send = await fresh()
  const asked = send({}, { money: true })
  const port = started()
  port.onMessage.fire({ id: port.sent[0].id, error: { code: 'in_flight', message: 'm', hint: 'h', payment: 'in_flight' } })
  await assert.rejects(asked, { code: 'in_flight', message: 'm', hint: 'h', payment: 'in_flight' })
  port.end()
})
