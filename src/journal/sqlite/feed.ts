/** The followers: each reads stored entries from the file in pages, then receives new entries as they become durable. */
import { CatchingUp, Followers } from '../followers.ts'
import type { Entry, Subscription } from '../journal.ts'
import { nextTurn } from './next-turn.ts'

type HandleEntries = (entries: readonly Entry[]) => void
/** Returns the next stored entries after a position that is not the last one: at least one, at most a page. */
type ReadPage = (after: number) => readonly Entry[]

export class SqliteFeed {
  readonly #page: ReadPage
  readonly #followers = new Followers<Follower>()
  #length: number

  /** @param length the position of the last entry. */
  constructor(page: ReadPage, length: number) {
    this.#page = page
    this.#length = length
  }

  get length(): number {
    return this.#length
  }

  get followed(): boolean {
    return this.#followers.size > 0
  }

  /**
   * `count` more entries are durable. `entries` are these entries, or empty if there was no follower when they were sent to
   * the writer. Followers receive them after the callers of `append` have received their answers.
   */
  grow(count: number, entries: readonly Entry[]): void {
    this.#length += count
    const end = this.#length
    queueMicrotask(() => {
      for (const follower of this.#followers) follower.offer(end, entries)
    })
  }

  follow(after: number, handler: HandleEntries): Subscription {
    return this.#followers.add(new Follower(this.#page, after, this.#length, handler))
  }

  close(): void {
    this.#followers.close()
  }
}

/** One follower: it reads pages until it has delivered all stored entries, and from then on takes the entries offered. */
class Follower {
  readonly caughtUp: Promise<void>
  readonly #page: ReadPage
  readonly #handler: HandleEntries
  readonly #caughtUp = new CatchingUp()
  /** Positions of the last entry when the follower began, of the last one delivered, and of the last one stored. */
  readonly #target: number
  #delivered: number
  #end: number
  #reading = false
  #closed = false

  constructor(page: ReadPage, after: number, end: number, handler: HandleEntries) {
    this.caughtUp = this.#caughtUp.promise
    this.#page = page
    this.#handler = handler
    this.#target = end
    this.#delivered = after
    this.#end = end
    void this.#read()
  }

  /** The journal now ends at `end`. `entries` are the last entries, or empty. */
  offer(end: number, entries: readonly Entry[]): void {
    this.#end = Math.max(this.#end, end)
    // A page may already have contained entries whose commit the event loop had not been notified of.
    if (this.#reading || this.#delivered >= end) return
    if (entries.length === 0) return void this.#read()
    const fresh = entries.slice(this.#delivered - (end - entries.length))
    this.#delivered = end
    this.#handler(fresh)
  }

  close(): void {
    this.#closed = true
    this.#caughtUp.close()
  }

  async #read(): Promise<void> {
    this.#reading = true
    await nextTurn()
    while (!this.#closed && this.#delivered < this.#end) {
      const page = this.#next()
      if (page === undefined) return
      this.#delivered += page.length
      this.#handler(page)
      await nextTurn()
    }
    this.#caughtUp.reach()
    this.#reading = false
  }

  /**
   * The next page; undefined if the file cannot be read and `caughtUp` was rejected. Once the follower has caught up,
   * nobody awaits that promise: the error is thrown and ends the process.
   */
  #next(): readonly Entry[] | undefined {
    try {
      return this.#page(this.#delivered)
    } catch (error) {
      if (this.#delivered >= this.#target) throw error
      this.#closed = true
      this.#caughtUp.fail(error)
      return undefined
    }
  }
}
