/**
 * Who listens to single games. Each game is a subject to subscribe to, so that a node hears nothing of the others. Word of
 * an entry may be lost on the way: the last entries are looked at where that may have been, and of every game now and then.
 */
import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Clock } from '../../base/index.ts'
import { GameListeners } from '../game-listeners.ts'
import { type GameId, type Hear, JournalFault, type Listening, type Version } from '../journal.ts'
import { checkedMin, checksPerRound, lastReadsMax, looksPerCheck, retryMs } from './limits.ts'
import { makeEntry, type Message } from './message.ts'
import type { Names } from './names.ts'
import type { Reader } from './reader.ts'
import { subscribe } from './subscribe.ts'

export interface ListenersOptions {
  readonly connection: NatsConnection
  readonly names: Names
  readonly clock: Clock
  readonly reader: Reader
  /** What the servers have repeated; null: it is no message of the stream. */
  readonly parse: (message: Parameters<Parameters<typeof subscribe>[2]>[0]) => Message | null
  /** Whether it is known to be an entry: it follows what is known of its game. */
  readonly isEntry: (message: Message) => boolean
  readonly fail: (fault: JournalFault) => void
}

export class Listeners {
  readonly #options: ListenersOptions
  readonly #ears = new GameListeners()
  readonly #subscriptions = new Map<GameId, Subscription>()
  /** The newest entry that was heard of each: what a look finds may be older than what came meanwhile. */
  readonly #newest = new Map<GameId, Version>()
  /** Games that are still to be looked at in this round. */
  #round: GameId[] = []
  #looks = 0
  #isClosed = false

  constructor(options: ListenersOptions) {
    this.#options = options
  }

  add(game: GameId, hear: Hear): Listening {
    if (!this.#ears.has(game)) this.#subscribe(game)
    return this.#ears.add(game, hear, () => {
      this.#subscriptions.get(game)?.unsubscribe()
      this.#subscriptions.delete(game)
      this.#newest.delete(game)
    })
  }

  /** Word of what came before the stream ended at `end` may have been lost. */
  async check(end: number): Promise<void> {
    await this.#look([...this.#subscriptions.keys()], end)
  }

  /** Looks at the next share of the games, in case that it was lost without a trace. */
  async checkSome(end: number): Promise<void> {
    if (this.#looks++ % looksPerCheck > 0) return
    const share = Math.max(checkedMin, Math.ceil(this.#subscriptions.size / checksPerRound))
    if (this.#round.length === 0) this.#round = [...this.#subscriptions.keys()]
    await this.#look(this.#round.splice(0, share), end)
  }

  close(): void {
    this.#isClosed = true
    for (const subscription of this.#subscriptions.values()) subscription.unsubscribe()
    this.#subscriptions.clear()
    this.#newest.clear()
    this.#ears.clear()
  }

  #subscribe(game: GameId): void {
    const { connection, names, parse, isEntry, fail } = this.#options
    const hear = (raw: Parameters<typeof parse>[0]): void => {
      const message = parse(raw)
      // Another subscription of the game may have been closed meanwhile.
      if (message === null || message.version === 0) return
      const entry = isEntry(message) ? makeEntry(message) : null
      if (entry !== null && this.#ears.has(game)) this.#newest.set(game, message.version)
      this.#ears.tell(game, message.version, entry)
    }
    this.#subscriptions.set(game, subscribe(connection, names.liveOf(game), hear, fail))
  }

  #tellFound(game: GameId, version: Version): void {
    if (version > (this.#newest.get(game) ?? 0)) this.#ears.tell(game, version, null)
  }

  /** A page of games at a time; each until it was answered by a server that has all up to `end`. */
  async #look(games: readonly GameId[], end: number): Promise<void> {
    const { reader, clock } = this.#options
    for (let first = 0; first < games.length && !this.#isClosed;) {
      try {
        const found = await reader.lastOf(games.slice(first, first + lastReadsMax), end)
        for (const { game, version } of found) this.#tellFound(game, version)
        first += lastReadsMax
      } catch (cause) {
        if (!(cause instanceof JournalFault)) throw cause
        await new Promise<void>((resolve) => void clock.after(retryMs, resolve))
      }
    }
  }
}
