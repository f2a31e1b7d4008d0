// What a page may pass to the methods, and what becomes of it.
import assert from 'node:assert/strict'
import test from 'node:test'
import * as args from '../background/arguments.js'

const bare = (v) => JSON.parse(JSON.stringify(v))

test('amounts that are refused', () => {
  for (const bad of ['', ' ', '1.5', '1,5', '-1', '+1', '1e3', '0x10', '1 ', 'NaN', '١', '１', '9'.repeat(17),
    1.5, -1, NaN, Infinity, 1e21, 9007199254741, '9007199254741', true, null, [], {}, 5n]) {
    assert.throws(() => args.msat(bad, 'x'), { code: 'bad_request', payment: 'not_sent' }, String(bad))
  }
})

test('amounts are exact', () => {
  for (const [good, want] of [['1', 1000], [1, 1000], ['0', 0], ['007', 7000], ['9007199254740', 9007199254740000], [4503599627370, 4503599627370000]]) {
    assert.equal(args.msat(good, 'x'), want)
  }
})

test('makeInvoice takes all forms of the specification', () => {
  for (const [form, want] of [
    [5, { amount_msat: 5000 }],
    ['5', { amount_msat: 5000 }],
    [undefined, {}],
    [{}, {}],
    [{ amount: 5 }, { amount_msat: 5000 }],
    [{ amount: '5', defaultMemo: 'tea' }, { amount_msat: 5000, memo: 'tea' }],
    [{ defaultAmount: '5' }, { default_msat: 5000 }],
    [{ minimumAmount: '2', maximumAmount: 9, defaultAmount: 5 }, { min_msat: 2000, max_msat: 9000, default_msat: 5000 }],
    [{ minimumAmount: 0, maximumAmount: 9 }, { max_msat: 9000 }], // 0: no least amount
    [{ amount: 5, minimumAmount: 2, maximumAmount: 9, defaultAmount: 3 }, { amount_msat: 5000 }],
    [{ amount: 5, somethingNew: [] }, { amount_msat: 5000 }],
    [{ defaultMemo: '' }, { memo: '' }]
  ]) assert.deepEqual(bare(args.makeInvoice(form)), want, JSON.stringify(form))
})

test('makeInvoice refuses', () => {
  for (const bad of [null, true, [], '', 0, '0', 1.5, { amount: 0 }, { amount: '' }, { amount: null }, { maximumAmount: 0 },
    { defaultAmount: 0 }, { amount: {} }, { amount: 1, maximumAmount: 'x' }, // a field that is not needed is still looked at
    { minimumAmount: 5, maximumAmount: 4 }, { amount: 3, minimumAmount: 4 }, { defaultAmount: 9, maximumAmount: 8 },
    { defaultMemo: 5 }, { defaultMemo: 'é'.repeat(320) }, { defaultMemo: '\ud800' }]) {
    assert.throws(() => args.makeInvoice(bad), { code: 'bad_request' }, JSON.stringify(bad))
  }
})

test('what a name in a prototype says is no argument', () => {
  assert.deepEqual(bare(args.makeInvoice(JSON.parse('{"__proto__":{"amount":5}}'))), {})
  assert.throws(() => args.keysend(JSON.parse('{"destination":"02","amount":1,"customRecords":{"__proto__":"x"}}')), { code: 'bad_request' })
})

test('sendPayment takes text alone', () => {
  assert.deepEqual(args.pay(' lnbc1 \n'), { invoice: 'lnbc1' })
  for (const bad of ['', '  ', 5, null, undefined, {}, ['lnbc1'], 'x'.repeat(8193), '\udfff']) {
    assert.throws(() => args.pay(bad), { code: 'bad_request' }, String(bad).slice(0, 20))
  }
})

test('keysend', () => {
  assert.deepEqual(bare(args.keysend({ destination: '02ab', amount: '5', customRecords: { 7629169: 'hé' } })),
    { destination: '02ab', amount_msat: 5000, records: { 7629169: '68c3a9' } })
  for (const bad of [undefined, null, '02ab', [], {}, { destination: '02ab' }, { amount: 5 }, { destination: 5, amount: 5 },
    { destination: '02ab', amount: 0 }, { destination: '02ab', amount: 5, customRecords: [] },
    { destination: '02ab', amount: 5, customRecords: { x: 'y' } }, { destination: '02ab', amount: 5, customRecords: { '01': 'y' } },
    { destination: '02ab', amount: 5, customRecords: { 7629169: 5 } }]) {
    assert.throws(() => args.keysend(bad), { code: 'bad_request' }, JSON.stringify(bad))
  }
})

test('messages are whole, or refused', () => {
  assert.deepEqual(args.sign(' a\n'), { message: ' a\n' }) // signed as it is
  assert.deepEqual(args.verify('sig', 'm'), { signature: 'sig', message: 'm' })
  for (const bad of ['', 5, null, undefined, {}, 'é'.repeat(2049), 'half \ud83d']) {
    assert.throws(() => args.sign(bad), { code: 'bad_request' })
    assert.throws(() => args.verify('sig', bad), { code: 'bad_request' })
  }
  assert.throws(() => args.verify({}, 'm'), { code: 'bad_request' })
})

test('a text to open', () => {
  assert.equal(args.open(' lightning:LNBC1 '), 'lightning:LNBC1')
  for (const bad of ['', ' \n', 5, undefined, 'x'.repeat(8193)]) assert.throws(() => args.open(bad), { code: 'bad_request' })
})
