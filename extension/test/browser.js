// As much of a browser as the background needs outside of one: storage, native
// messaging with the host's side in hand, and windows that stay until closed.

const event = () => {
  const listeners = new Set()
  return {
    addListener: (f) => listeners.add(f),
    removeListener: (f) => listeners.delete(f),
    fire: (...args) => listeners.forEach((f) => f(...args))
  }
}

const area = () => {
  const kept = new Map()
  return {
    kept,
    get: async (key) => (kept.has(key) ? { [key]: kept.get(key) } : {}),
    set: async (items) => Object.entries(items).forEach(([k, v]) => kept.set(k, v)),
    remove: async (keys) => [keys].flat().forEach((key) => kept.delete(key)),
    clear: async () => kept.clear()
  }
}

export const storage = { local: area(), session: area() }
/** The ports opened so far, last first. */
export const ports = []

/** The windows that are open. */
export const windows = new Map()
let last = 0
const onRemoved = event()
export const shut = (id) => windows.delete(id) && onRemoved.fire(id)

globalThis.chrome = {
  storage,
  windows: {
    onRemoved,
    create: async (how) => { windows.set(++last, how); return { id: last } },
    update: async () => {},
    remove: async (id) => shut(id)
  },
  runtime: {
    id: 'own',
    getURL: (path) => 'test-extension:/' + path,
    connectNative(name) {
      const port = {
        name, sent: [], closed: false, onMessage: event(), onDisconnect: event(),
        postMessage: (m) => port.sent.push(JSON.parse(JSON.stringify(m))),
        disconnect: () => { port.closed = true },
        end: (message) => port.onDisconnect.fire({ error: message && { message } })
      }
      ports.unshift(port)
      return port
    }
  }
}
