/** A wish for an opponent. */
import {
  type Account,
  type Game,
  type MatchLength,
  type Rules,
  startMatch,
  type TimeControl,
} from '../../game/index.ts'
import type { Listener } from '../audience/audience.ts'
import type { Reply } from '../sessions/reply.ts'

/** The session of a player who wishes for an opponent. */
export interface Wisher extends Listener {
  /** The connection is closed: the wish no longer counts. */
  readonly isOver: boolean
}

/** One wish for an opponent. */
export interface Wish {
  readonly account: Account
  readonly rules: Rules
  readonly clock: TimeControl | undefined
  readonly match: MatchLength | undefined
  /** The id of the game that the wish opens, by which a repeat is recognised; null: the wish cannot be repeated. */
  readonly key: string | null
  readonly from: Wisher
  readonly reply: Reply
}

/** The command that opens the game of a wish, without its seats. */
export function creationOf({ rules, clock, match, account }: Wish) {
  return {
    type: 'create',
    rules,
    seats: 'invite',
    by: account.id,
    ...(clock === undefined ? {} : { clock }),
    ...(match === undefined ? {} : { match: startMatch(match) }),
  } as const
}

export function isSeated({ players: { X, O } }: Game, { id }: Account): boolean {
  return X?.id === id || O?.id === id
}

/** Faults after which another game is tried: another player was faster, or the game does not exist. */
export const isTaken: ReadonlySet<string> = new Set(['seat-taken', 'game-over', 'no-such-game'])
