/** Where the catalog keeps what it has read: summaries of games, found by account. A cache of the journal. */
import type { GameId, JournalId, Position, Version } from '../../journal/index.ts'
import type { GameSummary, Status } from '../../protocol/index.ts'

export interface Page {
  readonly games: readonly GameSummary[]
  /** Pass it on as `cursor` for the rows behind; absent on the last page. */
  readonly next?: string
  /** What was changed lately may be missing. */
  readonly behind?: true
}

/** How far a store is, and in which history. */
export interface Mark {
  /** The id of the journal that the rows are of. */
  readonly journal: JournalId
  /** The name of the history that it holds: the journal's id, until the journal is put back to an older state. */
  readonly history: JournalId
  /** Every journal entry up to here is accounted for. */
  readonly position: Position
  /** The newest entry that a row may know of; null before the first. */
  readonly newest: Newest | null
}

/** An entry by what no other one has. */
export interface Newest {
  readonly game: GameId
  readonly version: Version
  readonly chain: string
}

/** Losing it costs a rebuild, nothing else. */
export interface CatalogStore {
  /** Whether it has failed for good: nothing but the next opening helps. */
  readonly isLost: boolean
  /** As the last {@link put} left it; null for a new store. */
  mark(): Promise<Mark | null>
  /** Replaces the rows of these games and the mark, both or neither. */
  put(rows: readonly GameSummary[], mark: Mark): Promise<void>
  /** Forgets every row and the mark: a new store. */
  clear(): Promise<void>
  /**
   * Games in which the account owns a seat, latest change of status first.
   * @throws Fault 'invalid-params' for a cursor that it did not make.
   */
  gamesOf(account: string, status: Status | undefined, cursor: string | undefined, limitRows: number): Promise<Page>
  /** Live games with a clock in the order of their ids, those behind `after`; at most `limitRows`. '' is before the first. */
  clocked(after: GameId, limitRows: number): Promise<readonly GameSummary[]>
  close(): Promise<void>
}
