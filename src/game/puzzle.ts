/** The puzzle of a day: X is to move and wins in three own moves against any defence; one first move leads there. */
import { assert, type Random, seededRandom } from '../base/index.ts'
import { emptyBoard, put, turnAfter } from './board.ts'
import { outcomeOf } from './evolve.ts'
import type { Cell, Ply } from './game.ts'
import { pliesOf } from './move.ts'
import { parseRules, type Rules } from './rules.ts'
import { type BoardSolver, openSolver, type Value } from './solver.ts'

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

/** By the day of the week, from Thursday: day 0 was one. They become harder from Monday to Sunday. */
const kinds: readonly Kind[] = [
  { rules: '5,3,3+gravity', marks: [4, 6, 8, 10] },
  { rules: 'tictactoe-4', marks: [8, 10] },
  { rules: '4,4,4+gravity', marks: [8, 10] },
  { rules: '4,4,4+gravity', marks: [8, 10] },
  { rules: '4,3,3', marks: [4, 6] },
  { rules: '4,4,3+gravity', marks: [4, 6, 8] },
  { rules: '5,3,3', marks: [4, 6] },
]

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

/** @param solver a solver of the rules of that day; many days of the same rules are faster with one. */
export function makePuzzle(day: number, solver: BoardSolver = openSolver(puzzleRules(day))): Puzzle {
  const rules = puzzleRules(day)
  const random = seededRandom(day)
  const { marks } = kindOf(day)
  const count = marks[random.below(marks.length)] ?? 0
  for (;;) {
    const board = playRandomly(rules, count, random)
    const solution = board === null ? null : findSolution(rules, board, solver)
    if (board !== null && solution !== null) return { rules, board, solution }
  }
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
  const kind = kinds[day % kinds.length]
  assert(kind !== undefined, `day ${day} is not a day since 1970`)
  return kind
}

/** The board after random moves; null if the game ends before. */
function playRandomly(rules: Rules, count: number, random: Random): string | null {
  let board = emptyBoard(rules)
  for (let marks = 0; marks < count; marks++) {
    const turn = turnAfter(marks)
    const plies = pliesOf({ rules, board, turn })
    const ply = plies[random.below(plies.length)]
    if (ply === undefined) return null
    board = put(board, ply.cell, ply.mark)
    if (outcomeOf(rules, board, { cell: ply.cell, player: turn }) !== null) return null
  }
  return board
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
