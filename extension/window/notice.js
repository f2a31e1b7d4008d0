'use strict'
// What went wrong with a click, and whether money moved. Only two words may be
// told as "nothing was paid": what is missing or new may hide a payment.

const TITLES = new Map([
  ['not_sent', 'Nothing was paid'],
  ['failed', 'Nothing was paid'],
  ['in_flight', 'The payment is still on its way']
])
const UNKNOWN = 'It may have been paid: that is not known'

/** @param {string} id @param {string} text */
function show(id, text) {
  const e = document.getElementById(id)
  if (e) e.textContent = text
}

const words = new URLSearchParams(location.search)
const heading = TITLES.get(words.get('payment') ?? '') ?? UNKNOWN
document.title = `qpay: ${heading}`
show('title', heading)
for (const id of ['message', 'hint']) show(id, words.get(id) ?? '')
document.getElementById('close')?.addEventListener('click', () => close())
addEventListener('keydown', (event) => { if (event.key === 'Escape') close() })
