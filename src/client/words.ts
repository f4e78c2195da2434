/** Types of a client's requests and of the notifications it receives. */
import type { MethodName, Notification, NotificationName, Result, GameView } from '../protocol/index.ts'

/** Any notification of the server, by name. */
export type Notice = {
  readonly [Name in NotificationName]: { readonly method: Name; readonly params: Notification<Name> }
}[NotificationName]

/** A notification about one game. */
export type GameNotice = Extract<Notice, { readonly method: `game.${string}` }>

/** Options of any request. */
export interface AskOptions {
  /**
   * When the signal aborts, the request rejects with the signal's reason and is not sent again. A command that was
   * already sent may or may not have been executed: read the game to find out.
   */
  readonly signal?: AbortSignal | undefined
}

/** The arguments of a call; the parameters are optional if the method requires none. */
export type Arguments<P> = object extends P ? [params?: P, options?: AskOptions] : [params: P, options?: AskOptions]

/** Methods whose answer is the state of a game. */
export type ViewMethod = { [Method in MethodName]: Result<Method> extends GameView ? Method : never }[MethodName]

/** Whether a result is a view. A record also has a `game`, but no `board`. */
export function isView(result: unknown): result is GameView {
  return typeof result === 'object' && result !== null && 'board' in result
}
