'use strict'
// Runs what the test wants to have run in this page and tells what came of it.
// What it needs it takes before the page's own scripts change anything.
;(() => {
  const { fetch, location, Error } = window
  const { stringify, parse } = JSON
  const Code = (async () => {}).constructor
  const has = Object.hasOwn
  const here = location.pathname.replace(/[^0-9a-z-]/g, '')
  const describe = (e) => {
    const told = { __proto__: null, name: String(e && e.name), message: String(e && e.message), error: e instanceof Error }
    if (!e || typeof e !== 'object') return told
    if (has(e, 'code')) told.code = e.code
    if (has(e, 'payment')) told.payment = e.payment
    return told
  }
  const tell = (id, what) => fetch('/done/' + id, { method: 'POST', body: stringify(what) })
  // No iterator and no method of an array: a page may have replaced them.
  const run = async ({ id, code, args }) => {
    const result = { __proto__: null, value: null }
    try {
      const value = await new Code('$', code)(args)
      result.value = value === undefined ? null : value
      result.nothing = value === undefined
    } catch (e) {
      result.error = describe(e)
    }
    await tell(id, result)
  }
  const ask = async () => {
    for (;;) {
      const answer = await fetch('/next/' + here)
      const text = await answer.text()
      if (text) run(parse(text))
    }
  }
  ask()
})()
