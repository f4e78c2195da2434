/** The read model behind histories: fed by the arbiters of this node at once, and by the journal for the rest. */
import type { Timer } from '../base/index.ts'
import { type Event, type Game, players } from '../game/index.ts'
import { type Entry, JournalFault, type Position, type Subscription } from '../journal/index.ts'
import { type GameSummary, makeSummary, parseBody, statusOf } from '../protocol/index.ts'
import type { CatalogStore } from './catalog-store.ts'
import { fold } from './fold.ts'
import type { Shared } from './shared.ts'

/** What the catalog needs from the games it lists. */
export interface CatalogHost {
  /** The state of a game if it is live on this node. */
  peek(id: string): Game | null
  /** Every change of a live game behind this version was noted by this node. */
  notedSince(id: string): number
  /** Entries that the journal holds now. Answers with those that this node has not noted. */
  heard(entries: readonly Entry[]): readonly Entry[]
}

/** Versions of one game. */
interface Heard {
  readonly first: number
  last: number
}

/** A row, and the version of the game that it shows. */
interface Row {
  readonly version: number
  readonly summary: GameSummary
}

/** How long changes gather before they are written to the store, in ms: many rows at once cost several times less. */
const flushMs = 1_000
/** Games read from the journal side by side while catching up. */
const readsAtOnce = 64
/** Games of a long history read in one turn of the loop, a multiple of {@link readsAtOnce}: where the journal is a file each takes some 5 us of it. */
const readsInOneTurn = 1_024
/** Rows of a long history that are written at once. */
const rowsAtOnce = 4_096

export class Catalog {
  readonly #shared: Shared
  readonly #store: CatalogStore
  readonly #host: CatalogHost
  /** Rows that the store does not have yet. */
  #dirty = new Map<string, Row>()
  /** What was heard of each game from the journal since the last flush, and not noted when it was heard. */
  #heard = new Map<string, Heard>()
  #position: Position = ''
  /** The position that the store has. */
  #written: Position = ''
  #subscription: Subscription | null = null
  #timer: Timer | null = null
  #flushing: Promise<void> = Promise.resolve()
  #isCaughtUp = false
  #isClosed = false

  constructor(shared: Shared, store: CatalogStore, host: CatalogHost) {
    this.#shared = shared
    this.#store = store
    this.#host = host
  }

  /** Whether every entry that the journal had at the start is accounted for. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp
  }

  /** The last entry of the journal that was heard. */
  get position(): Position {
    return this.#position
  }

  /** Follows the journal from where the store left off. */
  async open(): Promise<void> {
    this.#position = this.#written = await this.#store.position()
    this.#subscription = this.#follow()
    this.#subscription.caughtUp.then(
      () => (this.#isCaughtUp = true),
      (cause: unknown) => {
        if (!this.#isClosed) this.#shared.log.error({ reason: String(cause) }, 'catalog cannot catch up')
      },
    )
  }

  /** A game of this node has changed. Rows appear at once, in the store soon after. */
  note(id: string, game: Game, event: Event, at: number): void {
    if (changesStatus(game, event)) this.#put(id, game, at)
  }

  /** As {@link CatalogStore.gamesOf}, the newest changes of this node included. */
  async gamesOf(...query: Parameters<CatalogStore['gamesOf']>): ReturnType<CatalogStore['gamesOf']> {
    if (this.#dirty.size > 0) await this.#flush()
    return this.#store.gamesOf(...query)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#subscription?.close()
    this.#timer?.cancel()
    await this.#flush()
    await this.#store.close()
  }

  /** A position that the journal never gave out was another journal's: everything is read again. */
  #follow(): Subscription {
    const { journal, log } = this.#shared
    const hear = (entries: readonly Entry[]): void => this.#hear(entries)
    try {
      return journal.follow(this.#position, hear)
    } catch (cause) {
      if (!(cause instanceof JournalFault) || cause.fault !== 'corrupt') throw cause
      log.warn({ reason: cause.message }, 'catalog is built again')
      this.#position = this.#written = ''
      return journal.follow('', hear)
    }
  }

  #hear(entries: readonly Entry[]): void {
    this.#position = entries.at(-1)?.position ?? this.#position
    for (const { game, version } of this.#host.heard(entries)) {
      const heard = this.#heard.get(game)
      if (heard === undefined) this.#heard.set(game, { first: version, last: version })
      else heard.last = version
    }
    this.#flushLater()
  }

  #put(id: string, game: Game, at: number): void {
    // A game that nobody sat down at is in nobody's history.
    if (players.every((player) => game.players[player] === null)) return
    // While a game was read here it may have gone on.
    if ((this.#dirty.get(id)?.version ?? 0) > game.version) return
    this.#dirty.set(id, { version: game.version, summary: makeSummary(id, game, at) })
    this.#flushLater()
  }

  #flushLater(): void {
    this.#timer ??= this.#shared.clock.after(flushMs, () => {
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
    const position = this.#position
    const heard = this.#heard
    this.#heard = new Map()
    const missed = [...heard].filter(([id, versions]) => !this.#isNoted(id, versions))
    try {
      for (let first = 0; first < missed.length; first += readsAtOnce) {
        if (first % readsInOneTurn === 0 && first > 0) await this.#nextTurn()
        // The position stays: whoever follows from it hears of them again.
        if (this.#isClosed) return this.#keep(heard)
        await Promise.all(missed.slice(first, first + readsAtOnce).map(([id]) => this.#read(id)))
        if (this.#dirty.size >= rowsAtOnce) await this.#write(this.#written)
      }
      await this.#write(position)
    } catch (cause) {
      // The store is behind now, but nothing is lost: what could not be read or written is tried again.
      this.#shared.log.error({ reason: String(cause) }, 'catalog could not be written')
      this.#keep(heard)
      if (!this.#isClosed) this.#flushLater()
    }
  }

  /** Everybody else is served between two stretches of a long history. */
  #nextTurn(): Promise<void> {
    return new Promise((resolve) => void this.#shared.clock.after(0, resolve))
  }

  /** What cannot be written stays. */
  async #write(position: Position): Promise<void> {
    const rows = this.#dirty
    this.#dirty = new Map()
    try {
      const summaries = [...rows.values()].map(({ summary }) => summary)
      await this.#store.put(summaries, position)
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

  /** Folds a game that is not live here, to find when its status last changed. */
  async #read(id: string): Promise<void> {
    let game: Game | null = null
    let changedAt = 0
    for (const entry of await this.#shared.journal.read(id)) {
      const after: Game | null = fold(game, [entry])
      if (after === null || after === game) continue
      const { at, event } = parseBody(entry.body)
      if (changesStatus(after, event)) changedAt = at
      game = after
    }
    if (game !== null) this.#put(id, game, changedAt)
  }
}

/** Whether `event`, which led to `game`, shows in a list. */
function changesStatus(game: Game, event: Event): boolean {
  if (event.type === 'created' || event.type === 'joined' || event.type === 'restarted') return true
  return statusOf(game) === 'over' && !('what' in event && event.what === 'rematch')
}
