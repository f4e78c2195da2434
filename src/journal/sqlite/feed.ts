/** The followers: each reads its history from the file in pages, then hears what the loop has just made durable. */
import { CatchingUp, Followers } from '../followers.ts'
import type { Entry, Subscription } from '../journal.ts'
import { nextTurn } from './next-turn.ts'

type Hear = (entries: readonly Entry[]) => void
/** The next stored entries behind a position that is not the last: a bounded number, at least one. */
type ReadPage = (after: number) => readonly Entry[]

export class Feed {
  readonly #page: ReadPage
  readonly #listeners = new Followers<Listener>()
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
    return this.#listeners.size > 0
  }

  /**
   * `count` further entries are durable; `entries` are these, or empty where nobody followed when they were sent. They
   * are heard after those who appended them have had their answers: who did both knows already.
   */
  grow(count: number, entries: readonly Entry[]): void {
    this.#length += count
    const end = this.#length
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener.offer(end, entries)
    })
  }

  follow(after: number, hear: Hear): Subscription {
    return this.#listeners.add(new Listener(this.#page, after, this.#length, hear))
  }

  close(): void {
    this.#listeners.close()
  }
}

/** One follower: reading pages until it has heard all there is, from then on taking what it is offered. */
class Listener {
  readonly caughtUp: Promise<void>
  readonly #page: ReadPage
  readonly #hear: Hear
  readonly #caughtUp = new CatchingUp()
  /** Positions: of the last entry when it began, of the last one heard, and of the last one there is. */
  readonly #target: number
  #heard: number
  #end: number
  #reading = false
  #closed = false

  constructor(page: ReadPage, after: number, end: number, hear: Hear) {
    this.caughtUp = this.#caughtUp.promise
    this.#page = page
    this.#hear = hear
    this.#target = end
    this.#heard = after
    this.#end = end
    void this.#read()
  }

  /** The journal now ends at `end`; `entries` are the last ones, or empty. */
  offer(end: number, entries: readonly Entry[]): void {
    this.#end = Math.max(this.#end, end)
    // A page may have held entries that the loop had not been told of yet.
    if (this.#reading || this.#heard >= end) return
    if (entries.length === 0) return void this.#read()
    const fresh = entries.slice(this.#heard - (end - entries.length))
    this.#heard = end
    this.#hear(fresh)
  }

  close(): void {
    this.#closed = true
    this.#caughtUp.close()
  }

  async #read(): Promise<void> {
    this.#reading = true
    await nextTurn()
    while (!this.#closed && this.#heard < this.#end) {
      const page = this.#next()
      if (page === undefined) return
      this.#heard += page.length
      this.#hear(page)
      await nextTurn()
    }
    this.#caughtUp.reach()
    this.#reading = false
  }

  /** Undefined if the file cannot be read and somebody has been told; if nobody waits any more, that ends the process. */
  #next(): readonly Entry[] | undefined {
    try {
      return this.#page(this.#heard)
    } catch (error) {
      if (this.#heard >= this.#target) throw error
      this.#closed = true
      this.#caughtUp.fail(error)
      return undefined
    }
  }
}
