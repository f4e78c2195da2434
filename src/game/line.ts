/** Finds lines through the last mark, without a table, so that a 25×25 board costs no more than a 3×3 board. */
import type { Cell } from './game.ts'
import type { Rules } from './rules.ts'

/** Right, down-left, down, down-right: ordered by step size, so that the first of two lines from one cell is the first in reading order. */
const columnSteps = [1, -1, 0, 1] as const
const rowSteps = [0, 1, 1, 1] as const

/**
 * The line that contains the mark on `cell`: exactly `rules.line` cells, ascending; null if there is none. If there are
 * several lines, the first in reading order: the one with the smallest first cell, then with the smallest second cell.
 * For an overline this gives the first `line` consecutive cells that include `cell`.
 */
export function findLine(rules: Rules, board: string, cell: Cell): readonly Cell[] | null {
  const { width, height, line, exact } = rules
  const x = cell % width
  const y = (cell - x) / width
  // One more cell reveals an overline, which matters only for `exact`.
  const reach = exact ? line : line - 1
  let first = -1
  let firstStep = 0
  for (let direction = 0; direction < 4; direction++) {
    const dx = columnSteps[direction] ?? 0
    const dy = rowSteps[direction] ?? 0
    const step = dy * width + dx
    const rowsBefore = dy === 0 ? reach : y
    const rowsAfter = dy === 0 ? reach : height - 1 - y
    const before = run(board, cell, -step, Math.min(reach, columnsAhead(x, width, -dx), rowsBefore))
    const after = run(board, cell, step, Math.min(reach, columnsAhead(x, width, dx), rowsAfter))
    const length = before + 1 + after
    if (exact ? length !== line : length < line) continue
    const start = cell - step * before
    if (first < 0 || start < first) {
      first = start
      firstStep = step
    }
  }
  return first < 0 ? null : Array.from({ length: line }, (_, index) => first + index * firstStep)
}

function columnsAhead(x: number, width: number, dx: number): number {
  return dx > 0 ? width - 1 - x : dx < 0 ? x : width + 25
}

/** The number of consecutive cells after `cell`, in steps of `step`, that have the same mark; at most `most`. */
function run(board: string, cell: Cell, step: number, most: number): number {
  const mark = board.charCodeAt(cell)
  let count = 0
  while (count < most && board.charCodeAt(cell + (count + 1) * step) === mark) count++
  return count
}

/** A possible line: its cells, and the cells next to its ends, which must not have the same mark if the rules are `exact`. */
export interface Way {
  readonly cells: readonly Cell[]
  readonly ends: readonly Cell[]
}

/** Every possible line on the board, in reading order of the first cell. For searches that need all of them. */
export function ways(rules: Rules): readonly Way[] {
  const { width, height, line } = rules
  const found: Way[] = []
  for (let cell = 0; cell < width * height; cell++) {
    const x = cell % width
    const y = (cell - x) / width
    for (let direction = 0; direction < 4; direction++) {
      const dx = columnSteps[direction] ?? 0
      const dy = rowSteps[direction] ?? 0
      if (cellAt(rules, x + (line - 1) * dx, y + (line - 1) * dy) === null) continue
      const cells: Cell[] = []
      for (let index = 0; index < line; index++) cells.push(cell + index * (dy * width + dx))
      const ends = [cellAt(rules, x - dx, y - dy), cellAt(rules, x + line * dx, y + line * dy)]
      found.push({ cells, ends: ends.filter((end) => end !== null) })
    }
  }
  return found
}

function cellAt({ width, height }: Rules, x: number, y: number): Cell | null {
  return x >= 0 && x < width && y >= 0 && y < height ? y * width + x : null
}
