'use strict'
// The methods of WebLN: from a page's call to a request of the wallet, and from
// its answer to what the specification promises.
import * as args from './arguments.js'
import * as host from './host.js'
import * as consent from './consent.js'
import * as origins from './origins.js'
import { methods } from './methods.js'
import { Refusal } from './errors.js'

const QUICK = 30_000 // for services that ask nobody

/** @typedef {{origin: string, active: boolean}} Page
 * @typedef {{page: Page, signal: AbortSignal}} From */

/** One qrexec call. A refusal by dom0's policy means "this method is off" if the
 * wallet can be asked other things, and "this qube is not enrolled" if not.
 * @param {string} service @param {object} request @param {{signal: AbortSignal, money?: boolean, timeout_ms?: number}} how */
async function wallet(service, request, { signal, money, timeout_ms }) {
  try {
    return await host.send({ service, request: { v: 1, ...request }, timeout_ms }, { signal, money })
  } catch (err) {
    const missing = err instanceof Refusal && (err.code === 'policy_refused' || err.code === 'no_service')
    if (!missing || service === 'qpay.GetInfo') throw err
    await wallet('qpay.GetInfo', {}, { signal, timeout_ms: QUICK }).catch(({ code }) => {
      if (code === err.code) throw err
    })
    throw new Refusal('method_refused', `${err.message} Other requests are let through.`, err.hint)
  }
}

/** Where a window is shown, it says which page asked.
 * @param {string} service @param {object} request @param {From} from @param {boolean} [money] */
const asking = (service, request, { page, signal }, money) =>
  wallet(service, { ...request, context: { origin: page.origin } }, { signal, money })

/** @param {string} service @param {object} request @param {From} from */
const quick = (service, request, { signal }) => wallet(service, request, { signal, timeout_ms: QUICK })

/** A link, a selection or an LNURL: `qpay open` says what it is, and pays.
 * @param {unknown} untrusted @param {{origin?: string, signal?: AbortSignal}} from */
export async function open(untrusted, { origin, signal }) {
  const { preimage } = await host.send({ open: args.open(untrusted), origin }, { signal, money: true })
  return { preimage }
}

/** @type {Map<string, (from: From, a: unknown, b: unknown) => Promise<unknown>>} */
const METHODS = new Map(Object.entries({
  async getInfo(from) {
    const info = await quick('qpay.GetInfo', {}, from)
    return {
      node: { alias: info.alias, pubkey: info.pubkey ?? '' },
      version: info.version,
      supports: ['lightning'],
      methods: await methods(info.methods, (service, request) => quick(service, request, from))
    }
  },
  async sendPayment(from, invoice) {
    const { preimage } = await asking('qpay.Pay', args.pay(invoice), from, true)
    return { preimage }
  },
  // Does not wait for the end: that of a hold invoice may be days away.
  async sendPaymentAsync(from, invoice) {
    await asking('qpay.Pay', args.pay(invoice), from, true).catch((err) => {
      if (err.payment !== 'in_flight') throw err
    })
    return {}
  },
  async keysend(from, a) {
    const { preimage } = await asking('qpay.Keysend', args.keysend(a), from, true)
    return { preimage }
  },
  async makeInvoice(from, a) {
    const answer = await asking('qpay.MakeInvoice', args.makeInvoice(a), from)
    return { paymentRequest: answer.payment_request }
  },
  async signMessage(from, a) {
    const { message } = args.sign(a)
    const { signature } = await asking('qpay.SignMessage', { message }, from)
    return { message, signature }
  },
  async verifyMessage(from, signature, message) {
    const { valid } = await quick('qpay.VerifyMessage', args.verify(signature, message), from)
    if (!valid) throw new Refusal('bad_signature', 'No node that the wallet knows has signed this message so.')
  },
  async getBalance(from) {
    const { balance_msat } = await quick('qpay.GetBalance', {}, from)
    return { balance: Math.floor(balance_msat / 1000), currency: 'sats' }
  },
  // That the service said no is an answer, as LNURL has it; all else rejects.
  async lnurl({ page, signal }, text) {
    try {
      await open(text, { origin: page.origin, signal })
      return { status: 'OK' }
    } catch (err) {
      if (!(err instanceof Refusal && err.code === 'service_refused' && err.payment === 'not_sent')) throw err
      return { status: 'ERROR', reason: err.message }
    }
  }
}))

/** @param {unknown} method @param {unknown} a @param {unknown} b @param {From} from */
export async function run(method, a, b, from) {
  if (method === 'enable') return consent.enable(from.page, from.signal)
  // Asks nobody and wakes nothing.
  const allowed = await origins.allowed(from.page.origin)
  if (method === 'isEnabled') return allowed
  const known = METHODS.get(String(method))
  if (!known) throw new Refusal('bad_request', 'There is no such method.')
  if (!allowed) throw new Refusal('not_enabled', `Provider must be enabled before calling ${method}`)
  return known(from, a, b)
}
