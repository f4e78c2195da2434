/** A journal in memory, for tests, the simulation and games within a web page. */
import { makeId, systemRandom } from '../base/index.ts'
import { assertAppend } from './assert-append.ts'
import { chainStart, nextChain, type NextChain } from './chain.ts'
import { GameListeners } from './game-listeners.ts'
import { CatchingUp, Followers } from './followers.ts'
import { type Appended, type Entry, type GameId, type Journal, JournalFault, type JournalId } from './journal.ts'
import type { OnEntries, Listening, Position, Subscription, Version } from './journal.ts'
import { pageEntriesMax } from './limits.ts'
import { pageSize } from './pages.ts'
import { parsePosition } from './position.ts'

interface MemoryJournalOptions {
  /** A faster chain function, if the host has one. */
  readonly chain?: NextChain
  /** Default: a random id. */
  readonly id?: JournalId
}

export class MemoryJournal implements Journal {
  readonly id: JournalId
  readonly durability = 'memory'
  readonly #chain: NextChain
  readonly #entries: Entry[] = []
  readonly #games = new Map<GameId, Entry[]>()
  readonly #followers = new Followers<Follower>()
  readonly #listeners = new GameListeners()
  #closed = false

  constructor({ chain = nextChain, id = makeId(systemRandom) }: MemoryJournalOptions = {}) {
    this.id = id
    this.#chain = chain
  }

  /** The number of entries of all games. */
  get length(): number {
    return this.#entries.length
  }

  async append(game: GameId, after: Version, body: string): Promise<Appended> {
    this.#assertOpen()
    assertAppend(game, after, body)
    const entries = this.#games.get(game) ?? []
    if (after !== entries.length) return 'conflict'
    const version = after + 1
    const chain = this.#chain(entries.at(-1)?.chain ?? chainStart, version, body)
    const entry = { position: String(this.#entries.length + 1), game, version, body, chain }
    if (version === 1) this.#games.set(game, entries)
    entries.push(entry)
    this.#entries.push(entry)
    for (const follower of this.#followers) follower.wake()
    if (this.#listeners.has(game)) void Promise.resolve().then(() => this.#listeners.notify(game, version, entry))
    return 'stored'
  }

  async read(game: GameId, after: Version = 0, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    return this.#games.get(game)?.slice(after, after + pageSize(limit)) ?? []
  }

  async readBack(game: GameId, before: Version = Infinity, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    const entries = this.#games.get(game) ?? []
    const end = Math.min(entries.length, before - 1)
    return entries.slice(Math.max(0, end - pageSize(limit)), end)
  }

  follow(after: Position, handler: (entries: readonly Entry[]) => void): Subscription {
    this.#assertOpen()
    const follower = new Follower(this.#entries, parsePosition(after, this.#entries.length), handler)
    follower.wake()
    return this.#followers.add(follower)
  }

  listen(game: GameId, handler: OnEntries): Listening {
    this.#assertOpen()
    return this.#listeners.add(game, handler)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#listeners.clear()
    this.#followers.close()
  }

  #assertOpen(): void {
    if (this.#closed) throw new JournalFault('unavailable', 'the journal is closed')
  }
}

/** One follower's place in the log. Its handler is called in a separate microtask, never within an append. */
class Follower {
  readonly caughtUp: Promise<void>
  readonly #entries: readonly Entry[]
  readonly #handler: (entries: readonly Entry[]) => void
  readonly #caughtUp = new CatchingUp()
  readonly #target: number
  #delivered: number
  #awake = false
  #closed = false

  constructor(entries: readonly Entry[], after: number, handler: (entries: readonly Entry[]) => void) {
    this.#entries = entries
    this.#target = entries.length
    this.#delivered = after
    this.#handler = handler
    this.caughtUp = this.#caughtUp.promise
  }

  wake(): void {
    if (this.#awake) return
    this.#awake = true
    void this.#run()
  }

  close(): void {
    this.#closed = true
    this.#caughtUp.close()
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    while (!this.#closed) {
      if (this.#delivered >= this.#target) this.#caughtUp.reach()
      if (this.#delivered === this.#entries.length) break
      const batch = this.#entries.slice(this.#delivered, this.#delivered + pageEntriesMax)
      this.#delivered += batch.length
      this.#handler(batch)
    }
    this.#awake = false
  }
}
