'use strict'
// What getInfo() lists: the methods that the wallet has switched on and dom0's
// policy lets through.
import { Refusal } from './errors.js'

const ALWAYS = ['enable', 'isEnabled', 'getInfo', 'on', 'off']

/** @type {[string, string[]][]} */
const OF_SERVICE = [
  ['Pay', ['sendPayment', 'sendPaymentAsync', 'lnurl']],
  ['Keysend', ['keysend']],
  ['MakeInvoice', ['makeInvoice']],
  ['SignMessage', ['signMessage']],
  ['VerifyMessage', ['verifyMessage']],
  ['GetBalance', ['getBalance']]
]

/** What policy denies as shipped is tried where the wallet says that it is on,
 * with requests that open no window: they are refused for what they lack, if
 * they get there. @type {[string, object][]} */
const PROBES = [
  ['Keysend', { destination: '', amount_msat: 1 }],
  ['SignMessage', { message: '' }],
  ['GetBalance', {}]
]

/** What was found out is kept as long as the background lives: dom0 shows a
 * notice of each call that it refuses. @type {Map<string, boolean>} */
const found = new Map()

/** @param {string[]} on the services that the wallet says are on
 * @param {(service: string, request: object) => Promise<unknown>} call */
export async function methods(on, call) {
  const probes = PROBES.filter(([service]) => on.includes(service) && !found.has(service))
  await Promise.all(probes.map(async ([service, request]) => {
    const answer = await call('qpay.' + service, request).catch((err) => err)
    found.set(service, !(answer instanceof Refusal && answer.code === 'method_refused'))
  }))
  const services = OF_SERVICE.filter(([service]) => on.includes(service) && found.get(service) !== false)
  return [...ALWAYS, ...services.flatMap(([, names]) => names)]
}
