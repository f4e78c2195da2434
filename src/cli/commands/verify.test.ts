import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { GameRecord } from '../../client/index.ts'
import { type Event, presets } from '../../game/index.ts'
import { chainStart, nextChain } from '../../journal/index.ts'
import { makeBody } from '../../protocol/index.ts'
import { run } from '../testing/command.ts'
import { openScratch } from '../../server/testing/scratch.ts'

/** A record with a valid chain. */
function makeRecord(events: readonly Event[]): GameRecord {
  let chain = chainStart
  const entries = events.map((event, index) => {
    chain = nextChain(chain, index + 1, makeBody(1_000 + index, event))
    return { version: index + 1, at: 1_000 + index, event, chain }
  })
  return { game: 'g', entries, head: chain }
}

const opened: Event = { type: 'created', rules: presets.tictactoe, seats: 'open', public: false, players: {} }
const moved = (player: 'X' | 'O', x: number, y: number): Event => ({ type: 'moved', player, x, y })
const good = makeRecord([opened, moved('X', 1, 1), moved('O', 0, 0)])

test('an intact and legal record is valid, from a file and from standard input', async () => {
  using scratch = openScratch()
  writeFileSync(scratch.path('game.json'), JSON.stringify(good))
  const [file, input] = await Promise.all([
    run(['verify', scratch.path('game.json')]),
    run(['verify', '-'], { input: JSON.stringify(good) }),
  ])
  assert.deepEqual(file, { code: 0, stdout: `g holds: version 3, head ${good.head}.\n`, stderr: '' })
  assert.deepEqual(input, file)
})

/** A record as an attacker could write it: anyone can compute a valid chain. */
const forged = (event: object): string => JSON.stringify(makeRecord([event as Event]))

test('every change is found and reported in one sentence', async () => {
  const changed = JSON.stringify(good).replace('"x":1', '"x":2')
  const cut = JSON.stringify({ ...good, entries: good.entries.slice(0, 2) })
  const illegal = JSON.stringify(makeRecord([opened, moved('X', 1, 1), moved('O', 1, 1)]))
  const cases: readonly (readonly [string, RegExp])[] = [
    [changed, /^Entry 2 of g does not match the chain/],
    [cut, /^The head of g does not match its last entry/],
    [illegal, /^Entry 3 of g breaks the rules: 1 1 is taken\.$/m],
    [
      forged({ type: 'created', rules: presets.tictactoe }),
      /^Entry 1 of g breaks the rules: its event is incomplete\.$/m,
    ],
    [forged({ type: 'joined', player: 'X' }), /^Entry 1 of g breaks the rules: /],
    [forged({ type: '\u001b[2J\u009b31m\u202e' }), /^Entry 1 of g breaks the rules: there is no event [^\p{C}]+$/mu],
    [changed.replace('"game":"g"', '"game":"\\u001b[2J"'), /^Entry 2 of [^\p{C}]+ does not match the chain/u],
    ['{}', /^This is not a record/],
    ['nonsense', /^This is not a record, because it is not JSON/],
  ]
  const ends = await Promise.all(cases.map(([input]) => run(['verify', '-'], { input })))
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, cases[index]?.[1] ?? /^$/)
    assert.equal(stderr.trim().split('\n').length, 1)
  }
})
