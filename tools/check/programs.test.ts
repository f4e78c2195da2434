import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { findProgram } from './programs.ts'

test('Chromium is the program in OXO_CHROMIUM, otherwise the first in the path, preferably one without windows; if it is missing, the error says what to install', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-programs-'))
  const PATH = [join(folder.path, 'none'), folder.path].join(delimiter)
  assert.throws(() => findProgram('chromium', { PATH }), /^Error: chromium is missing for .*apt-get install chromium/)
  const program = join(folder.path, 'google-chrome')
  writeFileSync(program, '')
  assert.throws(() => findProgram('chromium', { PATH }), /chromium is missing/)
  assert.throws(() => findProgram('chromium', { PATH, OXO_CHROMIUM: program }), /which is no program/)
  chmodSync(program, 0o755)
  assert.equal(findProgram('chromium', { PATH }), program)
  assert.equal(findProgram('chromium', { PATH: '', OXO_CHROMIUM: program }), program)
  const withoutWindows = join(folder.path, 'chromium-headless-shell')
  writeFileSync(withoutWindows, '', { mode: 0o755 })
  assert.equal(findProgram('chromium', { PATH }), withoutWindows)
})

test('as a program it exits with 1 and an error if a variable names no program', () => {
  const env = { ...process.env, OXO_CHROMIUM: join(tmpdir(), 'no-such-program') }
  const script = join(import.meta.dirname, 'programs.ts')
  const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^OXO_CHROMIUM names .*, which is no program: .*\.\n$/)
})
