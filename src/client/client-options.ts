/** The options of a client. */
import type { Clock, Random } from '../base/index.ts'
import type { Account } from '../game/index.ts'
import type { GameHandle } from './game-handle.ts'
import type { Dial } from './transport.ts'

export interface ClientOptions {
  /** The account to use: a token from an earlier {@link onToken}. Without a token the server makes a new guest. */
  readonly token?: string | null | undefined
  /**
   * Called before each hello to get the newest token: another client of the same account may have received one since.
   */
  readonly findToken?: () => string | null | undefined
  /** The account of the token, if the host stored it. With it, moves are shown even before the first hello. */
  readonly account?: Account | null | undefined
  /**
   * The history that the stored views and commands belong to: the client's `journal` at that time, see `onReplaced`.
   */
  readonly journal?: string | null | undefined
  /** The display name to request, 1 to 24 characters. */
  readonly name?: string | undefined
  /**
   * Called with each new token, also the first one, before any request uses it. Store it: it is the only key to the
   * account.
   */
  readonly onToken?: (token: string) => void
  /**
   * Called whenever a game's set of unanswered commands changes, except when the client closes. A host that stores
   * these
   * commands with the game's view can repeat them in a later process: see `Client.resume` and `GameHandle.repeat`.
   */
  readonly onUnanswered?: (handle: GameHandle) => void
  /** How long a request is tried before it rejects, in ms: one minute by default; Infinity means no limit. */
  readonly giveUpMs?: number
  /** The transport. By default the address decides. */
  readonly transport?: Dial
  /** For tests: `VirtualClock` of `oxo/testing`. By default the host's clock, `performance.now()`. */
  readonly clock?: Clock
  /** For tests: the source of random waits and new ids. */
  readonly random?: Random
}
