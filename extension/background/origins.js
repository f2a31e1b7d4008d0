'use strict'
// Which origins may ask, and which have to wait before they may ask again. What
// was allowed is kept until it is forgotten in the options, every refusal until
// the browser ends. Private windows are left out altogether: see pageOf.
import { api } from './api.js'

const FIRST = 30_000 // the pause after a refusal; four times longer after each further one
const LONGEST = 24 * 3600_000
const HOUR = 3600_000

/** Stands for all origins together: no page can have it. */
const ALL = '*'
const FREE = 4 // refusals in a row, of any origins, before all have to wait

/** Whose page it is, the browser says, never a message; null for what is no
 * page that may ask. One that was loaded before the person goes there, or is
 * kept for the Back button, is not looked at: it may not ask either. The
 * manifests leave private windows out, where an allowed origin would tie what
 * is done there to the person.
 * @param {chrome.runtime.MessageSender | undefined} sender */
export function pageOf(sender) {
  const origin = sender?.origin ?? new URL(sender?.url ?? 'about:blank').origin
  if (sender?.id !== api.runtime.id || sender.frameId !== 0 || !sender.tab || sender.tab.incognito) return null
  if ((sender.documentLifecycle ?? 'active') !== 'active') return null
  return /^https?:\/\/[!-~]+$/.test(origin) ? { origin } : null
}

/** @param {string} origin */
export async function allowed(origin) {
  const key = 'allowed ' + origin
  return key in await api.storage.local.get(key)
}

/** @param {string} origin */
export async function allow(origin) {
  await api.storage.session.remove(['refused ' + origin, 'refused ' + ALL])
  await api.storage.local.set({ ['allowed ' + origin]: { since: Date.now() } })
}

/** @param {string} whose @returns {Promise<{times: number, until: number}>} */
async function refusals(whose) {
  const key = 'refused ' + whose
  return /** @type {any} */ ((await api.storage.session.get(key))[key]) ?? { times: 0, until: 0 }
}

/** @param {string} origin */
export async function paused(origin) {
  return (await refusals(origin)).until > Date.now()
}

/** Else a page could go from one of its names to the next, with a window each. */
export const allPaused = () => paused(ALL)

/** @param {string} origin */
export async function refuse(origin) {
  const own = await refusals(origin)
  const all = await refusals(ALL)
  const inRow = all.until + HOUR < Date.now() ? 1 : all.times + 1
  await api.storage.session.set({ ['refused ' + origin]: after(own.times + 1, pause), ['refused ' + ALL]: after(inRow, pauseOfAll) })
}

/** @param {number} times @param {(times: number) => number} long */
const after = (times, long) => ({ times, until: Date.now() + long(times) })

/** @param {number} times how often it was refused */
export const pause = (times) => Math.min(FIRST * 4 ** (times - 1), LONGEST)

/** An hour at most: it meets honest pages too.
 * @param {number} times how many were refused in a row */
export const pauseOfAll = (times) => times <= FREE ? 0 : Math.min(pause(times - FREE), HOUR)
