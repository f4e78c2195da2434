import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presets } from '../../game/index.ts'
import { type BoardState, leastRoom, makeBoardLines } from './board-view.ts'
import { plainTextOf } from './canvas.ts'

const start: BoardState = { rules: presets.tictactoe, board: '.........', cursor: null, line: [], last: null }

function show(state: Partial<BoardState>, columns: number, rows: number): readonly string[] | undefined {
  return makeBoardLines({ ...start, ...state }, { columns, rows })?.map((line) => plainTextOf(line).trimEnd())
}

test('a small board in a large terminal has marks of three rows, and corners around the cursor', () => {
  assert.deepEqual(show({ board: 'X.......O', cursor: { x: 1, y: 1 } }, 80, 24), [
    '      0       1       2',
    '  ┌───────┬───────┬───────┐',
    '  │  ╲ ╱  │       │       │',
    '0 │   ╳   │       │       │',
    '  │  ╱ ╲  │       │       │',
    '  ├───────┼───────┼───────┤',
    '  │       │┏     ┓│       │',
    '1 │       │       │       │',
    '  │       │┗     ┛│       │',
    '  ├───────┼───────┼───────┤',
    '  │       │       │  ╭─╮  │',
    '2 │       │       │  │ │  │',
    '  │       │       │  ╰─╯  │',
    '  └───────┴───────┴───────┘',
  ])
})

test('in a smaller terminal it has one row per cell, and the winning line shows without colours', () => {
  const line = [0, 1, 2].map((x) => ({ x, y: 0 }))
  assert.deepEqual(show({ board: 'XXX.OO...', line, cursor: { x: 1, y: 1 } }, 20, 10), [
    '    0   1   2',
    '  ┌───┬───┬───┐',
    '0 │(X)│(X)│(X)│',
    '  ├───┼───┼───┤',
    '1 │   │[O]│ O │',
    '  ├───┼───┼───┤',
    '2 │   │   │   │',
    '  └───┴───┴───┘',
  ])
})

test('in the smallest terminal it has one character per cell', () => {
  assert.deepEqual(show({ board: 'X...O....', cursor: { x: 2, y: 1 } }, 10, 5), [
    '   0 1 2',
    '0  X · ·',
    '1  · O[·]',
    '2  · · ·',
  ])
})

test('a board with two-digit columns labels every other one', () => {
  const rules = { ...presets.gomoku, width: 12, height: 1, line: 5 }
  assert.deepEqual(show({ rules, board: '.'.repeat(12) }, 40, 3), ['   0   2   4   6   8   10', `0 ${' ·'.repeat(12)}`])
})

test('a board that does not fit is not drawn, and its least size is known', () => {
  const rules = { ...presets.gomoku, width: 25, height: 25 }
  const board = '.'.repeat(625)
  const { columns, rows } = leastRoom(rules)
  assert.equal(show({ rules, board }, columns - 1, rows), undefined)
  assert.equal(show({ rules, board }, columns, rows - 1), undefined)
  assert.equal(show({ rules, board }, columns, rows)?.length, rows)
})
