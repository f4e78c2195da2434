import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { findProgram } from './programs.ts'

test('Chromium is the program that is named, else the first on the path; without one it says what to install', () => {
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
})

test('as a program it ends with 1 and the sentence when a name is wrong', () => {
  const env = { ...process.env, OXO_CHROMIUM: join(tmpdir(), 'no-such-program') }
  const script = join(import.meta.dirname, 'programs.ts')
  const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^OXO_CHROMIUM names .*, which is no program: .*\.\n$/)
})
