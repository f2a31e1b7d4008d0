'use strict'
// From the arguments of a page, which may be anything, to the requests of
// doc/protocol.md. Amounts are satoshis as whole decimal digits; they become
// millisatoshis without a float in between.
import { Refusal } from './errors.js'

const encoder = new TextEncoder()

/** @param {string} what */
const invalid = (what) => new Refusal('bad_request', what)

/** @param {unknown} untrusted @param {string} what @param {number} most in bytes of UTF-8 */
export function text(untrusted, what, most) {
  if (typeof untrusted !== 'string') throw invalid(`${what} is not text.`)
  // Half a character would reach the wallet as another text than this one.
  if (!untrusted.isWellFormed()) throw invalid(`${what} has half a character in it.`)
  if (encoder.encode(untrusted).length > most) throw invalid(`${what} is longer than ${most} bytes.`)
  return untrusted
}

/** @param {unknown} untrusted @param {string} what */
export function msat(untrusted, what) {
  const digits = typeof untrusted === 'number' ? String(untrusted) : untrusted
  if (typeof digits !== 'string' || !/^[0-9]{1,16}$/.test(digits)) {
    throw invalid(`${what} is not a whole number of satoshis.`)
  }
  const amount = BigInt(digits) * 1000n
  if (amount > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(`${what} is more than any payment.`)
  return Number(amount)
}

/** @param {unknown} untrusted @param {string} what */
function positive(untrusted, what) {
  const amount = msat(untrusted, what)
  if (amount === 0) throw invalid(`${what} is 0.`)
  return amount
}

/** @param {unknown} untrusted @param {string} what @returns {Map<string, unknown>} */
function fields(untrusted, what) {
  if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted)) {
    throw invalid(`${what} is not an object.`)
  }
  return new Map(Object.entries(untrusted))
}

/** @param {unknown} invoice */
export function pay(invoice) {
  const bare = text(invoice, 'The invoice', 8192).trim()
  if (!bare) throw invalid('The invoice is empty.')
  return { invoice: bare }
}

/** A text, a number, or {amount, defaultAmount, minimumAmount, maximumAmount,
 * defaultMemo}; nothing at all leaves the amount to the person.
 * @param {unknown} untrusted */
export function makeInvoice(untrusted = {}) {
  if (typeof untrusted === 'string' || typeof untrusted === 'number') {
    return { amount_msat: positive(untrusted, 'The amount') }
  }
  const f = fields(untrusted, 'The argument of makeInvoice')
  const take = (/** @type {string} */ name, check = positive) =>
    f.get(name) === undefined ? undefined : check(f.get(name), name)
  const amount = take('amount')
  const least = take('minimumAmount', msat) || undefined // pages write 0 for "no least amount"
  const most = take('maximumAmount')
  const usual = take('defaultAmount')
  const memo = f.get('defaultMemo') === undefined ? undefined : text(f.get('defaultMemo'), 'defaultMemo', 639)
  for (const [n, name] of /** @type {[number | undefined, string][]} */ ([[amount, 'amount'], [usual, 'defaultAmount'], [most, 'maximumAmount']])) {
    if (n !== undefined && n < (least ?? 0)) throw invalid(`${name} is less than minimumAmount.`)
    if (n !== undefined && most !== undefined && n > most) throw invalid(`${name} is more than maximumAmount.`)
  }
  return amount === undefined
    ? { min_msat: least, max_msat: most, default_msat: usual, memo }
    : { amount_msat: amount, memo }
}

/** @param {unknown} untrusted {destination, amount, customRecords?: {number: text}} */
export function keysend(untrusted) {
  const f = fields(untrusted, 'The argument of keysend')
  const records = new Map()
  if (f.get('customRecords') !== undefined) {
    for (const [number, value] of fields(f.get('customRecords'), 'customRecords')) {
      if (!/^[1-9][0-9]{0,19}$/.test(number)) throw invalid('A custom record has a name that is no number.')
      records.set(number, hex(text(value, `The custom record ${number}`, 1024)))
    }
  }
  return {
    destination: text(f.get('destination'), 'destination', 200),
    amount_msat: positive(f.get('amount'), 'amount'),
    records: records.size ? Object.fromEntries(records) : undefined
  }
}

/** @param {string} value */
const hex = (value) => [...encoder.encode(value)].map((b) => b.toString(16).padStart(2, '0')).join('')

/** @param {unknown} message */
export function sign(message) {
  const whole = text(message, 'The message', 4096)
  if (!whole) throw invalid('The message is empty.')
  return { message: whole }
}

/** @param {unknown} signature @param {unknown} message */
export function verify(signature, message) {
  return { signature: text(signature, 'The signature', 200), ...sign(message) }
}

/** What a link, a selection or lnurl() holds: only `qpay open` says what it is.
 * @param {unknown} untrusted */
export function open(untrusted) {
  const trimmed = text(untrusted, 'The text', 8192).trim()
  if (!trimmed) throw invalid('The text is empty.')
  return trimmed
}
