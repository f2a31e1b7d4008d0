// What is installed, and what a page has to carry.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url))
const manifest = (browser) => JSON.parse(read(`manifest.${browser}.json`))
const INJECTED = ['content.js', 'page.js']

test('what is injected in a page has at most 8 KiB, as written', () => {
  const bytes = INJECTED.reduce((sum, name) => sum + read(name).length, 0)
  assert.ok(bytes <= 8192, `${bytes} bytes`)
})

test('both manifests inject these two files, in the top frame, before the page', () => {
  for (const browser of ['firefox', 'chromium']) {
    const scripts = manifest(browser).content_scripts
    assert.deepEqual(scripts.flatMap((s) => s.js), INJECTED)
    for (const s of scripts) {
      assert.equal(s.run_at, 'document_start')
      for (const key of ['all_frames', 'match_about_blank', 'match_origin_as_fallback']) assert.ok(!(key in s), key)
    }
  }
})

test('the manifests agree', () => {
  const [firefox, chromium] = ['firefox', 'chromium'].map(manifest)
  for (const key of ['name', 'version', 'description', 'icons', 'incognito', 'permissions', 'options_ui', 'content_scripts']) {
    assert.deepEqual(firefox[key], chromium[key], key)
  }
  assert.ok(!('web_accessible_resources' in firefox) && !('web_accessible_resources' in chromium))
  assert.equal(firefox.incognito, 'not_allowed')
})

test('own pages load nothing from elsewhere', () => {
  const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
  assert.equal(manifest('firefox').content_security_policy, policy)
  assert.deepEqual(manifest('chromium').content_security_policy, { extension_pages: policy })
})

test('the native messaging manifests name this extension', () => {
  const native = (browser) => JSON.parse(read(`../desktop/native-messaging/${browser}/qpay.json`))
  assert.deepEqual(native('firefox').allowed_extensions, [manifest('firefox').browser_specific_settings.gecko.id])
  const sum = createHash('sha256').update(Buffer.from(manifest('chromium').key, 'base64')).digest('hex').slice(0, 32)
  const id = [...sum].map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join('')
  assert.deepEqual(native('chromium').allowed_origins, [`chrome-extension://${id}/`])
})

test('no page is written by markup, and nothing goes to the console', () => {
  const scripts = ['.', 'background', 'window'].flatMap((dir) =>
    readdirSync(new URL(`../${dir}`, import.meta.url)).filter((name) => name.endsWith('.js')).map((name) => `${dir}/${name}`))
  assert.ok(scripts.length > 10)
  for (const name of scripts) {
    assert.doesNotMatch(read(name).toString(), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|console\./, name)
  }
})
