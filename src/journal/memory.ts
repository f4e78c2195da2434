/** A journal in memory, for tests, the simulation and games within a web page. */
import { makeId, systemRandom } from '../base/index.ts'
import { assertAppend } from './assert-append.ts'
import { chainStart, nextChain, type NextChain } from './chain.ts'
import { GameListeners } from './game-listeners.ts'
import { Feed } from './follower.ts'
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
  /** Handlers are called in a separate microtask, never within an append. */
  readonly #feed = new Feed<Entry>({
    end: 0,
    page: (after) => this.#entries.slice(after, after + pageEntriesMax),
    pause: () => Promise.resolve(),
  })
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
    this.#feed.grow(this.#entries.length, [entry])
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
    return this.#feed.follow(parsePosition(after, this.#entries.length), handler)
  }

  listen(game: GameId, handler: OnEntries): Listening {
    this.#assertOpen()
    return this.#listeners.add(game, handler)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#listeners.clear()
    this.#feed.close()
  }

  #assertOpen(): void {
    if (this.#closed) throw new JournalFault('unavailable', 'the journal is closed')
  }
}
