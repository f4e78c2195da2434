/** The state of one game: the fold of its events. */
import type { Event, OfferKind, Seating } from './event.ts'
import type { Account, Player } from './player.ts'
import type { Rules } from './rules.ts'
import type { Clocks, TimeControl } from './time-control.ts'

/** How a game ended. */
export const endings = ['line', 'full', 'resignation', 'time', 'agreement', 'abandonment', 'withdrawal'] as const
export type Ending = (typeof endings)[number]

export interface Outcome {
  /** Null where nobody won: a draw, or a game that was withdrawn before it began. */
  readonly winner: Player | null
  readonly by: Ending
  /** The cells of the completed line, when `by` is 'line'. Of several lines the first in reading order. */
  readonly line?: readonly Cell[]
}

/** A place on the board: `y * width + x`. */
export type Cell = number

/** A move as kept in the fold: the cell and which mark stands there. */
export interface Ply {
  readonly cell: Cell
  readonly mark: Player
  /** What the clocks showed when it was made: charged with it, and nothing gained by it. Absent without a clock. */
  readonly clocks?: Clocks
}

/** By player and kind, as {@link Game.offered} has them; absent where there was none. */
export type OfferCounts = Readonly<Partial<Record<`${Player} ${OfferKind}`, number>>>

export interface Game {
  /** How many events have been folded in; at least 1. */
  readonly version: number
  readonly rules: Rules
  readonly seats: Seating
  readonly public: boolean
  readonly by: string | null
  readonly players: Readonly<Record<Player, Account | null>>
  /** Row-major, `width * height` characters: 'X', 'O', or '.' for an empty cell. */
  readonly board: string
  /** The moves that stand, oldest first; a takeback removes from the end. */
  readonly moves: readonly Ply[]
  /** Null when the game is over. */
  readonly turn: Player | null
  readonly outcome: Outcome | null
  readonly clock: TimeControl | null
  /** Null without a clock. */
  readonly clocks: Clocks | null
  /** How many offers there were since the last move, or takeback, of each kind by each player. */
  readonly offered: OfferCounts
  /** Takebacks that were accepted, of both players; absent where there was none. */
  readonly takebacks?: number
  /** Who has not been there since both seats were taken, as far as the events tell. */
  readonly awaited: readonly Player[]
  readonly offer: { readonly player: Player; readonly what: OfferKind } | null
  /** The game that a rematch led to. */
  readonly next: string | null
  readonly last: Event
}
