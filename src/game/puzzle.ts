/** The puzzle of a day: X is to move and wins in three own moves against any defence; one first move leads there. */
import { assert, type Random, seededRandom } from '../base/index.ts'
import { emptyBoard, placeOf, put, turnAfter } from './board.ts'
import { outcomeOf } from './evolve.ts'
import type { Cell, Ply } from './game.ts'
import { land, pliesOf } from './move.ts'
import type { Player } from './player.ts'
import { parseRules, type Rules } from './rules.ts'
import { type BoardSolver, openSolver, type Value } from './solver.ts'
import { symmetries, type Symmetry } from './symmetry.ts'

/** The number of own moves in which X wins. */
export const puzzleMoves = 3

export interface Puzzle {
  readonly rules: Rules
  readonly board: string
  /** The only first move that wins. */
  readonly solution: Cell
}

/** What follows a move of X in a puzzle. */
export interface PuzzleAnswer {
  /** Whether X still wins in the number of moves that it has left. */
  readonly isRight: boolean
  /** The result of X if both play perfectly after its move. */
  readonly result: Value['result']
  /** The board after the move and O's best answer. If X has won, there is no answer. */
  readonly board: string
  /** The last mark. */
  readonly last: Cell
  /** The line that ended the game; null if there is none. */
  readonly line: readonly Cell[] | null
}

interface Kind {
  readonly rules: string
  /** The numbers of marks at which puzzles of these rules are found soon. */
  readonly marks: readonly number[]
}

const small: readonly Kind[] = ['5,3,3+gravity', '4,4,3+gravity', '5,3,3+gravity+exact', '4,4,3+gravity+exact'].map(
  (rules) => ({ rules, marks: [6, 8, 10] }),
)
const wide: Kind = { rules: '5,3,4+gravity', marks: [10] }
const square: Kind = { rules: '4,4,4+gravity', marks: [10] }
const full: Kind = { rules: 'tictactoe-4', marks: [10] }
const open: Kind = { rules: 'tictactoe-4', marks: [8] }

/**
 * By the day of the week, from Thursday: day 0 was one. They become harder from Monday to Sunday. Of the small boards there
 * are few puzzles, so that four rules share a day.
 */
const weekdays: readonly (readonly Kind[])[] = [[wide], [full, wide], [square], [open, wide], small, [wide], [square]]
/** The days of {@link cycle} have the kinds of all days. */
const cycleDays = 7 * small.length
const cycle = Array.from({ length: cycleDays }, (_, day) => {
  const kinds = weekdays[day % 7] ?? small
  return kinds[Math.floor(day / 7) % kinds.length] ?? wide
})
/** Cycles without the same position: more than a year. */
const cyclesApart = 14

const dayMs = 86_400_000

/** The number of a day in UTC, from 1 January 1970. */
export function dayOf(wallMs: number): number {
  return Math.floor(wallMs / dayMs)
}

/** When a day begins, in milliseconds since 1970. */
export function startOfDay(day: number): number {
  return day * dayMs
}

export function puzzleRules(day: number): Rules {
  const rules = parseRules(kindOf(day).rules)
  assert(typeof rules === 'object', 'the rules of a puzzle can be read')
  return rules
}

/**
 * The positions of each kind are divided into classes, and each day of 392 has a class of its own: no position, turned or
 * mirrored, is that of another of these days.
 * @param solver a solver of the rules of that day; many days of the same rules are faster with one.
 */
export function makePuzzle(day: number, solver: BoardSolver = openSolver(puzzleRules(day))): Puzzle {
  const rules = puzzleRules(day)
  const images = symmetries(rules)
  const random = seededRandom(day)
  const { marks } = kindOf(day)
  const { index, classes } = turnOf(day)
  for (;;) {
    const board = playRandomly(rules, marks[random.below(marks.length)] ?? 0, random)
    if (hashOf(board, images) % classes !== index || hasLine(rules, board)) continue
    const solution = findSolution(rules, board, solver)
    if (solution !== null) return { rules, board, solution }
  }
}

