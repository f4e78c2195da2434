/** Followers of a log whose records are numbered 1, 2, 3 …: each reads what is stored, then takes what is new. See docs/SPEC.md, [J5]. */
import { JournalFault, type Position, type Subscription } from './journal.ts'

type HandleRecords<Item> = (records: readonly Item[]) => void

export interface FeedOptions<Item> {
  /** The number of the last record. */
  readonly end: number
  /** Reads up to a page of the records after number `after`, without gaps. Empty: they cannot be read now. */
  readonly page: (after: number) => readonly Item[] | Promise<readonly Item[]>
  /** Waits before a page is read. @param isRetry the last page was empty. */
  readonly pause: (isRetry: boolean) => Promise<void>
  /** Called if a follower that had caught up cannot continue. Default: throws, which ends the process. */
  readonly fail?: (cause: unknown) => void
}

/** The followers of one log. */
export class Feed<Item> {
  readonly #options: FeedOptions<Item>
  readonly #followers = new Set<Follower<Item>>()
  #end: number
  /** New records that end at `#end` and were not offered to followers yet. */
  #fresh: Item[] = []

  constructor(options: FeedOptions<Item>) {
    this.#options = options
    this.#end = options.end
  }

  /** The number of the last record that is known to be stored. */
  get end(): number {
    return this.#end
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0
  }

  /**
   * The log has at least `end` records. `records` are the last of them, or empty if they have to be read. Followers receive
   * them in a microtask: after the callers of `append` have received their answers.
   */
  grow(end: number, records: readonly Item[] = []): void {
    if (end <= this.#end) return
    if (end - records.length !== this.#end) this.#fresh = []
    for (const record of records) this.#fresh.push(record)
    this.#end = end
    void Promise.resolve().then(() => this.#offer())
  }

  /**
   * Calls `handler` with the records after number `after`; see `Journal.follow`.
   * @param target the number of the last record that was stored at the time of the call.
   */
  follow(
    after: number,
    handler: HandleRecords<Item>,
    target: number | Promise<number> = this.#end,
  ): Required<Subscription> {
    const follower: Follower<Item> = new Follower(this.#options, after, handler, () => this.#followers.delete(follower))
    this.#followers.add(follower)
    follower.offer(this.#end, [])
    void follower.setTarget(target)
    return follower
  }

  /** Closes all followers. */
  close(): void {
    for (const follower of this.#followers) follower.close()
  }

  #offer(): void {
    const fresh = this.#fresh
    this.#fresh = []
    for (const follower of this.#followers) follower.offer(this.#end, fresh)
  }
}

/** One follower: it reads pages until it has all records, and from then on takes those that it is offered. */
class Follower<Item> implements Required<Subscription> {
  readonly caughtUp: Promise<void>
  readonly #options: FeedOptions<Item>
  readonly #handler: HandleRecords<Item>
  readonly #leave: () => void
  readonly #caughtUp = new CatchingUp()
  /** The number of the last record delivered. */
  #taken: number
  /** The number of the last record stored. */
  #end = 0
  /** The number of the last record that was stored when the follower began. */
  #target = Infinity
  #isReading = false
  #isClosed = false

  constructor(options: FeedOptions<Item>, after: number, handler: HandleRecords<Item>, leave: () => void) {
    this.caughtUp = this.#caughtUp.promise
    this.#options = options
    this.#handler = handler
    this.#leave = leave
    this.#taken = after
  }

  get position(): Position {
    return String(this.#taken)
  }

  close(): void {
    this.#isClosed = true
    this.#caughtUp.close()
    this.#leave()
  }

  /** Sets the number of the record with which the follower has caught up. */
  async setTarget(target: number | Promise<number>): Promise<void> {
    try {
      this.#target = await target
    } catch (cause) {
      return this.#caughtUp.fail(cause)
    }
    this.offer(this.#target, [])
    this.#reachTarget()
  }

  /** The log has at least `end` records; `records` are the last ones up to `end`, or empty. */
  offer(end: number, records: readonly Item[]): void {
    this.#end = Math.max(this.#end, end)
    // A page may have contained records before they were offered.
    if (this.#isReading || this.#isClosed || this.#taken >= end) return
    const alreadyTaken = this.#taken - (end - records.length)
    // Negative: there is a gap before the offered records.
    if (alreadyTaken < 0) void this.#read()
    else this.#take(records.slice(alreadyTaken))
  }

  async #read(): Promise<void> {
    this.#isReading = true
    for (let isRetry = false; this.#taken < this.#end && !this.#isClosed;) {
      await this.#options.pause(isRetry)
      if (this.#isClosed) break
      const page = await this.#page()
      isRetry = page.length === 0
      if (!isRetry && !this.#isClosed) this.#take(page)
    }
    this.#isReading = false
  }

  async #page(): Promise<readonly Item[]> {
    try {
      return await this.#options.page(this.#taken)
    } catch (cause) {
      this.#isClosed = true
      if (this.#taken < this.#target) this.#caughtUp.fail(cause)
      else if (this.#options.fail === undefined) throw cause
      else this.#options.fail(cause)
      return []
    }
  }

  #take(records: readonly Item[]): void {
    this.#taken += records.length
    this.#handler(records)
    this.#reachTarget()
  }

  #reachTarget(): void {
    if (this.#taken >= this.#target) this.#caughtUp.reach()
  }
}

/**
 * Tells when a follower has received all entries that were stored when it began. Idempotent: only the first call of
 * `reach`, `fail` or `close` counts.
 */
export class CatchingUp {
  readonly promise: Promise<void>
  readonly #done = Promise.withResolvers<void>()

  constructor() {
    this.promise = this.#done.promise
  }

  reach(): void {
    this.#done.resolve()
  }

  fail(cause: unknown): void {
    this.#done.reject(cause)
  }

  /** Rejects the promise because the follower was closed. If nobody awaits it, this is not an unhandled rejection. */
  close(): void {
    this.promise.catch(() => {})
    this.fail(new JournalFault('unavailable', 'the subscription was closed before it had caught up'))
  }
}
