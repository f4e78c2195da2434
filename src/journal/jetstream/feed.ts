/**
 * The followers: each reads what is stored in pages, then hears what the servers repeat as it is stored. Whatever is
 * missing between two messages, or at the end, is read.
 */
import type { Clock, Timer } from '../../base/index.ts'
import { type Chain, chainStart } from '../chain.ts'
import { CatchingUp, Followers } from '../followers.ts'
import { type Entry, type GameId, JournalFault, type Position, type Subscription, type Version } from '../journal.ts'
import { LruCache } from '../lru-cache.ts'
import { headsMax, retryMs } from './limits.ts'
import { makeEntry, type Message } from './message.ts'

type Hear = (entries: readonly Entry[]) => void
type ReadPage = (after: number) => Promise<readonly Message[]>

export interface FeedOptions {
  readonly page: ReadPage
  readonly clock: Clock
  /** The sequence of the last message. */
  readonly end: number
  /** A follower that had caught up cannot go on. */
  readonly fail: (fault: JournalFault) => void
}

export class Feed {
  readonly #options: FeedOptions
  readonly #listeners = new Followers<Listener>()
  /** What came in this turn of the loop. */
  #fresh: Message[] = []
  #end: number

  constructor(options: FeedOptions) {
    this.#options = options
    this.#end = options.end
  }

  /** The sequence of the last message that is known to be stored. */
  get end(): number {
    return this.#end
  }

  get isFollowed(): boolean {
    return this.#listeners.size > 0
  }

  /** The servers have stored this message. */
  hear(message: Message): void {
    this.#end = Math.max(this.#end, message.sequence)
    this.#fresh.push(message)
    if (this.#fresh.length === 1) queueMicrotask(() => this.#tell())
  }

  /** There are at least so many messages. */
  grow(end: number): void {
    if (end <= this.#end) return
    this.#end = end
    for (const listener of this.#listeners) listener.offer(end, [])
  }

  /** @param ended resolves with the sequence that ends what was stored at the call. */
  follow(after: number, hear: Hear, ended: Promise<number>): Following {
    const took = (end: number): void => void (this.#end = Math.max(this.#end, end))
    const listener = new Listener({ ...this.#options, after, end: this.#end, hear, ended, took })
    const subscription = this.#listeners.add(listener)
    return { subscription, position: () => String(listener.taken) }
  }

  close(): void {
    this.#listeners.close()
  }

  #tell(): void {
    const fresh = this.#fresh
    this.#fresh = []
    for (const listener of this.#listeners) listener.offer(this.#end, fresh)
  }
}

export interface Following {
  readonly subscription: Subscription
  /** How far it is, void messages included. */
  readonly position: () => Position
}

interface ListenerOptions extends FeedOptions {
  readonly after: number
  readonly hear: Hear
  readonly ended: Promise<number>
  /** It has heard all up to there. */
  readonly took: (end: number) => void
}

/** What is known of a game's last entry. isSure: from its beginning on. */
interface Seen {
  readonly version: Version
  readonly chain: Chain
  readonly isSure: boolean
}

class Listener {
  readonly caughtUp: Promise<void>
  readonly #options: ListenerOptions
  readonly #caughtUp = new CatchingUp()
  readonly #seen = new LruCache<GameId, Seen>(headsMax)
  /** Sequences: of the last message taken, and of the last one there is. */
  #taken: number
  #end: number
  #target = Infinity
  #isCaughtUp = false
  #timer: Timer | null = null
  #isReading = false
  #isClosed = false

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#taken = options.after
    this.#end = options.end
    this.caughtUp = this.#caughtUp.promise
    void this.#aim()
    void this.#read()
  }

  get taken(): number {
    return this.#taken
  }

  /** The stream now ends at `end`; `messages` are new ones, in their order. */
  offer(end: number, messages: readonly Message[]): void {
    this.#end = Math.max(this.#end, end)
    if (this.#isReading || this.#isClosed) return
    const fresh = messages.filter(({ sequence }) => sequence > this.#taken)
    const isWhole = fresh.every(({ sequence }, index) => sequence === this.#taken + 1 + index)
    if (isWhole && fresh.length > 0) this.#take(fresh)
    if (this.#taken < this.#end && !this.#isClosed) void this.#read()
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#caughtUp.close()
  }

  async #aim(): Promise<void> {
    try {
      this.#target = await this.#options.ended
    } catch (cause) {
      return this.#caughtUp.fail(cause)
    }
    if (this.#taken >= this.#target) return this.#reach()
    this.offer(this.#target, [])
  }

  async #read(): Promise<void> {
    this.#isReading = true
    await Promise.resolve()
    while (!this.#isClosed && this.#taken < this.#end) {
      const page = await this.#next()
      if (page.length === 0) await this.#pause()
      else if (!this.#isClosed) this.#take(page)
    }
    this.#isReading = false
  }

  /** None if the server that was asked is behind, or none answers: it is asked again. */
  async #next(): Promise<readonly Message[]> {
    try {
      return await this.#options.page(this.#taken)
    } catch (cause) {
      const isFault = cause instanceof JournalFault
      if (isFault && cause.fault === 'unavailable') return []
      this.#isClosed = true
      if (isFault && this.#isCaughtUp) this.#options.fail(cause)
      else this.#caughtUp.fail(cause)
      return []
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = this.#options.clock.after(retryMs, resolve)
    })
  }

  #take(messages: readonly Message[]): void {
    const entries = messages.filter((message) => this.#isEntry(message)).map(makeEntry)
    this.#taken = messages.at(-1)?.sequence ?? this.#taken
    this.#options.took(this.#taken)
    if (entries.length > 0) this.#options.hear(entries)
    if (this.#taken >= this.#target) this.#reach()
  }

  #reach(): void {
    this.#isCaughtUp = true
    this.#caughtUp.reach()
  }

  /**
   * Whether a message is no void one, as far as can be told here. Of a game whose beginning was not heard the first
   * message is believed; a void one that slips through is void to whoever folds it.
   */
  #isEntry(message: Message): boolean {
    const { game, version, chain } = message
    if (version === 0) return false
    const before = this.#seen.get(game) ?? (version === 1 ? { version: 0, chain: chainStart, isSure: true } : undefined)
    if (before !== undefined && version <= before.version) return false
    const follows = before?.version === version - 1 && message.follows(before.chain)
    if (before?.isSure === true && !follows) return false
    this.#seen.set(game, { version, chain, isSure: before?.isSure === true })
    return true
  }
}
