/** What was asked. `decide` answers with the event that follows, or says why none does. */
import type { Created, Joined, OfferKind } from './event.ts'
import type { Account, Mark, Player } from './player.ts'
import type { Rules } from './rules.ts'

/** On every command but `create`. */
interface Addressed {
  /** How many events the sender had seen. Absent: decide against the newest, at most once. */
  readonly version?: number
  /** As {@link Event}'s `elapsedMs`; the service measures it. */
  readonly elapsedMs?: number
}

/** On the commands of a seated person. */
interface Personal extends Addressed {
  /** The account that asks, or null where nobody is known (open seats). */
  readonly by: string | null
  /** Which player it speaks for. Needed where seats are open; elsewhere the seat tells. */
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
      /** As for `answer`, should this meet the opponent's own offer of a rematch. */
      readonly next?: string
    } & Personal)
  | ({
      readonly type: 'answer'
      readonly what: OfferKind
      readonly accept: boolean
      /** The id for the new game, should a rematch be accepted; drawn by the service. */
      readonly next?: string
    } & Personal)
  | ({ readonly type: 'restart'; readonly rules?: Rules } & Personal)
  /** The server's own: the flag of the player to move has fallen, given `elapsedMs`. */
  | ({ readonly type: 'flag' } & Addressed)
  /** The server's own: the player to move has stayed away for too long. */
  | ({ readonly type: 'abandon' } & Addressed)
