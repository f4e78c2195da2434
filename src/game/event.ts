/** What happened. The log of a game is a list of these; the game is their fold. */
import type { Account, Mark, Player } from './player.ts'
import type { Rules } from './rules.ts'
import type { TimeControl } from './time-control.ts'

/** What one player may propose to the other. */
export const offers = ['draw', 'takeback', 'rematch'] as const
export type OfferKind = (typeof offers)[number]

/** Who may move: the owners of the two seats, or anybody who names the player to move. */
export const seatings = ['invite', 'open'] as const
export type Seating = (typeof seatings)[number]

/**
 * Time spent since the previous event, as the deciding node measured it on its monotonic clock; whole milliseconds.
 * Present on every event of a game that has a clock and has started; charged to the player whose turn it was.
 */
interface Timed {
  readonly elapsedMs?: number
}

export interface Created {
  readonly type: 'created'
  readonly rules: Rules
  readonly seats: Seating
  /** Listed in the lobby while it waits for an opponent; may be abandoned. */
  readonly public: boolean
  readonly clock?: TimeControl
  /** The seats taken at creation. */
  readonly players: { readonly X?: Account; readonly O?: Account }
  /** Who created it; absent for boards that the server opens itself. */
  readonly by?: string
  /** Of a wish that was granted with another game, this one: a game that is over from the start, so that a repeat finds it. */
  readonly next?: string
  /** As in {@link Joined}. */
  readonly awaited?: readonly Player[]
}
export interface Joined {
  readonly type: 'joined'
  readonly player: Player
  readonly account: Account
  /** Of a game with a clock: who was not there when both seats were taken. Their clock waits for them, in their first turn. */
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
/** A game that nobody has joined was taken back by `player`, or, where it has no owner yet, by who created it. */
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
  /** Who accepted. */
  readonly player: Player
  readonly what: OfferKind
  /** The new game's id, for a rematch. */
  readonly next?: string
}
export interface Declined extends Timed {
  readonly type: 'declined'
  /** Who declined, or withdrew the own offer. */
  readonly player: Player
  readonly what: OfferKind
}
/** The flag of `player` fell: their time was over. */
export interface Flagged extends Timed {
  readonly type: 'flagged'
  readonly player: Player
}
/** `player`, whose turn it was, stayed away. */
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
