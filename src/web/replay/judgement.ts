/** What perfect play says of a move: what was to be had before it, and what was left after it. */
import { bestMoves, placeOf, type Ply, type Position, type Rules, solve, type Value } from '../../game/index.ts'
import type { Course } from './record.ts'

export interface Judgement {
  /** For the player who moved, if both had played perfectly from before the move. */
  readonly before: Value
  /** The same from after it; the end of the game counts as what it was. */
  readonly after: Value
  /** The places that keep the most. */
  readonly best: readonly { readonly x: number; readonly y: number }[]
  /** The move gave away a win, or a draw. */
  readonly isBlunder: boolean
}

/** What the thread that judges is asked. */
export interface Question {
  readonly course: Course
  /** What the end is worth to whoever made the last move; null: the game was ended otherwise, so nobody's move ended it. */
  readonly end: 'win' | 'draw' | 'loss' | null
}

/** What it answers, a move at a time. */
export interface Finding {
  readonly move: number
  readonly judgement: Judgement
}

const worth = { win: 2, draw: 1, loss: 0 } as const
const mirror = { win: 'loss', draw: 'draw', loss: 'win' } as const

/**
 * @param position before the move, on a board small enough to be solved.
 * @param next after it; null when the move ended the game.
 * @param end what the end is worth to the mover.
 */
export function judge(position: Position, next: Position | null, end: Value['result']): Judgement {
  const before = solve(position)
  const after: Value = next === null ? { result: end, plies: 0 } : turnAround(solve(next))
  return {
    before,
    after,
    best: placesOf(position.rules, bestMoves(position)),
    isBlunder: worth[after.result] < worth[before.result],
  }
}

function turnAround({ result, plies }: Value): Value {
  return { result: mirror[result], plies }
}

/** Wild games may have two best marks for one place. */
function placesOf(rules: Rules, plies: readonly Ply[]): Judgement['best'] {
  return [...new Set(plies.map(({ cell }) => cell))].map((cell) => placeOf(rules, cell))
}
