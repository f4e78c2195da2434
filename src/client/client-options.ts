/** What whoever makes a client may choose. */
import type { Clock, Random } from '../base/index.ts'
import type { Account } from '../game/index.ts'
import type { GameHandle } from './game-handle.ts'
import type { Dial } from './transport.ts'

/** What may be said of any request. */
export interface AskOptions {
  /**
   * Once it aborts, the request rejects with the reason of the signal, and is sent no more. Whether a command that was
   * under way is done is then unknown: look at the game.
   */
  readonly signal?: AbortSignal | undefined
}

export interface ClientOptions {
  /** Who to be: a token from an earlier {@link onToken}. Without one, a new guest. */
  readonly token?: string | null | undefined
  /** Asked before each hello for the newest token: another client of the same person may have got one since. */
  readonly findToken?: () => string | null | undefined
  /** Who the token proves, if the host remembers: known before the first hello, so that moves show without a server. */
  readonly account?: Account | null | undefined
  /** Which games the kept views and commands are of: what `journal` of the client was then, see its `onReplaced`. */
  readonly journal?: string | null | undefined
  /** The display name to take, 1 to 24 characters. */
  readonly name?: string | undefined
  /** Hears every new token, the first one included, before anything is asked with it. Keep it: it is the account. */
  readonly onToken?: (token: string) => void
  /**
   * Hears of a game each time that its unanswered commands are others, but for the closing of the client. Kept with its
   * view, they outlive this process: see `resume`, and `repeat` of the handle.
   */
  readonly onUnanswered?: (handle: GameHandle) => void
  /** How long a request is tried before it is rejected, in ms; one minute by default, Infinity for no end. */
  readonly giveUpMs?: number
  /** How to reach the server, where the address does not tell. */
  readonly transport?: Dial
  /** For tests: `VirtualClock` of `oxo/testing`. By default the host's, `performance.now()`. */
  readonly clock?: Clock
  /** For tests: what waits and new ids are drawn from. */
  readonly random?: Random
}
