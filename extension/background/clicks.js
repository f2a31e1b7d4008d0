'use strict'
// What a person starts: a click on a Lightning link, and the entry of the
// context menu. A click never ends in silence: what goes wrong is shown.
import { api, OWN } from './api.js'
import { open } from './calls.js'
import { FAULT, Refusal } from './errors.js'

const MENU = 'pay'

/** @param {unknown} untrusted @param {{origin?: string, signal?: AbortSignal}} from */
export async function clicked(untrusted, from) {
  try {
    return await open(untrusted, from)
  } catch (err) {
    // Who has just pressed Cancel knows.
    if (!(err instanceof Refusal && err.code === 'denied')) await tell(err)
    throw err
  }
}

/** @param {unknown} err */
async function tell(err) {
  const { message, hint, payment } = err instanceof Refusal ? err : FAULT
  const words = new URLSearchParams({ message, hint, payment })
  await api.windows.create({ url: `${OWN}window/notice.html?${words}`, type: 'popup', width: 460, height: 280 })
}

/** @param {string | undefined} url @returns {string | undefined} */
function originOf(url) {
  const origin = url && URL.canParse(url) ? new URL(url).origin : 'null'
  return origin === 'null' ? undefined : origin
}

export function addMenu() {
  // Chromium remembers the entry, Firefox does not: it may be there already.
  api.contextMenus.create({ id: MENU, title: 'Pay with Lightning', contexts: ['link', 'selection'] }, () => void api.runtime.lastError)
  api.contextMenus.onClicked.addListener((info) => {
    if (info.menuItemId !== MENU) return
    clicked(info.selectionText ?? info.linkUrl, { origin: originOf(info.frameUrl ?? info.pageUrl) }).catch(() => {})
  })
}
