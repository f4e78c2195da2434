import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createFile, errorCode, replaceFile, syncFile, syncFolder } from './index.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o777

test('a new file and its folders are for their owner only, and an existing file stays as it is', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-files-'))
  const file = join(folder.path, 'one', 'two', 'file')
  createFile(file)
  assert.deepEqual([modeOf(file), modeOf(dirname(file)), modeOf(dirname(dirname(file)))], [0o600, 0o700, 0o700])
  writeFileSync(file, 'text')
  createFile(file)
  assert.equal(readFileSync(file, 'utf8'), 'text')
})

test('a file is replaced whole, and nothing else stays', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-files-'))
  const file = join(folder.path, 'file')
  for (const text of ['a long text', 'text']) replaceFile(file, text)
  assert.equal(readFileSync(file, 'utf8'), 'text')
  assert.deepEqual([modeOf(file), readdirSync(dirname(file))], [0o600, ['file']])
})

test('an error names its code', () => {
  for (const sync of [syncFile, syncFolder])
    assert.throws(
      () => sync('/no/such'),
      (cause) => errorCode(cause) === 'ENOENT',
    )
  assert.equal(errorCode(new Error('ENOENT')), null)
  assert.equal(errorCode('ENOENT'), null)
})
