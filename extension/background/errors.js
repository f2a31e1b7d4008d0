'use strict'
// What went wrong, for a page: the one table from qpay's codes (doc/protocol.md)
// to the error names of WebLN. A test holds the two together.

/** A reason not to do it. `code` and `payment` are those of doc/protocol.md. */
export class Refusal extends Error {
  /** @param {string} code @param {string} message @param {string} [hint] @param {string} [payment] */
  constructor(code, message, hint = '', payment = 'not_sent') {
    super(message)
    this.code = code
    this.hint = hint
    this.payment = payment
  }
}

/** The words after which no money is under way. Only these may be told so. */
const OVER = new Set(['not_sent', 'failed'])

/** What is told of a payment where nothing else is known. */
export const CAREFUL = 'a payment may still go through: do not pay again before you have looked it up'

/** Any other error: a fault of ours, of which nobody is told the inside. It
 * may have come after the request had left. */
export const FAULT = new Refusal('internal', 'Something went wrong in the qpay extension.', CAREFUL, 'unknown')

/** An error that the host passed on, or what there is in its place. No word on
 * the payment, or none of ours, is taken for "unknown".
 * @param {any} untrusted */
export function fromHost(untrusted) {
  const { code, message, hint, payment } = untrusted
  const known = OVER.has(payment) || payment === 'in_flight' || payment === 'unknown'
  return new Refusal(
    typeof code === 'string' ? code : FAULT.code,
    typeof message === 'string' ? message : 'The wallet gave an error that was not understood.',
    known && typeof hint === 'string' ? hint : known ? '' : CAREFUL,
    known ? payment : 'unknown')
}

export const NAMES = new Map(Object.entries({
  RejectionError: ['denied', 'muted', 'not_answered', 'enable_refused'],
  ConnectionError: ['cannot_show', 'not_configured', 'node_unreachable', 'node_not_ready', 'node_refused',
    'policy_refused', 'no_service', 'no_qrexec', 'no_answer', 'client_timeout', 'interrupted', 'no_host', 'service_unreachable'],
  UnsupportedMethodError: ['switched_off', 'method_refused', 'unsupported_link'],
  RoutingError: ['no_route', 'insufficient_balance', 'timed_out'],
  InvalidDataError: ['bad_request', 'bad_invoice', 'wrong_network', 'unsupported_invoice', 'expired', 'over_limit',
    'already_paid', 'node_disagrees', 'no_such_invoice', 'message_refused', 'bad_destination', 'bad_signature',
    'bad_link', 'no_payment_text', 'unsafe_link', 'bad_choice', 'metadata_mismatch'],
  InternalError: ['internal', 'busy', 'payee_refused', 'payment_failed', 'in_flight', 'outcome_unknown', 'not_enabled',
    'service_refused', 'service_answer', 'no_camera', 'scan_timeout', 'no_scanner', 'scan_closed', 'bad_picture']
}).flatMap(([name, codes]) => codes.map((code) => [code, name])))

/** Old pages look for these words to tell a refusal from a fault. */
const REJECTED = new Set(['denied', 'muted', 'enable_refused'])

/** What a page gets. While money may be under way there is no class that fits,
 * whatever the code: InternalError, with the state of the payment beside it.
 * @param {unknown} err */
export function toWebln(err) {
  const e = err instanceof Refusal ? err : FAULT
  const name = OVER.has(e.payment) ? NAMES.get(e.code) ?? 'InternalError' : 'InternalError'
  const words = [REJECTED.has(e.code) ? 'User rejected:' : '', e.message, e.hint && `(${e.hint})`]
  return { name, code: e.code, payment: e.payment, message: words.filter(Boolean).join(' ') }
}
