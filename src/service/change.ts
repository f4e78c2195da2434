/** One state of a game on its way to everybody who hears of it: made once, written as JSON at most once. */
import { type GameView, makeNotification } from '../protocol/index.ts'

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
