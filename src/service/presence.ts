/** Who hears of one game, on this node and on the others. */
import type { Player } from '../game/index.ts'
import type { Exchange, Hearing } from './exchange.ts'

export interface Crowd {
  readonly online: Readonly<Record<Player, boolean>>
  readonly watching: number
}

const nobody: Crowd = { online: { X: false, O: false }, watching: 0 }

/** A node with nobody at a game tells that once and then asks nothing of the others. */
type News = Crowd | 'ask'

export class Presence {
  readonly #exchange: Exchange
  readonly #topic: string
  readonly #hearing: Hearing
  readonly #others = new Map<string, Crowd>()
  readonly #changed: () => void
  #own: Crowd = nobody

  /** @param changed the crowd on another node has. */
  constructor(exchange: Exchange, game: string, changed: () => void) {
    this.#exchange = exchange
    this.#topic = `here.${game}`
    this.#changed = changed
    this.#hearing = exchange.hear(this.#topic, (news, node) => this.#hear(JSON.parse(news) as News, node))
    this.#say('ask')
  }

  /** The crowd here has changed. */
  tell(own: Crowd): void {
    if (JSON.stringify(own) === JSON.stringify(this.#own)) return
    this.#own = own
    this.#say(own)
  }

  /** Another node may have missed what was told. */
  repeat(): void {
    this.#say(this.#own)
  }

  lose(node: string): void {
    if (this.#others.delete(node)) this.#changed()
  }

  /** Those here and those elsewhere. */
  with({ online, watching }: Crowd): Crowd {
    let [X, O, sum] = [online.X, online.O, watching]
    for (const other of this.#others.values()) {
      X ||= other.online.X
      O ||= other.online.O
      sum += other.watching
    }
    return { online: { X, O }, watching: sum }
  }

  close(): void {
    this.#hearing.close()
    this.tell(nobody)
  }

  #say(news: News): void {
    this.#exchange.tell(this.#topic, JSON.stringify(news))
  }

  #hear(news: News, node: string): void {
    if (news === 'ask') return this.#say(this.#own)
    this.#others.set(node, news)
    this.#changed()
  }
}
