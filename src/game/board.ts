/** The board as text, and the ways to name a place on it. */
import type { Cell } from './game.ts'
import type { Mark, Player } from './player.ts'
import type { Rules } from './rules.ts'

/** The character of an empty cell. */
export const empty = '.'

/** The character code of {@link empty}. Code compares character codes because that allocates nothing. */
export const emptyCode = empty.charCodeAt(0)

export function emptyBoard(rules: Rules): string {
  return empty.repeat(rules.width * rules.height)
}

export function put(board: string, cell: Cell, what: Mark | typeof empty): string {
  return board.slice(0, cell) + what + board.slice(cell + 1)
}

/** Column from the left and row from the top, both 0-based. */
export interface Place {
  readonly x: number
  readonly y: number
}

export function isOnBoard(rules: Rules, { x, y }: Place): boolean {
  return Number.isInteger(x) && Number.isInteger(y) && x >= 0 && x < rules.width && y >= 0 && y < rules.height
}

export function cellOf(rules: Rules, { x, y }: Place): Cell {
  return y * rules.width + x
}

export function placeOf(rules: Rules, cell: Cell): Place {
  const x = cell % rules.width
  return { x, y: (cell - x) / rules.width }
}

/** Reads `1 2` or `1,2`; null if the text is not a place. The place may be off the board: see {@link isOnBoard}. */
export function parsePlace(text: string): Place | null {
  const match = /^\s*(\d{1,4})(?:\s*,\s*|\s+)(\d{1,4})\s*$/.exec(text)
  return match === null ? null : { x: Number(match[1]), y: Number(match[2]) }
}

export function makePlace({ x, y }: Place): string {
  return `${x},${y}`
}

/** The player to move on a board with this number of marks: X moves first, and nobody passes. */
export function turnAfter(marks: number): Player {
  return marks % 2 === 0 ? 'X' : 'O'
}

/** What is needed to continue a game that is not over. */
export interface GamePosition {
  readonly rules: Rules
  readonly board: string
  readonly turn: Player
}

/**
 * Reads rows, top row first, separated by `/`: `X.O/.../...`. The number of marks decides whose turn it is. Null if the
 * rows do not fit the rules, if a mark is above an empty cell although marks fall, or if no order of moves leads to
 * these marks.
 */
export function parseGamePosition(rules: Rules, text: string): GamePosition | null {
  const rows = text.trim().toUpperCase().split('/')
  if (rows.length !== rules.height || rows.some((row) => row.length !== rules.width || /[^XO.]/.test(row))) return null
  const board = rows.join('')
  const x = countMarks(board, 'X')
  const o = countMarks(board, 'O')
  if (rules.marks === 'own' && x !== o && x !== o + 1) return null
  if (rules.marks === 'shared' && o > 0) return null
  if (rules.gravity && rows.some((row, y) => y > 0 && hangs(rows[y - 1] ?? '', row))) return null
  return { rules, board, turn: turnAfter(x + o) }
}

export function makePosition({ rules, board }: Pick<GamePosition, 'rules' | 'board'>): string {
  const rows = Array.from({ length: rules.height }, (_, y) => board.slice(y * rules.width, (y + 1) * rules.width))
  return rows.join('/')
}

function countMarks(board: string, mark: Mark): number {
  return board.split(mark).length - 1
}

function hangs(above: string, below: string): boolean {
  return [...above].some((mark, x) => mark !== empty && below[x] === empty)
}
