import fc from 'fast-check'
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Cell } from './game.ts'
import { findLine, ways } from './line.ts'
import { markRules, presets, type Rules } from './rules.ts'
import { symmetries, transform } from './symmetry.ts'

/** Boards of up to 8×8 with random marks, and a cell with a mark. */
const marked = fc
  .record({
    width: fc.integer({ min: 1, max: 8 }),
    height: fc.integer({ min: 1, max: 8 }),
    line: fc.integer({ min: 1, max: 4 }),
    gravity: fc.constant(false),
    misere: fc.boolean(),
    marks: fc.constantFrom(...markRules),
    exact: fc.boolean(),
  })
  .chain((rules) => {
    const cells = rules.width * rules.height
    return fc.record({
      rules: fc.constant(rules),
      // Many X, so that lines and overlines are frequent.
      board: fc.string({ unit: fc.constantFrom('X', 'X', 'O', '.'), minLength: cells, maxLength: cells }),
      cell: fc.nat({ max: cells - 1 }),
    })
  })
  .filter(({ board, cell }) => board[cell] !== '.')

/** All lines on the board that contain the cell, by examining every possible line. */
function linesOf(rules: Rules, board: string, cell: Cell): readonly (readonly Cell[])[] {
  const mark = board[cell]
  return ways(rules)
    .filter(({ cells }) => cells.includes(cell) && cells.every((other) => board[other] === mark))
    .filter(({ ends }) => !rules.exact || ends.every((end) => board[end] !== mark))
    .map(({ cells }) => cells)
}

test('[G3] [G6] findLine finds the first of all lines in reading order', () => {
  fc.assert(
    fc.property(marked, ({ rules, board, cell }) => {
      const lines = linesOf(rules, board, cell).toSorted(
        (a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0),
      )
      assert.deepEqual(findLine(rules, board, cell), lines[0] ?? null)
    }),
    { seed: 1952, numRuns: 5000 },
  )
})

test('[G3] turning and mirroring a board turns and mirrors its lines', () => {
  fc.assert(
    fc.property(marked, ({ rules, board, cell }) => {
      for (const symmetry of symmetries(rules)) {
        const image = findLine(rules, transform(board, symmetry), symmetry[cell] ?? cell)
        assert.equal(image === null, findLine(rules, board, cell) === null)
      }
    }),
    { seed: 1952, numRuns: 1000 },
  )
})

test('[G3] tic-tac-toe has 8 possible lines, connect four 69, gomoku 572', () => {
  const counts = [presets.tictactoe, presets['connect-four'], presets.gomoku].map((rules) => ways(rules).length)
  assert.deepEqual(counts, [8, 69, 572])
})
