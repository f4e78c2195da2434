/** Every time limit is in the table of docs/TESTING.md, with a test in real time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listFiles, readText } from './tree.ts'

const files = listFiles()
/** Bounds of values that are only compared: no timer uses them. */
const numbers = new Set(['clockMsMax', 'heardMsMax', 'pushAgainMsMax', 'retryAfterMsMax'])
const rows = [
  ...readText('docs/TESTING.md').matchAll(/^\| *(?<limit>.+?) *\|.*\|(?<tests>[^|]*`[^|]*\.test\.ts`[^|]*)\|$/gm),
]

test('every time limit has a row in the table of docs/TESTING.md', () => {
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
  assert.deepEqual(missing, [], 'Write a test in real time for each of these, and name it in docs/TESTING.md')
})

test('the tests in the table exist, and use the real clock', () => {
  assert.ok(rows.length > 20, `${rows.length} rows`)
  const named = new Set(
    rows.flatMap(({ groups }) => [...(groups?.['tests'] ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '')),
  )
  const missing = [...named].filter((path) => !files.includes(path))
  assert.deepEqual(missing, [], 'These files do not exist')
  const virtual = [...named].filter(
    (path) => /VirtualClock/.test(readText(path)) && !/systemClock/.test(readText(path)),
  )
  assert.deepEqual(virtual, [], 'These use only a virtual clock')
})
