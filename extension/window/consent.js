'use strict'
// Allow is off for a moment after the window has come up, whenever it gets the
// focus, and after any click or key while it is off: what was meant for
// something else goes astray, and so does the second half of a double click.
// Closing the window refuses.
import { api } from '../background/api.js'
import { cut } from './origin.js'

const WAIT = 1000
const AWAKE = 20_000 // Chromium ends a background that has heard nothing for thirty seconds

const allow = /** @type {HTMLButtonElement} */ (document.getElementById('allow'))
const refuse = /** @type {HTMLButtonElement} */ (document.getElementById('refuse'))
const port = api.runtime.connect()
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

function arm() {
  clearTimeout(timer)
  allow.disabled = true
  timer = setTimeout(() => { allow.disabled = false }, WAIT)
}

const early = () => { if (allow.disabled) arm() }

port.onMessage.addListener(({ origin }) => {
  const [before, name, after] = cut(origin)
  const strong = document.createElement('strong')
  strong.textContent = name
  document.getElementById('origin')?.replaceChildren(before, strong, after)
  document.title = `qpay: ${origin}`
  arm()
  addEventListener('focus', arm)
  for (const type of ['pointerdown', 'keydown']) addEventListener(type, early, true)
})
port.onDisconnect.addListener(() => close())
allow.addEventListener('click', (event) => event.isTrusted && port.postMessage({ allow: true }))
refuse.addEventListener('click', () => port.postMessage({ allow: false }))
addEventListener('keydown', (event) => { if (event.key === 'Escape') port.postMessage({ allow: false }) })
setInterval(() => port.postMessage({}), AWAKE)
