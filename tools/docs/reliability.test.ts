import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findNames, renewLonger, renewRecord } from './reliability.ts'

const empty = '# Record\n\n<!-- record -->\n\n<!-- /record -->\n\nMore.\n'
const kill = {
  promise: 'nothing is lost',
  test: 'e2e/kill.test.ts',
  figure: '50 kills | 0 lost',
  command: 'node --test e2e/kill.test.ts',
  planted: 'answers early',
  caughtAfter: '1 kill',
}
const isNamed =
  (...names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name)
const rowOf = (document: string, name: string): string =>
  document.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? ''

test('a record of a run becomes a row, and missing members are shown as not run', () => {
  const written = renewRecord(
    empty,
    new Map<string, object>([
      ['kill', kill],
      ['race', { promise: 'one seat' }],
    ]),
    isNamed('kill', 'race'),
  )
  assert.equal(
    rowOf(written, 'kill'),
    '| `kill` | nothing is lost | `e2e/kill.test.ts` | 50 kills \\| 0 lost | `node --test e2e/kill.test.ts` | answers early | 1 kill |',
  )
  assert.match(rowOf(written, 'race'), /^\| `race` \| one seat \| not run this time \| not run this time/)
  assert.ok(written.endsWith('\n\nMore.\n'))
})

test('a row that was not run stays unchanged; a row that no test records any more is removed', () => {
  const before = renewRecord(
    empty,
    new Map([
      ['kill', kill],
      ['gone', kill],
    ]),
    isNamed(),
  )
  const after = renewRecord(before, new Map([['race', { promise: 'one seat' }]]), isNamed('kill', 'race'))
  assert.equal(rowOf(after, 'kill'), rowOf(before, 'kill'))
  assert.equal(rowOf(after, 'gone'), '')
  const again = renewRecord(after, new Map([['kill', { ...kill, figure: '60 kills' }]]), isNamed('kill', 'race'))
  assert.match(rowOf(again, 'kill'), /\| 60 kills \|/)
  assert.match(rowOf(again, 'race'), /\| one seat \| not run this time \|/)
})

test('finds names that a test writes literally, and names from templates', () => {
  const isKnown = findNames([
    "  recordFinding('kill', {",
    '  recordFinding(`cut-${cut.name}-${way}`, {\n',
    "this.#recordFinding('move', () => {})",
    'other.recordFinding(`seat-${name}`)',
  ])
  for (const name of ['kill', 'cut-leader-both']) assert.ok(isKnown(name), name)
  for (const name of ['kills', 'move', 'cut-', 'a-cut-b-c', 'seat-x']) assert.ok(!isKnown(name), name)
})

test('the figures of a longer run stay until the next run of the same name', () => {
  const before = '# Record\n\n<!-- longer -->\n\n<!-- /longer -->\n\nMore.\n'
  const first = renewLonger(before, new Map([['kill', kill]]), { day: '2026-01-02', commit: 'abc1234' })
  const second = renewLonger(first, new Map([['race', kill]]), { day: '2026-01-03', commit: 'def5678' })
  assert.equal(
    rowOf(second, 'kill'),
    '| `kill` | 2026-01-02 | `abc1234` | 50 kills \\| 0 lost | `node --test e2e/kill.test.ts` |',
  )
  assert.match(rowOf(second, 'race'), /2026-01-03/)
  const third = renewLonger(second, new Map([['kill', kill]]), { day: '2026-01-04', commit: 'def5678' })
  assert.match(rowOf(third, 'kill'), /2026-01-04/)
  assert.ok(third.endsWith('\n\nMore.\n'))
})
