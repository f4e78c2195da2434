/** Commands: what a client asks to happen in a game. `decide` returns the event that follows, or a rejection. */
import type { Created, Joined, OfferKind } from './event.ts'
import type { Account, Mark, Player } from './player.ts'
import type { Rules } from './rules.ts'

/** The members of every command except `create`. */
interface Addressed {
  /** The version that the sender had seen. Absent: decide against the current version; a repeat is not recognised. */
  readonly version?: number
  /** As `elapsedMs` of {@link Event}; the service measures it. */
  readonly elapsedMs?: number
}

/** The members of the commands that act for a player. */
interface Personal extends Addressed {
  /** The account of the sender; null if the sender has none, which is allowed on boards with open seats. */
  readonly by: string | null
  /** The player that the command acts for. By default see `speaker` in `seat.ts`. */
  readonly player?: Player
}

export type Command =
  | ({ readonly type: 'create' } & Omit<Created, 'type'>)
  | ({ readonly type: 'join'; readonly account: Account; readonly player?: Player } & Addressed &
      Pick<Joined, 'awaited'>)
  | ({ readonly type: 'move'; readonly x: number; readonly y: number; readonly mark?: Mark } & Personal)
  | ({ readonly type: 'resign' } & Personal)
  | ({
      readonly type: 'offer'
      readonly what: OfferKind
      /** As for `answer`, in case this offer accepts a rematch that the opponent has offered. */
      readonly next?: string
    } & Personal)
  | ({
      readonly type: 'answer'
      readonly what: OfferKind
      readonly accept: boolean
      /** The id of the new game if this accepts a rematch; chosen by the service. */
      readonly next?: string
    } & Personal)
  | ({ readonly type: 'restart'; readonly rules?: Rules } & Personal)
  /** Sent by the server itself: the flag of the player to move has fallen, given `elapsedMs`. */
  | ({ readonly type: 'flag' } & Addressed)
  /** Sent by the server itself: the player to move was disconnected for too long. */
  | ({ readonly type: 'abandon' } & Addressed)
