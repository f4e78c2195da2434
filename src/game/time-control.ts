/** Time controls and the arithmetic of clocks. All times are whole milliseconds. */
import type { Player } from './player.ts'

/** Either a budget for the whole game with an increment a move, or a deadline for every single move. */
export type TimeControl =
  | { readonly initialMs: number; readonly incrementMs: number }
  | { readonly perMoveMs: number }

/** What each player has left, as of the last event. */
export type Clocks = Readonly<Record<Player, number>>
