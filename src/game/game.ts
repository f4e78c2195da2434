/** The state of one game: the fold of its events. */
import type { Event, OfferKind, Seating } from './event.ts'
import type { Match } from './match.ts'
import type { Account, Player } from './player.ts'
import type { Rules } from './rules.ts'
import type { Clocks, TimeControl } from './time-control.ts'

/** How a game ended. */
export const endings = ['line', 'full', 'resignation', 'time', 'agreement', 'abandonment', 'withdrawal'] as const
export type Ending = (typeof endings)[number]

export interface Outcome {
  /** Null if nobody won: a draw, or a game that was withdrawn before it began. */
  readonly winner: Player | null
  readonly by: Ending
  /** The cells of the completed line if `by` is 'line'. If several lines were completed, the first in reading order. */
  readonly line?: readonly Cell[]
}

/** A place on the board as a number: `y * width + x`. */
export type Cell = number

/** A move as the state of a game stores it: the cell and its mark. */
export interface Ply {
  readonly cell: Cell
  readonly mark: Player
  /** The clocks when the move was made: after its time was charged, before its increment was credited. Absent without a clock. */
  readonly clocks?: Clocks
}

/** Counts by player and kind, for {@link Game.offered}; a count of zero is absent. */
export type OfferCounts = Readonly<Partial<Record<`${Player} ${OfferKind}`, number>>>

export interface Game {
  /** The number of events of the game; at least 1. */
  readonly version: number
  readonly rules: Rules
  readonly seats: Seating
  readonly public: boolean
  readonly by: string | null
  readonly players: Readonly<Record<Player, Account | null>>
  /** Row-major, `width * height` characters: 'X', 'O', or '.' for an empty cell. */
  readonly board: string
  /** The moves, oldest first; a takeback removes moves from the end. */
  readonly moves: readonly Ply[]
  /** Null when the game is over. */
  readonly turn: Player | null
  readonly outcome: Outcome | null
  readonly clock: TimeControl | null
  /** Null without a clock. */
  readonly clocks: Clocks | null
  /** The match with its score before this game; null for a single game. */
  readonly match: Match | null
  /** The number of offers since the last move or takeback, of each kind by each player. */
  readonly offered: OfferCounts
  /** The number of accepted takebacks, of both players; absent for zero. */
  readonly takebacks?: number
  /** The players who, as far as the events show, were never connected since both seats were taken. */
  readonly awaited: readonly Player[]
  readonly offer: { readonly player: Player; readonly what: OfferKind } | null
  /** The id of the rematch, or of the game that granted the wish (see `Created.next`). */
  readonly next: string | null
  readonly last: Event
}
