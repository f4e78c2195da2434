/**
 * The listeners to single games. The node subscribes to a separate subject for each game, so it receives nothing about other
 * games. A notification may be lost in transit. The node therefore reads the last entry of each game when that may have
 * happened, and of every game from time to time.
 */
import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import { type Clock, sleep } from '../../base/index.ts'
import { GameListeners } from '../game-listeners.ts'
import { type GameId, type OnEntries, JournalFault, type Listening, type Version } from '../journal.ts'
import { checkedMin, checksPerRound, lastReadsMax, endReadsPerCheck, retryMs } from './limits.ts'
import { makeStreamEntry, type Message } from './message.ts'
import type { Names } from './names.ts'
import type { JetStreamReader } from './reader.ts'
import { subscribe } from './subscribe.ts'

export interface ListenersOptions {
  readonly connection: NatsConnection
  readonly names: Names
  readonly clock: Clock
  readonly reader: JetStreamReader
  /** Parses a message that the servers have repeated; null: it is not a message of the stream. */
  readonly parse: (message: Parameters<Parameters<typeof subscribe>[2]>[0]) => Message | null
  /** Whether the message is certainly an entry, because it follows the last known entry of its game. */
  readonly isEntry: (message: Message) => boolean
  readonly fail: (fault: JournalFault) => void
}

export class SubjectListeners {
  readonly #options: ListenersOptions
  readonly #handlers = new GameListeners()
  readonly #subscriptions = new Map<GameId, Subscription>()
  /** The newest version delivered for each game. A read may return an older one than has arrived meanwhile. */
  readonly #newest = new Map<GameId, Version>()
  /** Games that are still to be checked in this round. */
  #round: GameId[] = []
  #endReads = 0
  #isClosed = false

  constructor(options: ListenersOptions) {
    this.#options = options
  }

  add(game: GameId, handler: OnEntries): Listening {
    if (!this.#handlers.has(game)) this.#subscribe(game)
    return this.#handlers.add(game, handler, () => {
      this.#subscriptions.get(game)?.unsubscribe()
      this.#subscriptions.delete(game)
      this.#newest.delete(game)
    })
  }

  /** Checks all games, because notifications about messages up to sequence `end` may have been lost. */
  async check(end: number): Promise<void> {
    await this.#check([...this.#subscriptions.keys()], end)
  }

  /** Checks the next share of the games, in case a notification was lost without a sign. */
  async checkSome(end: number): Promise<void> {
    if (this.#endReads++ % endReadsPerCheck > 0) return
    const share = Math.max(checkedMin, Math.ceil(this.#subscriptions.size / checksPerRound))
    if (this.#round.length === 0) this.#round = [...this.#subscriptions.keys()]
    await this.#check(this.#round.splice(0, share), end)
  }

  close(): void {
    this.#isClosed = true
    for (const subscription of this.#subscriptions.values()) subscription.unsubscribe()
    this.#subscriptions.clear()
    this.#newest.clear()
    this.#handlers.clear()
  }

  #subscribe(game: GameId): void {
    const { connection, names, parse, isEntry, fail } = this.#options
    const handler = (raw: Parameters<typeof parse>[0]): void => {
      const message = parse(raw)
      // The last listener may have been closed meanwhile.
      if (message === null || message.version === 0) return
      const entry = isEntry(message) ? makeStreamEntry(message) : null
      if (entry !== null && this.#handlers.has(game)) this.#newest.set(game, message.version)
      this.#handlers.notify(game, message.version, entry)
    }
    this.#subscriptions.set(game, subscribe(connection, names.liveOf(game), handler, fail))
  }

  #notifyIfNewer(game: GameId, version: Version): void {
    if (version > (this.#newest.get(game) ?? 0)) this.#handlers.notify(game, version, null)
  }

  /** Checks a page of games at a time. Repeats each until a server answers that has all messages up to `end`. */
  async #check(games: readonly GameId[], end: number): Promise<void> {
    const { reader, clock } = this.#options
    for (let first = 0; first < games.length && !this.#isClosed;) {
      try {
        const found = await reader.lastOf(games.slice(first, first + lastReadsMax), end)
        for (const { game, version } of found) this.#notifyIfNewer(game, version)
        first += lastReadsMax
      } catch (cause) {
        if (!(cause instanceof JournalFault)) throw cause
        await sleep(clock, retryMs)
      }
    }
  }
}
