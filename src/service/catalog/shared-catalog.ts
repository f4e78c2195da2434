/** The catalog of a cluster: one node writes the rows for all, and every node reads them. */
import { every, makeId, sleep, type Timer } from '../../base/index.ts'
import type { Event, Game } from '../../game/index.ts'
import { type GameId, joinPositions, JournalFault, type JournalId, type Position } from '../../journal/index.ts'
import { Fault, type GameSummary, type Status } from '../../protocol/index.ts'
import { Projector, type Hold } from './projector.ts'
import type { ProjectionStore, Placed, ProjectionPartition } from './projection-store.ts'
import { compareLatest, makeCursor, placeIn, makeUnknownCursor } from './catalog-cursor.ts'
import type { Page } from './catalog-store.ts'
import type { Timekeeper } from '../games/timekeeper.ts'
import type { Catalog, OpenCatalog } from './catalog.ts'
import { troubleWith } from './damaged-games.ts'
import { accountsOf } from './rows.ts'
import type { ServiceContext } from '../context.ts'
import { changesStatus } from './game-folds.ts'

/** How often a node checks how far the rows are, in ms, and how often while a request waits for them. */
const readMs = 1_000
const waitingReadMs = 50
/** How long a list waits for changes that this node has just made, in ms. */
const waitMsMax = 2_000
/** The greatest age of the rows, in ms; older ones are marked as outdated in the page. */
const staleMsMax = 5_000

/** The rows of one partition, as this node knows them. */
interface Seen {
  readonly partition: ProjectionPartition
  readonly keeper: Projector
  position: number
  /** Where the journal ended at time `at`, if the rows are not known to have reached that; null if they are. */
  ahead: { readonly at: number; readonly end: number } | null
  /** Everything that the journal held at this time is in the rows; on the monotonic clock. */
  freshAt: number
}

/**
 * For `ServiceOptions.store`: a catalog that all nodes share. The service owns the store. `hold` is called before this
 * node reads much of the journal, most of which it does not keep in memory; the function it returns is called
 * afterwards.
 */
export function shareProjection(store: ProjectionStore, hold: Hold = () => () => undefined): OpenCatalog {
  return (shared, _, timekeeper) => new SharedCatalog(shared, { store, hold, timekeeper })
}

interface SharedCatalogParts {
  readonly store: ProjectionStore
  readonly hold: Hold
  readonly timekeeper: Timekeeper
}

class SharedCatalog implements Catalog {
  readonly #shared: ServiceContext
  readonly #store: ProjectionStore
  readonly #seen: readonly Seen[]
  /**
   * When games of these accounts last changed here, on the monotonic clock; only accounts whose rows may be outdated.
   */
  readonly #noted = new Map<string, number>()
  #reading: Promise<void> | null = null
  #timer: Timer | null = null
  #isClosed = false

