// Types for the checker alone: nothing of this is installed.

// Chromium's: the page is loaded before the person goes there.
interface Document { prerendering?: boolean }

// Firefox's tool for an object that is to pass from one world to another.
declare var cloneInto: (<T>(value: T, target: Window) => T) | undefined

/** What a page gets in place of a result. */
type Failure = { name: string, code: string, message: string, payment: string }
type Answer = { result?: any, error?: Failure | null }

// page.js
type Fail = (name: string, code: string, message: string) => Error
type Copy = (value: any, depth: number) => any
type Call = (method: string, a?: unknown, b?: unknown) => Promise<unknown>

// content.js
type Done = (answer: Answer) => void
type Fault = (name: string, code: string, payment: string, message: string) => Answer
type Ask = (door: 'call' | 'link', message: object, money: boolean, done: Done) => void
type OnEvent<E = Event> = (event: E) => void
