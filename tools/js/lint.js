'use strict'
// web-ext lint over the assembled extension: lint.js FOLDER. No error and no
// warning, but for those explained here.
const { spawnSync } = require('node:child_process')
const { join } = require('node:path')

const WEB_EXT = join(__dirname, '../../out/tools/js/node_modules/web-ext/bin/web-ext.js')
const EXPLAINED = {
  firefox: {
    KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION: 'on Android there is no native messaging, thus no qpay'
  },
  // Firefox's linter wants these of every manifest; Firefox never gets this one.
  chromium: {
    BACKGROUND_SERVICE_WORKER_NOFALLBACK: 'Chromium has service workers alone',
    ADDON_ID_REQUIRED: 'the id is made from "key"',
    MISSING_DATA_COLLECTION_PERMISSIONS: 'a key of Firefox'
  }
}

let bad = 0
for (const [browser, explained] of Object.entries(EXPLAINED)) {
  const args = ['lint', '--no-config-discovery', '--output', 'json', '--source-dir', join(process.argv[2], browser)]
  const run = spawnSync(process.execPath, [WEB_EXT, ...args], { encoding: 'utf8' })
  const report = JSON.parse(run.stdout.trim().split('\n').at(-1))
  const found = [...report.errors, ...report.warnings, ...report.notices]
  for (const m of found.filter((m) => !(m.code in explained))) {
    console.error(`${browser}: ${m.file ?? ''}:${m.line ?? ''}: ${m.code}: ${m.message}`)
    bad++
  }
  // A rule that is gone needs no explanation.
  for (const code of Object.keys(explained).filter((code) => !found.some((m) => m.code === code))) {
    console.error(`${browser}: ${code} is explained in lint.js, but does not come any more`)
    bad++
  }
}
if (bad) process.exit(1)
console.log('extension: web-ext lint is fine')
