/** Histories that a node keeps for itself: fed by its arbiters at once, and by the journal for the rest. */
import { makeId, type Timer } from '../../base/index.ts'
import type { Event, Game } from '../../game/index.ts'
import { type Entry, JournalFault, type JournalId, type Position, type Subscription } from '../../journal/index.ts'
import { makeSummary } from '../../protocol/index.ts'
import { makeCursor, placeIn } from './catalog-cursor.ts'
import { findMismatch, newestOf } from './catalog-mark.ts'
import type { CatalogStore, Mark, Newest, Page } from './catalog-store.ts'
import type { Catalog, CatalogHost } from './catalog.ts'
import { DamagedGames, isPassing, troubleWith } from './damaged-games.ts'
import type { Shared } from '../context.ts'
import { changesStatus, isListed, GameFolds } from './game-folds.ts'

/** Versions of one game. */
interface Heard {
  readonly first: number
  last: number
}

/** A game whose row is to be written, and when its status changed last. The row is made once, when it is. */
interface Row {
  readonly game: Game
  readonly at: number
}

/** How long changes gather before they are written to the store, in ms: many rows at once cost several times less. */
const flushMs = 1_000
/** A store that refuses is tried again after twice as long each time, up to this. */
const retryMsMax = 64_000
/** Games read from the journal side by side while catching up. */
const readsAtOnce = 64
/** Games of a long history read in one turn of the loop, a multiple of {@link readsAtOnce}: where the journal is a file each takes some 5 us of it. */
const readsInOneTurn = 1_024
/** Rows that are written at once: what one attempt costs the loop, also where the store refuses them. */
const rowsAtOnce = 4_096
/** Games with a clock that are learnt of at once, at the start. */
const clockedRows = 1_000

export class LocalCatalog implements Catalog {
  readonly #shared: Shared
  readonly #store: CatalogStore
  readonly #host: CatalogHost
  /** Rows that the store does not have yet. */
  readonly #dirty = new Map<string, Row>()
  readonly #standings = new GameFolds()
  /** Of each game that has to be read: what was heard of it since the last flush, and not noted when it was heard. */
  #heard = new Map<string, Heard>()
  #history: JournalId
  #position: Position = ''
  #newest: Newest | null = null
  /** The position that the store has. */
  #written: Position = ''
  /** Null while the store refuses more than is kept for it, and when it is lost. */
  #subscription: Subscription | null = null
  #timer: Timer | null = null
  #flushing: Promise<void> = Promise.resolve()
  /** Times that the store has refused in a row. */
  #refusals = 0
  readonly #damaged: DamagedGames
  #isCaughtUp = false
  #isClosed = false

  constructor(shared: Shared, store: CatalogStore, host: CatalogHost) {
    this.#shared = shared
    this.#store = store
    this.#host = host
    this.#history = shared.journal.id
    this.#damaged = new DamagedGames(shared)
  }

  /**
   * The name of the history that is served: the journal's id, and another one each time that this journal was found put
   * back to an older state. A client that heard of a game under another name has to forget that.
   */
  get history(): JournalId {
    return this.#history
  }