/** Which of the days of its kind a day is, among those that share no position. */
function turnOf(day: number): { readonly index: number; readonly classes: number } {
  const kind = kindOf(day)
  const perCycle = cycle.filter((other) => other === kind).length
  const before = cycle.slice(0, day % cycleDays).filter((other) => other === kind).length
  const classes = cyclesApart * perCycle
  return { index: (Math.floor(day / cycleDays) * perCycle + before) % classes, classes }
}

/** The same for all images of a board (FNV-1a). */
function hashOf(board: string, images: readonly Symmetry[]): number {
  let least = 2 ** 32
  for (const image of images) {
    let hash = 0x81_1c_9d_c5
    for (const cell of image) hash = Math.imul(hash ^ board.charCodeAt(cell), 0x01_00_01_93) >>> 0
    least = Math.min(least, hash)
  }
  // The lowest bits follow from the number of marks.
  return Math.imul(least ^ (least >>> 16), 0x7f_eb_35_2d) >>> 15
}

/** The answer to a move of X on an empty cell. */
export function answerMove({ rules, board }: Pick<Puzzle, 'rules' | 'board'>, cell: Cell): PuzzleAnswer {
  const solver = openSolver(rules)
  const isRight = solver.solve(board).result === 'win' && solver.bestMoves(board).some((best) => best.cell === cell)
  const moved = put(board, cell, 'X')
  const end = outcomeOf(rules, moved, { cell, player: 'X' })
  if (end !== null) {
    const result = end.winner === 'X' ? 'win' : 'draw'
    return { isRight, result, board: moved, last: cell, line: end.line ?? null }
  }
  const [reply] = solver.bestMoves(moved)
  assert(reply !== undefined, 'a game that is not over has a move')
  const answered = put(moved, reply.cell, 'O')
  const line = outcomeOf(rules, answered, { cell: reply.cell, player: 'O' })?.line ?? null
  return { isRight, result: mirror[solver.solve(moved).result], board: answered, last: reply.cell, line }
}

const mirror = { win: 'loss', draw: 'draw', loss: 'win' } as const

function kindOf(day: number): Kind {
  const kind = cycle[day % cycleDays]
  assert(kind !== undefined, `day ${day} is not a day since 1970`)
  return kind
}

/** The board after random moves, some of which may have made a line. */
function playRandomly(rules: Rules, count: number, random: Random): string {
  let board = emptyBoard(rules)
  for (let marks = 0; marks < count;) {
    const cell = land(rules, board, placeOf(rules, random.below(board.length)))
    if (cell !== null) board = put(board, cell, turnAfter(marks++))
  }
  return board
}

function hasLine(rules: Rules, board: string): boolean {
  const hasEnded = (player: Player): boolean =>
    [...board].some((mark, cell) => mark === player && outcomeOf(rules, board, { cell, player }) !== null)
  return hasEnded('X') || hasEnded('O')
}

/** The only first move that wins; null if the board is no good puzzle. */
function findSolution(rules: Rules, board: string, solver: BoardSolver): Cell | null {
  const { result, plies } = solver.solve(board)
  if (result !== 'win' || plies !== 2 * puzzleMoves - 1) return null
  // A move that only parries a threat is no puzzle.
  const isThreat = ({ cell }: Ply): boolean => outcomeOf(rules, put(board, cell, 'O'), { cell, player: 'O' }) !== null
  if (pliesOf({ rules, board, turn: 'O' }).some(isThreat)) return null
  const winning = pliesOf({ rules, board, turn: 'X' }).filter(
    ({ cell }) => solver.solve(put(board, cell, 'X')).result === 'loss',
  )
  const [first] = winning
  return winning.length === 1 && first !== undefined ? first.cell : null
}
