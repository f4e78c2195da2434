/**
 * The catalog that a node keeps for itself. Its arbiters report changes at once; the follower of the journal reports
 * the rest.
 */
import { makeId, sleep, type Timer } from '../../base/index.ts'
import type { Event, Game } from '../../game/index.ts'
import { type Entry, JournalFault, type JournalId, type Position, type Subscription } from '../../journal/index.ts'
import { makeSummary } from '../../protocol/index.ts'
import { makeCursor, placeIn } from './catalog-cursor.ts'
import { findMismatch, newestOf } from './catalog-mark.ts'
import type { CatalogStore, CatalogMark, Newest, Page } from './catalog-store.ts'
import type { Games } from '../games/games.ts'
import type { Timekeeper } from '../games/timekeeper.ts'
import type { Catalog } from './catalog.ts'
import { DamagedGames, isTemporary, troubleWith } from './damaged-games.ts'
import type { ServiceContext } from '../context.ts'
import { changesStatus, isListed, GameFolds } from './game-folds.ts'

/** The versions of one game that were delivered. */
interface VersionRange {
  readonly first: number
  last: number
}

/** A game whose row is to be written, and when its status last changed. The summary is made when it is written. */
interface Row {
  readonly game: Game
  readonly at: number
}

/**
 * How long changes are collected before they are written to the store, in ms: writing many rows at once costs several
 * times less.
 */
const flushMs = 1_000
/** After a failed write the delay before the next attempt doubles each time, up to this, in ms. */
const retryMsMax = 64_000
/** How many games are read from the journal in parallel while catching up. */
const readsAtOnce = 64
/**
 * How many games of a long history are read per turn of the event loop, a multiple of {@link readsAtOnce}. With a file
 * as the journal each takes about 5 µs of the loop.
 */
const readsInOneTurn = 1_024
/** How many rows are written at once: this bounds what one attempt costs the loop, even if the store refuses them. */
const rowsAtOnce = 4_096
/** How many games with a clock are read at once when the server starts. */
const clockedRows = 1_000

export class LocalCatalog implements Catalog {
  readonly #shared: ServiceContext
  readonly #store: CatalogStore
  readonly #games: Games
  readonly #timekeeper: Timekeeper
  /** Rows that the store does not have yet. */
  readonly #dirty = new Map<string, Row>()
  readonly #folds = new GameFolds()
  /**
   * Games that must be read: the versions that the follower has delivered since the last flush and that nobody had
   * noted.
   */
  #unread = new Map<string, VersionRange>()
  #history: JournalId
  #position: Position = ''
  #newest: Newest | null = null
  /** The position of the store's mark. */
  #written: Position = ''
  /** Null while the store fails and more rows wait than may be kept in memory, and once the store is lost. */
  #subscription: Subscription | null = null
  #timer: Timer | null = null
  #flushing: Promise<void> = Promise.resolve()
  /** How many writes have failed in a row. */
  #failures = 0
  readonly #damaged: DamagedGames
  #isCaughtUp = false
  #isClosed = false

  constructor(shared: ServiceContext, store: CatalogStore, games: Games, timekeeper: Timekeeper) {
    this.#shared = shared
    this.#store = store
    this.#games = games
    this.#timekeeper = timekeeper
    this.#history = shared.journal.id
    this.#damaged = new DamagedGames(shared)
  }

  /**
   * The id of the history that is served: the journal's id, or a new one each time an older state of this journal was
   * found to be restored. A client that knows a game from another history must discard it.
   */
  get history(): JournalId {
    return this.#history
  }

