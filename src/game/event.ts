/** Events: what happened in a game. The state of a game is the fold of its events. */
import type { Match } from './match.ts'
import type { Account, Mark, Player } from './player.ts'
import type { Rules } from './rules.ts'
import type { TimeControl } from './time-control.ts'

/** What one player may offer to the other. */
export const offers = ['draw', 'takeback', 'rematch'] as const
export type OfferKind = (typeof offers)[number]

/** Who may move: the owners of the two seats, or anybody who names the player to move. */
export const seatings = ['invite', 'open'] as const
export type Seating = (typeof seatings)[number]

/**
 * `elapsedMs` is the time since the previous event in whole milliseconds, measured by the deciding node on its monotonic
 * clock. Every event of a started game with a clock has it; it is charged to the player whose turn it was.
 */
interface Timed {
  readonly elapsedMs?: number
}

export interface Created {
  readonly type: 'created'
  readonly rules: Rules
  readonly seats: Seating
  /** The lobby lists the game while it waits for an opponent. A public game may be abandoned. */
  readonly public: boolean
  readonly clock?: TimeControl
  /** The match of which this is a game, with its score before this game. */
  readonly match?: Match
  /** The owners of the seats that are taken at creation. */
  readonly players: { readonly X?: Account; readonly O?: Account }
  /** The account that created the game; absent for boards that the server opens itself. */
  readonly by?: string
  /**
   * Set if a wish for an opponent was sent with the id of this game but granted with another game, whose id this is. This
   * game is then over from the start; it exists so that a repeat of the wish finds the other game.
   */
  readonly next?: string
  /** As in {@link Joined}. */
  readonly awaited?: readonly Player[]
}
export interface Joined {
  readonly type: 'joined'
  readonly player: Player
  readonly account: Account
  /** In a game with a clock: the players who were not connected when both seats were taken. The clock waits for such a player in their first turn. */
  readonly awaited?: readonly Player[]
}
export interface Moved extends Timed {
  readonly type: 'moved'
  readonly player: Player
  /** Column from the left, 0-based. */
  readonly x: number
  /** Row from the top, 0-based. */
  readonly y: number
  /** The mark placed, where the rules let the player choose (wild). */
  readonly mark?: Mark
}
export interface Resigned extends Timed {
  readonly type: 'resigned'
  readonly player: Player
}
/** A game that nobody had joined was withdrawn by `player`, or by its creator if the creator owns no seat. */
export interface Withdrawn {
  readonly type: 'withdrawn'
  readonly player?: Player
}
export interface Offered extends Timed {
  readonly type: 'offered'
  readonly player: Player
  readonly what: OfferKind
}
export interface Accepted extends Timed {
  readonly type: 'accepted'
  /** The player who accepted. */
  readonly player: Player
  readonly what: OfferKind
  /** The id of the new game, for a rematch. */
  readonly next?: string
}
export interface Declined extends Timed {
  readonly type: 'declined'
  /** The player who declined the offer or withdrew their own. */
  readonly player: Player
  readonly what: OfferKind
}
/** The flag of `player` fell: they had no time left. */
export interface Flagged extends Timed {
  readonly type: 'flagged'
  readonly player: Player
}
/** `player`, whose turn it was, was disconnected for too long. */
export interface Abandoned extends Timed {
  readonly type: 'abandoned'
  readonly player: Player
}
/** A board with open seats was cleared for a new game. */
export interface Restarted {
  readonly type: 'restarted'
  readonly rules: Rules
}

export type Event =
  | Created
  | Joined
  | Moved
  | Resigned
  | Withdrawn
  | Offered
  | Accepted
  | Declined
  | Flagged
  | Abandoned
  | Restarted
