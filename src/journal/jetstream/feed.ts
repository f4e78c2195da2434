/**
 * The followers: each reads stored messages in pages, then receives new messages, which the servers repeat as they store them.
 * Messages that are missing between two of these, or at the end, are read.
 */
import type { Clock, Timer } from '../../base/index.ts'
import { type Chain, chainStart } from '../chain.ts'
import { CatchingUp, Followers } from '../followers.ts'
import { type Entry, type GameId, JournalFault, type Position, type Subscription, type Version } from '../journal.ts'
import { LruCache } from '../lru-cache.ts'
import { streamHeadsMax, retryMs } from './limits.ts'
import { makeStreamEntry, type Message } from './message.ts'

type HandleEntries = (entries: readonly Entry[]) => void
type ReadPage = (after: number) => Promise<readonly Message[]>

export interface FeedOptions {
  readonly page: ReadPage
  readonly clock: Clock
  /** The sequence of the last message. */
  readonly end: number
  /** Called when a follower that had caught up cannot continue. */
  readonly fail: (fault: JournalFault) => void
}

export class JetStreamFeed {
  readonly #options: FeedOptions
  readonly #followers = new Followers<Follower>()
  /** Messages that came in this turn of the event loop. */
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
    return this.#followers.size > 0
  }

  /** The servers have stored this message. */
  add(message: Message): void {
    this.#end = Math.max(this.#end, message.sequence)
    this.#fresh.push(message)
    if (this.#fresh.length === 1) queueMicrotask(() => this.#deliver())
  }

  /** The stream has at least `end` messages. */
  grow(end: number): void {
    if (end <= this.#end) return
    this.#end = end
    for (const follower of this.#followers) follower.offer(end, [])
  }

  /** @param ended resolves with the sequence of the last message that was stored at the time of the call. */
  follow(after: number, handler: HandleEntries, ended: Promise<number>): Following {
    const took = (end: number): void => void (this.#end = Math.max(this.#end, end))
    const follower = new Follower({ ...this.#options, after, end: this.#end, handler, ended, took })
    const subscription = this.#followers.add(follower)
    return { subscription, position: () => String(follower.taken) }
  }

  close(): void {
    this.#followers.close()
  }

  #deliver(): void {
    const fresh = this.#fresh
    this.#fresh = []
    for (const follower of this.#followers) follower.offer(this.#end, fresh)
  }
}

export interface Following {
  readonly subscription: Subscription
  /** The position of the last message that was processed, void messages included. */
  readonly position: () => Position
}

interface FollowerOptions extends FeedOptions {
  readonly after: number
  readonly handler: HandleEntries
  readonly ended: Promise<number>
  /** Called when the follower has processed all messages up to `end`. */
  readonly took: (end: number) => void
}

/** The last known entry of a game. isSure: the follower has verified the game from its first entry. */
interface Seen {
  readonly version: Version
  readonly chain: Chain
  readonly isSure: boolean
}

class Follower {
  readonly caughtUp: Promise<void>
  readonly #options: FollowerOptions
  readonly #caughtUp = new CatchingUp()
  readonly #seen = new LruCache<GameId, Seen>(streamHeadsMax)
  /** Sequences of the last message processed, and of the last one stored. */
  #taken: number
  #end: number
  #target = Infinity
  #isCaughtUp = false
  #timer: Timer | null = null
  #isReading = false
  #isClosed = false

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#taken = options.after
    this.#end = options.end
    this.caughtUp = this.#caughtUp.promise
    void this.#findTarget()
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

  async #findTarget(): Promise<void> {
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

  /** The next messages; empty if the server that answered lags behind, or none answers. The caller then tries again. */
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
    const entries = messages.filter((message) => this.#isEntry(message)).map(makeStreamEntry)
    this.#taken = messages.at(-1)?.sequence ?? this.#taken
    this.#options.took(this.#taken)
    if (entries.length > 0) this.#options.handler(entries)
    if (this.#taken >= this.#target) this.#reach()
  }

  #reach(): void {
    this.#isCaughtUp = true
    this.#caughtUp.reach()
  }

  /**
   * Whether a message is an entry, not a void message, as far as the follower can tell. If the follower has not received the
   * beginning of a game, it accepts the first message of the game. A void message that passes is detected when the game is
   * folded.
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
