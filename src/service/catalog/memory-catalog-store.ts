/** A catalog store in memory: for tests, simulation, and games inside a web page. */
import { players } from '../../game/index.ts'
import type { GameId } from '../../journal/index.ts'
import type { GameSummary, Status } from '../../protocol/index.ts'
import { compareLatest, makeCatalogPage, parseCursor, type CursorPlace } from './catalog-cursor.ts'
import type { CatalogStore, CatalogMark, Page } from './catalog-store.ts'

export class MemoryCatalogStore implements CatalogStore {
  readonly isLost: boolean = false
  readonly #rows = new Map<string, GameSummary>()
  /** The games of each account, sorted with the latest at the end, where changes are cheap. */
  readonly #partitions = new Map<string, GameSummary[]>()
  #mark: CatalogMark | null = null

  async mark(): Promise<CatalogMark | null> {
    return this.#mark
  }

  async put(rows: readonly GameSummary[], mark: CatalogMark): Promise<void> {
    for (const row of rows) {
      const before = this.#rows.get(row.game)
      if (before !== undefined) for (const account of owners(before)) this.#remove(account, before)
      for (const account of owners(row)) this.#add(account, row)
      this.#rows.set(row.game, row)
    }
    this.#mark = mark
  }

  async clear(): Promise<void> {
    this.#rows.clear()
    this.#partitions.clear()
    this.#mark = null
  }

  async gamesOf(
    account: string,
    status: Status | undefined,
    cursor: string | undefined,
    limitRows: number,
  ): Promise<Page> {
    const place = parseCursor(cursor)
    const partition = this.#partitions.get(account) ?? []
    const games: GameSummary[] = []
    for (let index = indexOf(partition, place) - 1; index >= 0 && games.length <= limitRows; index--) {
      const row = partition[index]
      if (row !== undefined && (status === undefined || row.status === status)) games.push(row)
    }
    return makeCatalogPage(games, limitRows)
  }

  async clocked(after: GameId, limitRows: number): Promise<readonly GameSummary[]> {
    const rows = [...this.#rows.values()].filter(
      ({ game, status, clock }) => status === 'live' && clock !== undefined && game > after,
    )
    return rows.toSorted((a, b) => (a.game < b.game ? -1 : 1)).slice(0, limitRows)
  }

  async close(): Promise<void> {}

  #add(account: string, row: GameSummary): void {
    const partition = this.#partitions.get(account)
    if (partition === undefined) this.#partitions.set(account, [row])
    else partition.splice(indexOf(partition, row), 0, row)
  }

  #remove(account: string, row: GameSummary): void {
    const partition = this.#partitions.get(account)
    partition?.splice(indexOf(partition, row), 1)
    if (partition?.length === 0) this.#partitions.delete(account)
  }
}

/** Each account that owns a seat, once. */
function owners(row: GameSummary): ReadonlySet<string> {
  return new Set(players.flatMap((player) => row.players[player]?.id ?? []))
}

/** How many rows of a partition are older than `place`. */
function indexOf(partition: readonly GameSummary[], place: CursorPlace): number {
  let low = 0
  let high = partition.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = partition[middle]
    if (row !== undefined && compareLatest(row, place) > 0) low = middle + 1
    else high = middle
  }
  return low
}