  /**
   * Why lists may lack games; null: they are complete. It names no game, because a private game is protected only by
   * its id.
   */
  get trouble(): string | null {
    if (this.#store.isLost) return 'damaged: it is rebuilt at the next start'
    if (this.#failures > 0) return 'cannot be written now: the server keeps trying'
    if (!this.#isCaughtUp) return 'catching up with the journal'
    return troubleWith(this.#damaged.size)
  }

  /** The position of the last journal entry that the follower has delivered. */
  get position(): Position {
    return this.#position
  }

  /** Follows the journal from the store's mark, or from the beginning if the store belongs to another history. */
  async open(): Promise<void> {
    const mark = await this.#store.mark()
    const mismatch = mark === null ? null : await findMismatch(this.#shared.journal, mark)
    if (mark !== null && mismatch !== null) await this.#forget(mismatch, mark)
    else if (mark !== null) {
      this.#history = mark.history
      this.#written = mark.position
      this.#newest = mark.newest
    }
    try {
      this.#follow()
    } catch (cause) {
      // The journal never gave out this position.
      if (mark === null || !(cause instanceof JournalFault) || cause.fault !== 'corrupt') throw cause
      await this.#forget(cause.message, mark)
      this.#follow()
    }
    void this.#readClocked()
  }

  /** Reports the games that were live when the store was last written, so that their flags fall in time. */
  async #readClocked(): Promise<void> {
    try {
      for (let after = ''; !this.#isClosed;) {
        const rows = await this.#store.clocked(after, clockedRows)
        for (const row of rows) this.#timekeeper.expectFlag(row)
        if (rows.length < clockedRows) return
        after = rows.at(-1)?.game ?? after
      }
    } catch (cause) {
      if (this.#isClosed) return
      const reason = String(cause)
      this.#shared.log.warn(
        { reason },
        'the list of games with a clock cannot be read: their flags may not fall until somebody asks for the game',
      )
    }
  }

  /** A game of this node has changed. Lists include it at once; it is written to the store soon after. */
  note(id: string, game: Game, event: Event, at: number): void {
    if (changesStatus(game, event)) this.#put(id, game, at)
  }

  /**
   * As {@link CatalogStore.gamesOf}, including the newest changes of this node unless the store fails. A cursor belongs
   * to one history: a list that began in one history does not continue in another.
   */
  async gamesOf(...[account, status, cursor, limitRows]: Parameters<CatalogStore['gamesOf']>): Promise<Page> {
    const place = cursor === undefined ? undefined : placeIn(this.#history, cursor)
    if (this.#dirty.size > 0 && this.#failures === 0) await this.#flush()
    const page = await this.#store.gamesOf(account, status, place, limitRows)
    return page.next === undefined ? page : { games: page.games, next: makeCursor(this.#history, page.next) }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#subscription?.close()
    this.#timer?.cancel()
    await this.#flush()
    await this.#store.close()
  }

  async #forget(reason: string, { journal: id }: CatalogMark): Promise<void> {
    const { journal, log, random } = this.#shared
    log.warn({ reason }, 'catalog is rebuilt')
    if (id === journal.id) this.#history = makeId(random)
    await this.#store.clear()
    this.#written = ''
    this.#newest = null
  }

  /** Follows the journal from the store's mark. @throws JournalFault 'corrupt' */
  #follow(): void {
    this.#position = this.#written
    const subscription = this.#shared.journal.follow(this.#written, (entries) => this.#receive(entries))
    this.#subscription = subscription
    subscription.caughtUp.then(
      async () => {
        // Games that were delivered while catching up are listed only once they are read.
        if (this.#unread.size > 0) await this.#flush()
        this.#isCaughtUp = true
      },
      (cause: unknown) => {
        if (this.#subscription === subscription && !this.#isClosed)
          this.#shared.log.error({ reason: String(cause) }, 'catalog cannot catch up')
      },
    )
  }

  #receive(entries: readonly Entry[]): void {
    const last = entries.at(-1)
    if (last !== undefined) {
      this.#position = last.position
      this.#newest = newestOf(last)
    }
    for (const entry of this.#games.applyAndReturnUnknown(entries)) if (!this.#fold(entry)) this.#markUnread(entry)
    this.#flushLater()
  }

  #markUnread({ game, version }: Entry): void {
    const unread = this.#unread.get(game)
    if (unread === undefined) this.#unread.set(game, { first: version, last: version })
    else unread.last = version
  }

  /**
   * Applies an entry of a game that is played on another node. False: the game must be read. While catching up every
   * game is read, and so verified.
   */
  #fold(entry: Entry): boolean {
    // For a game that is live here the store may already have a newer row.
    if (!this.#isCaughtUp || this.#unread.has(entry.game) || this.#games.peek(entry.game) !== null) return false
    try {
      const result = this.#folds.take(entry)
      if (result === 'unknown') return false
      if (result === 'nothing') return true
      if (result.changedAt === result.lastAt) this.#put(entry.game, result.game, result.changedAt)
      this.#timekeeper.updateDeadline(entry.game, result.game, result.lastAt)
      return true
    } catch {
      // Reading the game reports what is wrong with it.
      return false
    }
  }

  #put(id: string, game: Game, at: number): void {
    if (this.#subscription === null) return
    if (!isListed(game)) return
    // The game may have changed while it was being read.
    if ((this.#dirty.get(id)?.game.version ?? 0) > game.version) return
    this.#dirty.set(id, { game, at })
    this.#flushLater()
  }

  #flushLater(): void {
    const delay = Math.min(flushMs * 2 ** this.#failures, retryMsMax)
    this.#timer ??= this.#shared.clock.after(delay, () => {
      this.#timer = null
      void this.#flush()
    })
  }

  /** Writes what is collected. Flushes run one after the other. */
  #flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushNow())
    return this.#flushing
  }

  async #flushNow(): Promise<void> {
    if (this.#store.isLost) return
    const position = this.#subscription === null ? this.#written : this.#position
    const unread = this.#unread
    this.#unread = new Map()
    const toRead = [...unread].filter(([id, versions]) => !this.#isNoted(id, versions))
    try {
      for (let first = 0; first < toRead.length; first += readsAtOnce) {
        if (first % readsInOneTurn === 0 && first > 0) await this.#nextTurn()
        // The position is not advanced: a follower from there gets the entries again.
        if (this.#isClosed) return this.#restoreUnread(unread)
        await Promise.all(toRead.slice(first, first + readsAtOnce).map(([id]) => this.#read(id)))
        if (this.#dirty.size >= rowsAtOnce) await this.#write(this.#written)
      }
      await this.#write(position)
      this.#failures = 0
      if (this.#subscription === null && !this.#isClosed) this.#follow()
    } catch (cause) {
      this.#restoreUnread(unread)
      this.#flushFailed(cause)
    }
  }

  /** Handles a failed flush. Nothing is lost: it is tried again, or the catalog is rebuilt at the next start. */
  #flushFailed(cause: unknown): void {
    this.#shared.log.error({ reason: String(cause) }, 'catalog could not be written: the server keeps trying')
    this.#failures++
    if (this.#store.isLost || this.#dirty.size + this.#unread.size > this.#shared.limits.unwrittenRowsMax)
      this.#stopFollowing()
    if (!this.#store.isLost && !this.#isClosed) this.#flushLater()
  }

  /**
   * Stops collecting: the journal has everything. It is followed again from the store's mark once the store accepts a
   * write.
   */
  #stopFollowing(): void {
    this.#subscription?.close()
    this.#subscription = null
    this.#dirty.clear()
    this.#unread.clear()
  }

  /** Lets the event loop serve other work. */
  #nextTurn(): Promise<void> {
    return sleep(this.#shared.clock, 0)
  }

  /** Writes all rows in batches; the position is advanced with the last batch. */
  async #write(position: Position): Promise<void> {
    while (this.#dirty.size > rowsAtOnce) await this.#writeSome(this.#written)
    await this.#writeSome(position)
  }

  /** Writes one batch. If that fails, its rows are kept. */
  async #writeSome(position: Position): Promise<void> {
    const rows: [id: string, row: Row][] = []
    for (const entry of this.#dirty) {
      if (rows.length === rowsAtOnce) break
      rows.push(entry)
      this.#dirty.delete(entry[0])
    }
    try {
      const mark = { journal: this.#shared.journal.id, history: this.#history, position, newest: this.#newest }
      await this.#store.put(
        rows.map(([id, { game, at }]) => makeSummary(id, game, at)),
        mark,
      )
      this.#written = position
    } catch (cause) {
      for (const [id, row] of rows) if (!this.#dirty.has(id)) this.#dirty.set(id, row)
      throw cause
    }
  }

  /** Keeps the games that could not be read for the next flush. */
  #restoreUnread(unread: ReadonlyMap<string, VersionRange>): void {
    for (const [id, versions] of unread) {
      const { last } = this.#unread.get(id) ?? versions
      this.#unread.set(id, { first: versions.first, last })
    }
  }

  /** True if every delivered version of the game was already noted by this node. */
  #isNoted(id: string, { first, last }: VersionRange): boolean {
    const version = this.#games.peek(id)?.version ?? 0
    return version >= last && first > this.#games.notifiedSince(id)
  }

  /** Reads a game that is not live here, to find when its status last changed. A damaged game is left out. */
  async #read(id: string): Promise<void> {
    try {
      const found = await this.#folds.read(this.#shared.journal, id)
      if (found === null) return
      this.#put(id, found.game, found.changedAt)
      this.#timekeeper.updateDeadline(id, found.game, found.lastAt)
    } catch (cause) {
      if (isTemporary(cause)) throw cause
      this.#damaged.leaveOut(id, cause)
    }
  }
}
