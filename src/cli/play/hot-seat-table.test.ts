import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { presets } from '../../game/index.ts'
import { Stop } from '../../server/stop.ts'
import { HotSeatTable } from './hot-seat-table.ts'

test('two players play a whole game at one keyboard, and then another one', async () => {
  const table = new HotSeatTable({ rules: presets.tictactoe, clock: new VirtualClock() })
  for (const [x, y] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const)
    await table.move({ x, y })
  await assert.rejects(table.move({ x: 0, y: 0 }), /taken/)
  await table.move({ x: 2, y: 0 })
  assert.deepEqual(table.view.outcome, {
    winner: 'X',
    by: 'line',
    line: [
      [0, 0],
      [1, 0],
      [2, 0],
    ],
  })
  await table.offer('rematch')
  assert.equal(table.view.outcome, null)
  assert.equal(table.view.board, '.........')
})

test('a takeback undoes the last move of either player', async () => {
  const table = new HotSeatTable({ rules: presets.tictactoe, clock: new VirtualClock() })
  await table.move({ x: 0, y: 0 })
  await table.move({ x: 1, y: 0 })
  await table.offer('takeback')
  assert.equal(table.view.board, 'X........')
  await table.offer('takeback')
  assert.equal(table.view.board, '.........')
})

test('the clock runs, and the flag falls by itself', async () => {
  const clock = new VirtualClock()
  const table = new HotSeatTable({ rules: presets.tictactoe, clock, control: { initialMs: 1_000, incrementMs: 0 } })
  await table.move({ x: 0, y: 0 })
  clock.advance(400)
  assert.equal(table.msLeft('O'), 600)
  clock.advance(700)
  assert.deepEqual(table.view.outcome, { winner: 'X', by: 'time' })
})

test('the flag of the first move falls too', () => {
  const clock = new VirtualClock()
  const table = new HotSeatTable({ rules: presets.tictactoe, clock, control: { perMoveMs: 500 } })
  clock.advance(501)
  assert.deepEqual(table.view.outcome, { winner: 'O', by: 'time' })
})

test('an invalid board is refused with a sentence', () => {
  const rules = { ...presets.tictactoe, line: 9 }
  assert.throws(() => new HotSeatTable({ rules, clock: new VirtualClock() }), Stop)
})

test('[S30] no fraction of a millisecond is lost between two moves', async () => {
  const clock = new VirtualClock()
  const table = new HotSeatTable({ rules: presets.gomoku, clock, control: { initialMs: 60_000, incrementMs: 0 } })
  for (let turn = 0; turn < 12; turn++) {
    clock.advance(100.75)
    await table.move({ x: turn % 15, y: (turn * 7) % 15 })
  }
  const left = (table.msLeft('X') ?? 0) + (table.msLeft('O') ?? 0)
  assert.equal(120_000 - left, 12 * 100.75)
  table.close()
})

test('in a match the two change sides, the score is kept, and a new match follows the end', async () => {
  const table = new HotSeatTable({ rules: presets.tictactoe, match: 3, clock: new VirtualClock() })
  await table.resign()
  assert.partialDeepStrictEqual(table.view.match, { game: 1, X: 0, O: 1, over: false })
  await table.offer('rematch')
  assert.equal(table.view.players.X?.name, 'second')
  assert.partialDeepStrictEqual(table.view.match, { game: 2, X: 1, O: 0 })
  await table.move({ x: 0, y: 0 })
  await table.resign()
  assert.partialDeepStrictEqual(table.view.match, { X: 2, O: 0, over: true })
  await table.offer('rematch')
  assert.partialDeepStrictEqual(table.view.match, { game: 1, X: 0, O: 0, over: false })
})
