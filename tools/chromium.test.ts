import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { findChromium } from './chromium.ts'

test('Chromium is the program that is named, else the first on the path; without one it says what to install', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-chromium-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const PATH = [join(folder, 'none'), folder].join(delimiter)
  assert.throws(() => findChromium({ PATH }), /need Chromium: .*apt-get install chromium/)
  const program = join(folder, 'google-chrome')
  writeFileSync(program, '')
  assert.throws(() => findChromium({ PATH }), /need Chromium/)
  assert.throws(() => findChromium({ PATH, OXO_CHROMIUM: program }), /which is no program/)
  chmodSync(program, 0o755)
  assert.equal(findChromium({ PATH }), program)
  assert.equal(findChromium({ PATH: '', OXO_CHROMIUM: program }), program)
})

test('as a program it ends with 1 and the sentence where it may not install', () => {
  const env = { ...process.env, OXO_CHROMIUM: join(tmpdir(), 'no-such-program') }
  const script = join(import.meta.dirname, 'chromium.ts')
  const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^OXO_CHROMIUM names .*, which is no program: .*\.\n$/)
})
