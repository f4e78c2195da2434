/** A module of a teacher is used as it is, and what is wrong with it is one sentence. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openScratch } from '../../server/testing/scratch.ts'
import { readDescription } from '../description/description.ts'
import { gradeSubmission } from '../grade.ts'
import { loadOwnChecks, OwnChecksMistake } from './load.ts'

const root = join(import.meta.dirname, '../../..')
const python = join(root, 'spec/homework/right/python-lines')
/** The example of docs/HOMEWORK.md. */
const documented = /^```js\n(export const checks =.*?)^```$/ms.exec(
  readFileSync(join(root, 'docs/HOMEWORK.md'), 'utf8'),
)?.[1]

const one = (change: string): string =>
  `export const checks = [{ id: 'mine', title: 't', hint: 'h', points: 1, run: async () => {}, ${change} }]`

const mistakes: readonly (readonly [what: string, module: string, message: RegExp])[] = [
  ['a mistake of syntax', 'export const checks = [', /cannot be loaded: /],
  ['no checks', 'export const others = [1]', /exports no checks: write `export const checks = \[/],
  ['a check that is no object', 'export const checks = [7]', /check 1 is no object with id/],
  ['a wrong id', one("id: 'My check'"), /check 1: id must be lower-case letters, digits and hyphens/],
  ['an id of the grader', one("id: 'wrong-turn'"), /there is a check or a group wrong-turn already/],
  ['negative points', one('points: -1'), /check 1: points must be a number from 0/],
  ['no function', one('run: 5'), /check 1: run must be a function/],
]
for (const [what, module, message] of mistakes)
  test(`a module of checks is refused: ${what}`, async () => {
    using scratch = openScratch()
    const file = scratch.path('checks.mjs')
    writeFileSync(file, module)
    await assert.rejects(loadOwnChecks(file), (cause) => {
      assert.ok(cause instanceof OwnChecksMistake, String(cause))
      assert.match(cause.message, message)
      return true
    })
  })

test('the example of the documentation passes, fails or is left out as it says, and a mistake in a check is its own', async () => {
  using scratch = openScratch()
  const file = scratch.path('checks.mjs')
  const extra = `
    { id: 'fails', title: 't', hint: 'h', points: 1, run: async ({ fail }) => fail('the answer was late') },
    { id: 'skips', title: 't', hint: 'h', points: 1, run: async ({ skip }) => skip('it has no chat') },
    { id: 'breaks', title: 't', hint: 'h', points: 1, run: async ({ newGame }) => (await newGame()).play(9) },
    { id: 'refused', title: 't', hint: 'h', points: 1, async run({ newGame, connect, fail }) {
      const game = await newGame()
      const { kind } = await game.move('O', 0)
      const other = await connect()
      other.send('SHOW\\n')
      fail(kind + ', ' + (await other.receive()) + ', ' + game.turn + (await game.show()).board)
    } },
  ]`
  writeFileSync(file, (documented ?? '').trimEnd().replace(/\]$/, extra))
  const own = await loadOwnChecks(file)
  const description = readDescription(readFileSync(join(python, 'homework.yaml'), 'utf8'), 'homework.yaml')
  const only = own.map(({ id }) => id)
  const { checks, points, pointsMax } = await gradeSubmission(description, { folder: python, own, only })
  assert.deepEqual(
    checks.map(({ id, verdict, reason }) => [id, verdict, reason]),
    [
      ['draw-has-board', 'passed', undefined],
      ['fails', 'failed', 'the answer was late'],
      ['skips', 'not checked', 'it has no chat'],
      [
        'breaks',
        'not checked',
        'the check itself has a mistake: play(9) is no legal move at the beginning: use move for a move that must be refused',
      ],
      ['refused', 'failed', 'error, BOARD ........., X.........'],
    ],
  )
  assert.deepEqual([points, pointsMax], [2, 4])
})
