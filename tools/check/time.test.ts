/** Every limit of time is in the table of docs/TESTING.md, with a test that has seen it in real time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listFiles, readText } from './tree.ts'

const files = listFiles()
/** Bounds of numbers that are compared: nothing waits for them. */
const numbers = new Set(['clockMsMax', 'heardMsMax', 'retryAfterMsMax'])
const rows = [
  ...readText('docs/TESTING.md').matchAll(/^\| *(?<limit>.+?) *\|.*\|(?<tests>[^|]*`[^|]*\.test\.ts`[^|]*)\|$/gm),
]

test('every limit of time has a row in the table of docs/TESTING.md', () => {
  const tabled = new Set(rows.map(({ groups }) => groups?.['limit']?.replaceAll('`', '')))
  const missing = files
    .filter((path) => /^src\/.*\/limits\.ts$/.test(path))
    .flatMap((path) =>
      Array.from(
        readText(path).matchAll(/^(?: {2}|export const )(\w+Ms(?:Max|Min|Default)?)(?::| =) /gm),
        ([, name = '']) => (tabled.has(name) || numbers.has(name) ? '' : `${name} in ${path}`),
      ),
    )
    .filter((finding) => finding !== '')
  assert.deepEqual(
    missing,
    [],
    'Write a test in real time of what each of these promises, and name it in docs/TESTING.md',
  )
})

test('the tests that the table names exist, and their clock is the real one', () => {
  assert.ok(rows.length > 20, `${rows.length} rows`)
  const named = new Set(
    rows.flatMap(({ groups }) => [...(groups?.['tests'] ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '')),
  )
  const missing = [...named].filter((path) => !files.includes(path))
  assert.deepEqual(missing, [], 'These are not there')
  const virtual = [...named].filter(
    (path) => /VirtualClock/.test(readText(path)) && !/systemClock/.test(readText(path)),
  )
  assert.deepEqual(virtual, [], 'These move a virtual clock and have no other')
})
