/** What clients are told without asking: created once for all receivers, and written as JSON at most once. */
import { type GameView, makeNotification, type Notification, type NotificationName } from '../../protocol/index.ts'

export class SharedNotification<Name extends NotificationName> {
  readonly name: Name
  readonly params: Notification<Name>
  /** A slow reader needs only the newest notification of each key. */
  readonly key: string
  #json: string | undefined
  #message: string | undefined

  constructor(name: Name, params: Notification<Name>, key: string) {
    this.name = name
    this.params = params
    this.key = key
  }

  /** The params as JSON. */
  get json(): string {
    return (this.#json ??= JSON.stringify(this.params))
  }

  /** The JSON-RPC notification. */
  get message(): string {
    return (this.#message ??= makeNotification(this.name, this.json))
  }
}

/** One state of a game. */
export class Change extends SharedNotification<'game.changed'> {
  constructor(view: GameView) {
    super('game.changed', view, view.game)
  }

  get view(): GameView {
    return this.params
  }
}

/** A notification of any name; the name tells the type of the params. */
export type AnyNotification = { [Name in NotificationName]: SharedNotification<Name> }[NotificationName]
