// What getInfo() lists.
import assert from 'node:assert/strict'
import test from 'node:test'
import { Refusal } from '../background/errors.js'

const fresh = async () => (await import(`../background/methods.js?${Math.random()}`)).methods

test('what is off in the wallet is neither listed nor tried', async () => {
  const methods = await fresh()
  const list = await methods(['Pay', 'GetInfo'], () => assert.fail('nothing is to be tried'))
  assert.deepEqual(list, ['enable', 'isEnabled', 'getInfo', 'on', 'off', 'sendPayment', 'sendPaymentAsync', 'lnurl'])
})

test('what policy refuses is not listed, and is tried once', async () => {
  const methods = await fresh()
  const tried = []
  const call = async (service) => {
    tried.push(service)
    throw new Refusal(service === 'qpay.Keysend' ? 'method_refused' : 'bad_destination', 'm')
  }
  for (let i = 0; i < 2; i++) {
    const list = await methods(['Keysend', 'SignMessage', 'MakeInvoice'], call)
    assert.deepEqual(list.slice(5), ['makeInvoice', 'signMessage'])
  }
  assert.deepEqual(tried, ['qpay.Keysend', 'qpay.SignMessage'])
})
