/** Judges a move by perfect play: the best result before it and after it. */
import { bestMoves, empty, type Ply, type GamePosition, solve, type Value } from '../../game/index.ts'
import type { Course } from './record.ts'

export interface Judgement {
  /** The mover's result under perfect play from before the move. */
  readonly before: Value
  /** The mover's result under perfect play from after the move; for the last move, the actual result. */
  readonly after: Value
  readonly best: readonly Ply[]
  /** Whether the move gave away a win or a draw. */
  readonly isBlunder: boolean
}

/** The request to the judging worker. */
export interface JudgementRequest {
  readonly course: Course
  /** The result for the player of the last move; null if no move ended the game. */
  readonly end: 'win' | 'draw' | 'loss' | null
}

/** One answer of the worker, about one move. */
export interface MoveJudgement {
  readonly move: number
  readonly judgement: Judgement
}

const worth = { win: 2, draw: 1, loss: 0 } as const
const mirror = { win: 'loss', draw: 'draw', loss: 'win' } as const

/**
 * @param position the position before the move, on a board small enough to be solved.
 * @param next the position after it; null if the move ended the game.
 * @param end the mover's result if the move ended the game.
 */
export function judgeGame(position: GamePosition, next: GamePosition | null, end: Value['result']): Judgement {
  const before = solve(position)
  const after: Value = next === null ? { result: end, plies: 0 } : turnAround(solve(next))
  return {
    before,
    after,
    best: bestMoves(position),
    isBlunder: worth[after.result] < worth[before.result],
  }
}

function turnAround({ result, plies }: Value): Value {
  return { result: mirror[result], plies }
}

/** The best moves as `BestMoves` has them. */
export function drawBest({ rules, board }: Pick<GamePosition, 'rules' | 'board'>, plies: readonly Ply[]): string {
  const draw = (_: string, cell: number): string => {
    const marks = plies.filter((ply) => ply.cell === cell).map(({ mark }) => mark)
    if (rules.marks === 'wild' && marks.length === 1) return marks.join('')
    return marks.length === 0 ? empty : '*'
  }
  return Array.from(board, draw).join('')
}