  constructor(shared: ServiceContext, { store, hold, timekeeper }: SharedCatalogParts) {
    this.#shared = shared
    this.#store = store
    const name = makeId(shared.random)
    this.#seen = store.partitions.map((partition) => ({
      partition,
      keeper: new Projector(shared, { partition, hold, timekeeper, name }),
      position: 0,
      ahead: null,
      freshAt: -Infinity,
    }))
  }

  get history(): JournalId {
    return this.#shared.journal.id
  }

  get trouble(): string | null {
    const damaged = this.#seen.reduce((sum, { keeper }) => sum + keeper.damaged, 0)
    if (this.#isBehind()) return 'catching up with the journal: lists of games may be outdated, and say so'
    return troubleWith(damaged)
  }

  get position(): Position {
    return joinPositions(this.#seen.map(({ position }) => String(position)))
  }

  async open(): Promise<void> {
    await this.#readState()
    if (this.#isClosed) return
    this.#timer = every(this.#shared.clock, readMs, () => {
      if (this.#reading === null) void this.#readState()
    })
  }

  note(_id: GameId, game: Game, event: Event): void {
    if (!changesStatus(game, event)) return
    const now = this.#shared.clock.now()
    for (const account of accountsOf(game)) this.#noted.set(account, now)
  }

  async gamesOf(
    account: string,
    status: Status | undefined,
    cursor: string | undefined,
    limitRows: number,
  ): Promise<Page> {
    const places = this.#parse(cursor)
    const isCurrent = await this.#await(account)
    try {
      const lists = await Promise.all(
        this.#seen.map(({ partition }, index) =>
          rowsOf(partition, { account, status, before: places[index] ?? Infinity, count: limitRows + 1 }),
        ),
      )
      const { games, next } = merge(lists, places, limitRows)
      return {
        games,
        ...(next === null ? {} : { next: this.#cursor(next) }),
        ...(isCurrent && !this.#isBehind() ? {} : { behind: true }),
      }
    } catch (cause) {
      if (!(cause instanceof JournalFault)) throw cause
      throw new Fault('unavailable', 'the lists of games cannot be read now: try again', { cause })
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await Promise.all(this.#seen.map(({ keeper }) => keeper.close()))
    await this.#store.close()
  }

  #isBehind(): boolean {
    const late = this.#shared.clock.now() - staleMsMax
    return this.#seen.some(({ freshAt }) => freshAt < late)
  }

  /** Waits until this node's changes of an account's games are in the rows. False: they are not there in time. */
  async #await(account: string): Promise<boolean> {
    const { clock } = this.#shared
    const late = clock.now() + waitMsMax
    const notedAt = this.#noted.get(account)
    if (notedAt === undefined) return true
    const isThere = (): boolean => this.#seen.every(({ freshAt }) => freshAt > notedAt)
    while (!isThere() && clock.now() < late && !this.#isClosed) {
      await this.#readState()
      if (!isThere()) await sleep(clock, waitingReadMs)
    }
    return isThere()
  }

  /**
   * Reads the state of all partitions. A call during another read waits for the next read, since the current one may
   * have started too early.
   */
  async #readState(): Promise<void> {
    const before = this.#reading
    if (before !== null) await before
    this.#reading ??= this.#readAll().finally(() => (this.#reading = null))
    return this.#reading
  }

  async #readAll(): Promise<void> {
    await Promise.all(this.#seen.map((seen) => this.#readPartition(seen)))
    const freshAt = Math.min(...this.#seen.map((seen) => seen.freshAt))
    for (const [account, notedAt] of this.#noted) if (notedAt < freshAt) this.#noted.delete(account)
  }

  async #readPartition(seen: Seen): Promise<void> {
    const calledAt = this.#shared.clock.now()
    try {
      const state = await seen.partition.state()
      if (this.#isClosed) return
      const at = calledAt - (state.askedMs ?? 0)
      const isSame = state.mark?.journal === seen.partition.journal.id
      seen.position = isSame && state.mark !== null ? state.mark.position : 0
      seen.ahead ??= { at, end: state.end }
      if (seen.position >= seen.ahead.end) {
        seen.freshAt = seen.ahead.at
        seen.ahead = null
      }
      if (seen.position >= state.end) seen.freshAt = at
      await seen.keeper.saw(state)
    } catch (cause) {
      if (!(cause instanceof JournalFault)) throw cause
    }
  }

  /** Parses a cursor: the place at which each partition continues. @throws Fault 'invalid-params' */
  #parse(cursor: string | undefined): readonly number[] {
    if (cursor === undefined) return this.#seen.map(() => Infinity)
    const places = placeIn(this.history, cursor).split('-')
    if (places.length !== this.#seen.length || !places.every((place) => /^[0-9a-z]{1,11}$/.test(place)))
      throw makeUnknownCursor()
    return places.map((place) => Number.parseInt(place, 36))
  }

  #cursor(places: readonly number[]): string {
    const end = Number.MAX_SAFE_INTEGER
    const texts = places.map((place) => Math.min(place, end).toString(36))
    return makeCursor(this.history, texts.join('-'))
  }
}

interface RowsQuery {
  readonly account: string
  readonly status: Status | undefined
  readonly before: number
  readonly count: number
}

/** The latest `count` rows with this status before a place. */
async function rowsOf(
  partition: ProjectionPartition,
  { account, status, before, count }: RowsQuery,
): Promise<readonly Placed[]> {
  const found: Placed[] = []
  for (let place = before; ;) {
    const rows = await partition.latest(account, place, count)
    for (const placed of rows) if (status === undefined || placed.row.status === status) found.push(placed)
    if (rows.length < count || found.length >= count) return found
    place = rows.at(-1)?.place ?? 0
  }
}

interface Merged {
  readonly games: readonly GameSummary[]
  /** Where each list continues; null: there are no more rows. */
  readonly next: readonly number[] | null
}

/** Merges the first `limitRows` of several lists; each list keeps its order. */
function merge(lists: readonly (readonly Placed[])[], from: readonly number[], limitRows: number): Merged {
  const taken = lists.map(() => 0)
  const games: GameSummary[] = []
  const next = [...from]
  for (;;) {
    let first = -1
    for (const [index, list] of lists.entries()) {
      const row = list[taken[index] ?? 0]?.row
      const best = first < 0 ? undefined : lists[first]?.[taken[first] ?? 0]?.row
      if (row !== undefined && (best === undefined || compareLatest(row, best) < 0)) first = index
    }
    const placed = lists[first]?.[taken[first] ?? 0]
    if (placed === undefined) return { games, next: null }
    if (games.length === limitRows) return { games, next }
    games.push(placed.row)
    taken[first] = (taken[first] ?? 0) + 1
    next[first] = placed.place
  }
}
