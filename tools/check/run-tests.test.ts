import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longFirst, orderFiles } from './run-tests.ts'
import { listFiles } from './tree.ts'

test('long test files come first, in their order, then the others from both ends', () => {
  const files = ['a.test.ts', 'b.test.ts', 'c.test.ts', 'b.test.ts', 'd.test.ts', 'e.test.ts', 'f.test.ts']
  assert.deepEqual(orderFiles(files, ['d.test.ts', 'b.test.ts', 'gone.test.ts']), [
    ...['d.test.ts', 'b.test.ts'],
    ...['a.test.ts', 'f.test.ts', 'c.test.ts', 'e.test.ts'],
  ])
})

test('every file in the list of long files exists', () => {
  const files = new Set(listFiles())
  assert.deepEqual(
    longFirst.filter((file) => !files.has(file)),
    [],
  )
})
