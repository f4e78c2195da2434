import assert from 'node:assert/strict'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { openTokenKeys, parseSecrets, readSecrets, whyOpen, writeSecrets } from './token-keys.ts'
import type { Stop } from './stop.ts'
import { openScratch } from './testing/scratch.ts'

test('the key is created once, readable only by its owner', () => {
  using scratch = openScratch()
  const file = scratch.path('secret')
  const [key] = openTokenKeys(file)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.ok((key?.secret.length ?? 0) >= 32)
  assert.deepEqual(openTokenKeys(file), [key])
})

test('keys that other users can read cause a warning', { skip: process.platform === 'win32' }, () => {
  using scratch = openScratch()
  const file = scratch.path('secret')
  openTokenKeys(file)
  assert.equal(whyOpen(file), null)
  chmodSync(file, 0o644)
  assert.match(whyOpen(file) ?? '', /secret can be used by others on this machine, .*: chmod 600 it$/)
})

test('the file and the variable with the same text are the same key', () => {
  using scratch = openScratch()
  const file = scratch.path('secret')
  const [key] = openTokenKeys(file)
  assert.deepEqual(parseSecrets(readFileSync(file, 'utf8')), [key])
})

test('several secrets keep their order and have different ids', () => {
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)]
  const keys = parseSecrets(`${first}, ${second},${first}`)
  assert.equal(keys.length, 2)
  assert.notEqual(keys[0]?.id, keys[1]?.id)
  assert.deepEqual(keys[1], parseSecrets(second)[0])
})

test('a file may contain several secrets, like the variable, and reads back as written', () => {
  using scratch = openScratch()
  const file = scratch.path('secret')
  const secrets = ['a'.repeat(32), 'b'.repeat(40)]
  writeSecrets(file, secrets)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readSecrets(file), secrets)
  assert.deepEqual(openTokenKeys(file), parseSecrets(secrets.join(',')))
  assert.equal(readSecrets(scratch.path('none')), null)
})

test('a short secret is refused, in the variable and in the file', () => {
  using scratch = openScratch()
  assert.throws(
    () => parseSecrets('short'),
    (stop: Stop) => stop.ending === 'usage',
  )
  writeFileSync(scratch.path('secret'), 'cut off')
  assert.throws(
    () => openTokenKeys(scratch.path('secret')),
    (stop: Stop) => stop.ending === 'failed',
  )
})
