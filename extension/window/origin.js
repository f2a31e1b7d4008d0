'use strict'
// An origin, cut so that the part which was registered stands out: a page can
// put any name in front of its own, as in bank.example.shop.test.

/** Before, the end of the name, after. One label more where the last has two
 * letters, since names like shop.co.test are then registered with three.
 * @param {string} origin @returns {[string, string, string]} */
export function cut(origin) {
  const [, scheme, host, port] = /^(\w+:\/\/)(.*?)(:[0-9]+)?$/.exec(origin) ?? ['', '', origin, '']
  if (/^[0-9.]+$|\]$/.test(host)) return [scheme, host, port ?? '']
  const labels = host.split('.')
  const shown = labels.at(-1)?.length === 2 ? 3 : 2
  const end = labels.slice(-shown).join('.')
  return [scheme + host.slice(0, host.length - end.length), end, port ?? '']
}
