/** The histories of a cluster: rows that one node keeps for all, and any node reads. */
import { every, makeId, type Timer } from '../../base/index.ts'
import type { Event, Game } from '../../game/index.ts'
import { type GameId, joinPositions, JournalFault, type JournalId, type Position } from '../../journal/index.ts'
import { Fault, type GameSummary, type Status } from '../../protocol/index.ts'
import { Projector, type Hold } from './projector.ts'
import type { ProjectionStore, Placed, ProjectionPartition } from './projection-store.ts'
import { compareLatest, makeCursor, placeIn, strangeCursor } from './catalog-cursor.ts'
import type { Page } from './catalog-store.ts'
import type { Catalog, CatalogHost, OpenCatalog } from './catalog.ts'
import { troubleWith } from './damaged-games.ts'
import { accountsOf } from './rows.ts'
import type { Shared } from '../context.ts'
import { changesStatus } from './game-folds.ts'

/** How often a node checks how far the rows are, in ms, and how often while somebody waits for them. */
const lookMs = 1_000
const hastyMs = 50
/** How long a list waits for what this node has just changed, in ms. */
const waitMsMax = 2_000
/** Rows are this old at most, in ms, or the page says that it is behind. */
const staleMsMax = 5_000

/** The store of one partition, as this node sees them. */
interface Seen {
  readonly partition: ProjectionPartition
  readonly keeper: Projector
  position: number
  /** Where the journal ended `at`, if the rows are not known to be so far. */
  ahead: { readonly at: number; readonly end: number } | null
  /** All that was stored by then is in the store. */
  freshAt: number
}

/**
 * For `ServiceOptions.store`: histories that all nodes share. The store become the service's. `hold` is called before this node reads
 * a journal that the store do not account for, most of which it does not keep, and what that returns when it has read it.
 */
export function shareProjection(store: ProjectionStore, hold: Hold = () => () => undefined): OpenCatalog {
  return (shared, host) => new SharedCatalog(shared, { store, hold, host })
}

interface SharedCatalogParts {
  readonly store: ProjectionStore
  readonly hold: Hold
  readonly host: CatalogHost
}

class SharedCatalog implements Catalog {
  readonly #shared: Shared
  readonly #store: ProjectionStore
  readonly #seen: readonly Seen[]
  /** When games of these accounts last changed here, on the monotonic clock; of those that may not be in the store. */
  readonly #noted = new Map<string, number>()
  #looking: Promise<void> | null = null
  #timer: Timer | null = null
  #isClosed = false

  constructor(shared: Shared, { store, hold, host }: SharedCatalogParts) {
    this.#shared = shared
    this.#store = store
    const name = makeId(shared.random)
    this.#seen = store.partitions.map((partition) => ({
      partition,
      keeper: new Projector(shared, { partition, hold, host, name }),
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
    if (this.#isBehind()) return 'catching up with the journal: lists of games say that they are behind'
    return troubleWith(damaged)
  }

  get position(): Position {
    return joinPositions(this.#seen.map(({ position }) => String(position)))
  }

  async open(): Promise<void> {
    await this.#look()
    if (this.#isClosed) return
    this.#timer = every(this.#shared.clock, lookMs, () => {
      if (this.#looking === null) void this.#look()
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
      throw new Fault('unavailable', 'the lists of games cannot be read now', { cause })
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

  /** Waits until what this node has changed of an account's games is in the store. False: it is not. */
  async #await(account: string): Promise<boolean> {
    const { clock } = this.#shared
    const late = clock.now() + waitMsMax
    const notedAt = this.#noted.get(account)
    if (notedAt === undefined) return true
    const isThere = (): boolean => this.#seen.every(({ freshAt }) => freshAt > notedAt)
    while (!isThere() && clock.now() < late && !this.#isClosed) {
      await this.#look()
      if (!isThere()) await new Promise<void>((resolve) => void clock.after(hastyMs, resolve))
    }
    return isThere()
  }

  /** Looks at all store. A caller meanwhile waits for the next look, for this one may have begun too early. */
  async #look(): Promise<void> {
    const before = this.#looking
    if (before !== null) await before
    this.#looking ??= this.#lookNow().finally(() => (this.#looking = null))
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    await Promise.all(this.#seen.map((seen) => this.#lookAt(seen)))
    const freshAt = Math.min(...this.#seen.map((seen) => seen.freshAt))
    for (const [account, notedAt] of this.#noted) if (notedAt < freshAt) this.#noted.delete(account)
  }

  async #lookAt(seen: Seen): Promise<void> {
    const calledAt = this.#shared.clock.now()
    try {
      const look = await seen.partition.state()
      if (this.#isClosed) return
      const at = calledAt - (look.askedMs ?? 0)
      const isSame = look.mark?.journal === seen.partition.journal.id
      seen.position = isSame && look.mark !== null ? look.mark.position : 0
      seen.ahead ??= { at, end: look.end }
      if (seen.position >= seen.ahead.end) {
        seen.freshAt = seen.ahead.at
        seen.ahead = null
      }
      if (seen.position >= look.end) seen.freshAt = at
      await seen.keeper.saw(look)
    } catch (cause) {
      if (!(cause instanceof JournalFault)) throw cause
    }
  }

  /** Where to go on in each partition. @throws Fault 'invalid-params' */
  #parse(cursor: string | undefined): readonly number[] {
    if (cursor === undefined) return this.#seen.map(() => Infinity)
    const places = placeIn(this.history, cursor).split('-')
    if (places.length !== this.#seen.length || !places.every((place) => /^[0-9a-z]{1,11}$/.test(place)))
      throw strangeCursor()
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
  /** Where each list goes on; null: there is no more. */
  readonly next: readonly number[] | null
}

/** The first `limitRows` of several lists, each of which keeps its order. */
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
