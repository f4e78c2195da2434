/** A finished game, move by move. */
import { empty, type Event, evolve, type Game, type Player, type Ply, type Rules } from '../../game/index.ts'

/** The final moves, oldest first, without those taken back. */
export interface Course {
  readonly rules: Rules
  readonly plies: readonly Ply[]
}

/** The entries of a game, oldest first. */
type Entries = readonly { readonly event?: unknown }[]

/** The game after all its entries; null if there are none. @throws Error if they do not follow each other */
export function replayOf(entries: Entries): Game | null {
  return entries.reduce<Game | null>((game, { event }) => evolve(game, event as Event), null)
}

/** @param record as the server sent it, not verified; see `verifyRecord` for that. */
export function courseOf({ entries }: { readonly entries: Entries }): Course | null {
  const game = replayOf(entries)
  return game === null ? null : { rules: game.rules, plies: game.moves }
}

/** The board after the first `moves` moves. */
export function boardAt({ rules, plies }: Course, moves: number): string {
  const cells = Array.from({ length: rules.width * rules.height }, () => empty as string)
  for (const { cell, mark } of plies.slice(0, moves)) cells[cell] = mark
  return cells.join('')
}

/** The player of a move; the first move is 0. */
export function moverOf(move: number): Player {
  return move % 2 === 0 ? 'X' : 'O'
}

/** The board as a text for messengers: one line per row. */
export function makeText({ rules, plies }: Course): string {
  const board = boardAt({ rules, plies }, plies.length)
  const rows = Array.from({ length: rules.height }, (_, y) =>
    Array.from(board.slice(y * rules.width, (y + 1) * rules.width), (what) => pictures[what] ?? what).join(''),
  )
  return rows.join('\n')
}

const pictures: Readonly<Record<string, string>> = { X: '❌', O: '⭕', '.': '⬜' }
