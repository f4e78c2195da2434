/** Messages for many receivers: created once, and written as JSON at most once. */
import { type GameView, makeNotification, type Notification, type NotificationName } from '../../protocol/index.ts'

/** One state of a game. */
export class Change {
  readonly view: GameView
  #json: string | undefined
  #notification: string | undefined

  constructor(view: GameView) {
    this.view = view
  }

  get json(): string {
    return (this.#json ??= JSON.stringify(this.view))
  }

  get notification(): string {
    return (this.#notification ??= makeNotification('game.changed', this.json))
  }
}

/** A notification other than the state of a game. */
export class News<Name extends NotificationName = NotificationName> {
  readonly name: Name
  readonly params: Notification<Name>
  #message: string | undefined

  constructor(name: Name, params: Notification<Name>) {
    this.name = name
    this.params = params
  }

  get message(): string {
    return (this.#message ??= makeNotification(this.name, JSON.stringify(this.params)))
  }
}
