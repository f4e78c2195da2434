/** A projection store in memory: for tests and simulation. */
import { type Journal, JournalFault } from '../../journal/index.ts'
import type { GameSummary } from '../../protocol/index.ts'
import type {
  ProjectionMark,
  ProjectionStore,
  ProjectionState,
  Placed,
  ProjectionPartition,
} from './projection-store.ts'
import { accountsOf } from './rows.ts'

export class MemoryProjectionStore {
  readonly #partitions: readonly Pages[]

  /** @param partitions the number of partitions of the journal */
  constructor(partitions = 1) {
    this.#partitions = Array.from({ length: partitions }, () => new Pages())
  }

  /**
   * Opens the store as one node sees it, with that node's view of the journal. `isCut`: the node cannot reach the
   * store.
   */
  open(partitions: readonly Partition[], isCut: () => boolean = () => false): ProjectionStore {
    return {
      partitions: this.#partitions.map((pages, place) => {
        const partition = partitions[place]
        if (partition === undefined)
          throw new RangeError('a partition is missing: pass one for each partition of the store')
        return new MemoryProjectionPartition(partition, pages, isCut)
      }),
      close: async () => {},
    }
  }
}

export interface Partition {
  readonly journal: Journal
  /** How many entries it has. */
  readonly length: () => number
}

class Pages {
  readonly rows = new Map<string, Placed>()
  mark: ProjectionState['mark'] = null
  places = 0
}

class MemoryProjectionPartition implements ProjectionPartition {
  readonly journal: Journal
  readonly #length: () => number
  readonly #pages: Pages
  readonly #isCut: () => boolean

  constructor({ journal, length }: Partition, pages: Pages, isCut: () => boolean) {
    this.journal = journal
    this.#length = length
    this.#pages = pages
    this.#isCut = isCut
  }

  async state(): Promise<ProjectionState> {
    this.#assertReachable()
    return { end: this.#length(), mark: this.#pages.mark }
  }

  async write(rows: readonly GameSummary[], mark: ProjectionMark, after: number): Promise<number | null> {
    this.#assertReachable()
    const pages = this.#pages
    if ((pages.mark?.token ?? 0) !== after) return null
    for (const row of rows) pages.rows.set(row.game, { place: ++pages.places, row })
    const token = ++pages.places
    pages.mark = { ...mark, token }
    return token
  }

  async forget(before: number): Promise<void> {
    this.#assertReachable()
    for (const [game, { place }] of this.#pages.rows) if (place < before) this.#pages.rows.delete(game)
  }

  async latest(account: string, before: number, count: number): Promise<readonly Placed[]> {
    this.#assertReachable()
    return [...this.#pages.rows.values()]
      .filter(({ place, row }) => place < before && accountsOf(row).has(account))
      .toSorted((a, b) => b.place - a.place)
      .slice(0, count)
  }

  async clocked(after: number, count: number): Promise<readonly Placed[]> {
    this.#assertReachable()
    return [...this.#pages.rows.values()]
      .filter(({ place, row }) => row.status === 'live' && row.clock !== undefined && place > after)
      .toSorted((a, b) => a.place - b.place)
      .slice(0, count)
  }

  #assertReachable(): void {
    if (this.#isCut()) throw new JournalFault('unavailable', 'the rows cannot be reached')
  }
}
