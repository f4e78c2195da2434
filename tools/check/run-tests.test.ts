import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longFirst, orderFiles } from './run-tests.ts'
import { listFiles } from './tree.ts'

test('long test files come first, in their order, then the others by name', () => {
  const files = ['a.test.ts', 'b.test.ts', 'c.test.ts', 'b.test.ts', 'd.test.ts']
  assert.deepEqual(orderFiles(files, ['d.test.ts', 'b.test.ts', 'gone.test.ts']), [
    ...['d.test.ts', 'b.test.ts'],
    ...['a.test.ts', 'c.test.ts'],
  ])
})

test('every file in the list of long files exists', () => {
  const files = new Set(listFiles())
  assert.deepEqual(
    longFirst.filter((file) => !files.has(file)),
    [],
  )
})
