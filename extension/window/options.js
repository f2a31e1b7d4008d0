'use strict'
// Which pages may ask, and whether the way out works.
import { api } from '../background/api.js'

const KEY = 'allowed '
const get = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** @param {string} tag @param {string} text */
function make(tag, text) {
  const e = document.createElement(tag)
  e.textContent = text
  return e
}

async function list() {
  const kept = await api.storage.local.get(null)
  const keys = Object.keys(kept).filter((key) => key.startsWith(KEY)).sort()
  get('origins').replaceChildren(...keys.map((key) => {
    const row = make('li', '')
    const since = new Date(/** @type {any} */ (kept[key]).since).toLocaleDateString()
    const forget = make('button', 'Forget')
    forget.setAttribute('aria-label', `Forget ${key.slice(KEY.length)}`)
    forget.addEventListener('click', () => api.storage.local.remove(key))
    row.append(make('span', key.slice(KEY.length)), Object.assign(make('span', `since ${since}`), { className: 'dim' }), forget)
    return row
  }))
  get('none').hidden = keys.length > 0
  get('all').hidden = keys.length < 2
}

/** @param {string} text @param {string} look @param {[string, string][]} [rows] */
function show(text, look, rows = []) {
  Object.assign(get('state'), { textContent: text, className: look })
  get('info').replaceChildren(...rows.flatMap(([name, value]) => [make('dt', name), make('dd', value)]))
}

function ask() {
  show('Asking the wallet…', 'dim')
  const port = api.runtime.connect()
  port.onMessage.addListener(({ info, error }) => {
    port.disconnect()
    if (error) return show(error.message, 'bad', [['Hint', error.hint || '–'], ['Code', error.code]])
    show('The wallet answers.', 'good', [['Node', info.alias || '–'], ['Network', info.network],
      ['Version', info.version], ['Switched on', info.methods.join(', ')]])
  })
  port.onDisconnect.addListener(() => show('The extension itself does not answer.', 'bad', [['Hint', 'reload this page']]))
}

get('version').textContent = api.runtime.getManifest().version
get('all').addEventListener('click', () => api.storage.local.clear())
get('again').addEventListener('click', ask)
api.storage.onChanged.addListener(list)
list()
ask()