  /** Why a history may lack games; null: it does not. Names no game, for private ones are known by their ids alone. */
  get trouble(): string | null {
    if (this.#store.isLost) return 'damaged: it is built again at the next start'
    if (this.#refusals > 0) return 'it cannot be written now; it is tried again'
    if (!this.#isCaughtUp) return 'catching up with the journal'
    return troubleWith(this.#damaged.size)
  }

  /** The last entry of the journal that was heard. */
  get position(): Position {
    return this.#position
  }

  /** Follows the journal from where the store left off, or from its beginning if the store is of another history. */
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
      // A position that the journal never gave out.
      if (mark === null || !(cause instanceof JournalFault) || cause.fault !== 'corrupt') throw cause
      await this.#forget(cause.message, mark)
      this.#follow()
    }
    void this.#learn()
  }

  /** Tells of the games that were live when the store was last written. */
  async #learn(): Promise<void> {
    try {
      for (let after = ''; !this.#isClosed;) {
        const rows = await this.#store.clocked(after, clockedRows)
        for (const row of rows) this.#host.expects(row)
        if (rows.length < clockedRows) return
        after = rows.at(-1)?.game ?? after
      }
    } catch (cause) {
      if (this.#isClosed) return
      const reason = String(cause)
      this.#shared.log.warn({ reason }, 'games whose time is over may wait until somebody asks for them')
    }
  }

  /** A game of this node has changed. Rows appear at once, in the store soon after. */
  note(id: string, game: Game, event: Event, at: number): void {
    if (changesStatus(game, event)) this.#put(id, game, at)
  }

  /**
   * As {@link CatalogStore.gamesOf}, the newest changes of this node included unless the store refuses them. A cursor names
   * its history: a list that began in one does not continue in another.
   */
  async gamesOf(...[account, status, cursor, limitRows]: Parameters<CatalogStore['gamesOf']>): Promise<Page> {
    const place = cursor === undefined ? undefined : placeIn(this.#history, cursor)
    if (this.#dirty.size > 0 && this.#refusals === 0) await this.#flush()
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

  async #forget(reason: string, { journal: id }: Mark): Promise<void> {
    const { journal, log, random } = this.#shared
    log.warn({ reason }, 'catalog is built again')
    if (id === journal.id) this.#history = makeId(random)
    await this.#store.clear()
    this.#written = ''
    this.#newest = null
  }

  /** From where the store is. @throws JournalFault 'corrupt' */
  #follow(): void {
    this.#position = this.#written
    const subscription = this.#shared.journal.follow(this.#written, (entries) => this.#hear(entries))
    this.#subscription = subscription
    subscription.caughtUp.then(
      async () => {
        // What was heard is in the histories once it was read.
        if (this.#heard.size > 0) await this.#flush()
        this.#isCaughtUp = true
      },
      (cause: unknown) => {
        if (this.#subscription === subscription && !this.#isClosed)
          this.#shared.log.error({ reason: String(cause) }, 'catalog cannot catch up')
      },
    )
  }

  #hear(entries: readonly Entry[]): void {
    const last = entries.at(-1)
    if (last !== undefined) {
      this.#position = last.position
      this.#newest = newestOf(last)
    }
    for (const entry of this.#host.heard(entries)) if (!this.#isFolded(entry)) this.#mustRead(entry)
    this.#flushLater()
  }

  #mustRead({ game, version }: Entry): void {
    const heard = this.#heard.get(game)
    if (heard === undefined) this.#heard.set(game, { first: version, last: version })
    else heard.last = version
  }

  /** Whether an entry of a game that is played elsewhere says enough by itself. What is caught up with is read, and so verified. */
  #isFolded(entry: Entry): boolean {
    // Of a game that is live here a newer row may be in the store already.
    if (!this.#isCaughtUp || this.#heard.has(entry.game) || this.#host.peek(entry.game) !== null) return false
    try {
      const taken = this.#standings.take(entry)
      if (taken === 'unknown') return false
      if (taken === 'nothing') return true
      if (taken.changedAt === taken.lastAt) this.#put(entry.game, taken.game, taken.changedAt)
      this.#host.stands(entry.game, taken.game, taken.lastAt)
      return true
    } catch {
      // Reading it says what is wrong with it.
      return false
    }
  }

  #put(id: string, game: Game, at: number): void {
    if (this.#subscription === null) return
    if (!isListed(game)) return
    // While a game was read here it may have gone on.
    if ((this.#dirty.get(id)?.game.version ?? 0) > game.version) return
    this.#dirty.set(id, { game, at })
    this.#flushLater()
  }

  #flushLater(): void {
    const delay = Math.min(flushMs * 2 ** this.#refusals, retryMsMax)
    this.#timer ??= this.#shared.clock.after(delay, () => {
      this.#timer = null
      void this.#flush()
    })
  }

  /** Flushes run one after the other. */
  #flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushNow())
    return this.#flushing
  }

  async #flushNow(): Promise<void> {
    if (this.#store.isLost) return
    const position = this.#subscription === null ? this.#written : this.#position
    const heard = this.#heard
    this.#heard = new Map()
    const missed = [...heard].filter(([id, versions]) => !this.#isNoted(id, versions))
    try {
      for (let first = 0; first < missed.length; first += readsAtOnce) {
        if (first % readsInOneTurn === 0 && first > 0) await this.#nextTurn()
        // The position stays: who follows from it hears of them again.
        if (this.#isClosed) return this.#keep(heard)
        await Promise.all(missed.slice(first, first + readsAtOnce).map(([id]) => this.#read(id)))
        if (this.#dirty.size >= rowsAtOnce) await this.#write(this.#written)
      }
      await this.#write(position)
      this.#refusals = 0
      if (this.#subscription === null && !this.#isClosed) this.#follow()
    } catch (cause) {
      this.#keep(heard)
      this.#refused(cause)
    }
  }

  /** Nothing is lost: what could not be read or written is tried again, or built again at the next start. */
  #refused(cause: unknown): void {
    this.#shared.log.error({ reason: String(cause) }, 'catalog could not be written')
    this.#refusals++
    if (this.#store.isLost || this.#dirty.size + this.#heard.size > this.#shared.limits.unwrittenRowsMax) this.#giveUp()
    if (!this.#store.isLost && !this.#isClosed) this.#flushLater()
  }

  /** The journal keeps it all: it is followed again, from where the store is, once that takes something. */
  #giveUp(): void {
    this.#subscription?.close()
    this.#subscription = null
    this.#dirty.clear()
    this.#heard.clear()
  }

  /** Everybody else is served between two stretches of a long history. */
  #nextTurn(): Promise<void> {
    return new Promise((resolve) => void this.#shared.clock.after(0, resolve))
  }

  /** A stretch of rows at a time; the position moves with the last. */
  async #write(position: Position): Promise<void> {
    while (this.#dirty.size > rowsAtOnce) await this.#writeSome(this.#written)
    await this.#writeSome(position)
  }

  /** What cannot be written stays. */
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

  /** What was heard is still to be read. */
  #keep(heard: ReadonlyMap<string, Heard>): void {
    for (const [id, versions] of heard) {
      const { last } = this.#heard.get(id) ?? versions
      this.#heard.set(id, { first: versions.first, last })
    }
  }

  /** Whether this node made, or took over one by one, all that was heard of a game. */
  #isNoted(id: string, { first, last }: Heard): boolean {
    const version = this.#host.peek(id)?.version ?? 0
    return version >= last && first > this.#host.notedSince(id)
  }

  /** Folds a game that is not live here, to find when its status last changed. One that is damaged is passed over. */
  async #read(id: string): Promise<void> {
    try {
      const found = await this.#standings.read(this.#shared.journal, id)
      if (found === null) return
      this.#put(id, found.game, found.changedAt)
      this.#host.stands(id, found.game, found.lastAt)
    } catch (cause) {
      if (isPassing(cause)) throw cause
      this.#damaged.passOver(id, cause)
    }
  }
}
