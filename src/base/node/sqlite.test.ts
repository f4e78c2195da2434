import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lockFile } from './index.ts'

test('a lock has one holder until it is closed, and leaves only its own file', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-lock-'))
  const file = join(folder.path, 'folder', 'lock')
  const lock = lockFile(file)
  assert.notEqual(lock, null)
  assert.equal(lockFile(file), null)
  assert.deepEqual(readdirSync(join(folder.path, 'folder')), ['lock'])
  lock?.close()
  lock?.close()
  const next = lockFile(file)
  assert.notEqual(next, null)
  lock?.close()
  assert.equal(lockFile(file), null)
  next?.close()
})
