import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitRow, renewTable } from './reliability.ts'

const marks = ['<!-- record -->', '<!-- /record -->'] as const
const empty = `# Record\n\n${marks[0]}\n\n| record | promise |\n| --- | --- |\n\n${marks[1]}\n\nMore.\n`

test('a record of a run becomes a row, by name, and replaces the row of an earlier run; other rows stay', () => {
  const first = renewTable(
    empty,
    marks,
    new Map([
      ['race', ['one seat']],
      ['kill', ['nothing | is\nlost']],
    ]),
  )
  const second = renewTable(first, marks, new Map([['race', ['one winner']]]))
  assert.equal(second, empty.replace('--- |\n', '--- |\n| `kill` | nothing \\| is lost |\n| `race` | one winner |\n'))
})

test('tests and commands are code, and missing members are shown as not run', () => {
  const finding = { promise: 'nothing is lost', test: 'e2e/kill.test.ts', figure: '0 lost', command: 'node --test' }
  const notRun = 'not run this time'
  assert.deepEqual(splitRow(finding), [
    ...['nothing is lost', '`e2e/kill.test.ts`', '0 lost', '`node --test`'],
    ...[notRun, notRun],
  ])
})
