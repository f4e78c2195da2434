/** A finished game, move by move. */
import { empty, type Event, evolve, type Game, type Player, type Ply, type Rules } from '../../game/index.ts'

/** The moves that stood at the end, oldest first. What was taken back is not among them. */
export interface Course {
  readonly rules: Rules
  readonly plies: readonly Ply[]
}

/** @param record as the server tells it: whether it is whole is another question, see `verifyRecord`. */
export function courseOf({ entries }: { readonly entries: readonly { readonly event?: unknown }[] }): Course | null {
  const game = entries.reduce<Game | null>((folded, { event }) => evolve(folded, event as Event), null)
  return game === null ? null : { rules: game.rules, plies: game.moves }
}

/** The board after so many moves. */
export function boardAt({ rules, plies }: Course, moves: number): string {
  const cells = Array.from({ length: rules.width * rules.height }, () => empty as string)
  for (const { cell, mark } of plies.slice(0, moves)) cells[cell] = mark
  return cells.join('')
}

/** Who made a move, the first being 0. */
export function moverOf(move: number): Player {
  return move % 2 === 0 ? 'X' : 'O'
}

/** The game as a text that survives any messenger: a line a row. */
export function makeText({ rules, plies }: Course): string {
  const board = boardAt({ rules, plies }, plies.length)
  const rows = Array.from({ length: rules.height }, (_, y) =>
    Array.from(board.slice(y * rules.width, (y + 1) * rules.width), (what) => pictures[what] ?? what).join(''),
  )
  return rows.join('\n')
}

const pictures: Readonly<Record<string, string>> = { X: '❌', O: '⭕', '.': '⬜' }
