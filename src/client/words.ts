/** What a client asks and hears, in types. */
import type { MethodName, Notification, NotificationName, Result } from '../protocol/methods.ts'
import type { GameView } from '../protocol/shapes.ts'
import type { AskOptions } from './client-options.ts'

/** The word of the server: any notification, by name. */
export type Notice = {
  readonly [Name in NotificationName]: { readonly method: Name; readonly params: Notification<Name> }
}[NotificationName]

/** The parameters, which may be left out where none is needed. */
export type Arguments<P> = object extends P ? [params?: P, options?: AskOptions] : [params: P, options?: AskOptions]

/** Methods whose answer is the state of a game. */
export type ViewMethod = { [Method in MethodName]: Result<Method> extends GameView ? Method : never }[MethodName]

/** A record names a game as well, but has no board. */
export function isView(result: unknown): result is GameView {
  return typeof result === 'object' && result !== null && 'board' in result
}
