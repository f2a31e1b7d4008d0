'use strict'
// The one name for the browser's interface, in Firefox and in Chromium.

export const api = globalThis.browser ?? chrome

/** Where the extension's own pages lie. */
export const OWN = api.runtime.getURL('')
