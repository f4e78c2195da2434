import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presets } from '../../game/index.ts'
import { type BoardState, leastRoom, makeBoardLines } from './board-view.ts'
import { textOf } from './canvas.ts'

const start: BoardState = { rules: presets.tictactoe, board: '.........', cursor: null, line: [], last: null }

function show(state: Partial<BoardState>, columns: number, rows: number): readonly string[] | undefined {
  return makeBoardLines({ ...start, ...state }, { columns, rows })?.map((line) => textOf(line).trimEnd())
}

test('a small board in much room has marks of three rows, and corners round the cursor', () => {
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

test('in less room it has one row a cell, and the winning line shows without colours', () => {
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

test('in the least room it has one character a cell', () => {
  assert.deepEqual(show({ board: 'X...O....', cursor: { x: 2, y: 1 } }, 10, 5), [
    '   0 1 2',
    '0  X · ·',
    '1  · O[·]',
    '2  · · ·',
  ])
})

test('a board of two-digit columns names every other one', () => {
  const rules = { ...presets.gomoku, width: 12, height: 1, line: 5 }
  assert.deepEqual(show({ rules, board: '.'.repeat(12) }, 40, 3), ['   0   2   4   6   8   10', `0 ${' ·'.repeat(12)}`])
})

test('a board for which there is no room is not drawn, and says how much it needs', () => {
  const rules = { ...presets.gomoku, width: 25, height: 25 }
  const board = '.'.repeat(625)
  const { columns, rows } = leastRoom(rules)
  assert.equal(show({ rules, board }, columns - 1, rows), undefined)
  assert.equal(show({ rules, board }, columns, rows - 1), undefined)
  assert.equal(show({ rules, board }, columns, rows)?.length, rows)
})
