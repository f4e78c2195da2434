/** Where the catalog stores summaries of games, found by account. It is a cache of the journal. */
import type { GameId, JournalId, Position, Version } from '../../journal/index.ts'
import type { GameSummary, Status } from '../../protocol/index.ts'

export interface Page {
  readonly games: readonly GameSummary[]
  /** Pass it as `cursor` to get the next rows; absent on the last page. */
  readonly next?: string
  /** Recent changes may be missing. */
  readonly behind?: true
}

/** How far a store has read, and in which history. */
export interface CatalogMark {
  /** The id of the journal from which the rows were built. */
  readonly journal: JournalId
  /** The id of the history that it holds: the journal's id, until an older state of the journal is restored. */
  readonly history: JournalId
  /** Every journal entry up to here is accounted for. */
  readonly position: Position
  /** The newest entry that the rows may contain; null before the first. */
  readonly newest: Newest | null
}

/** Identifies one entry. */
export interface Newest {
  readonly game: GameId
  readonly version: Version
  readonly chain: string
}

/** If it is lost it can be rebuilt from the journal. */
export interface CatalogStore {
  /** True if it has failed permanently: only opening it again helps. */
  readonly isLost: boolean
  /** The mark of the last {@link put}; null for a new store. */
  mark(): Promise<CatalogMark | null>
  /** Replaces the rows of these games and the mark, atomically. */
  put(rows: readonly GameSummary[], mark: CatalogMark): Promise<void>
  /** Deletes every row and the mark. */
  clear(): Promise<void>
  /**
   * Games in which the account owns a seat, latest change of status first.
   * @throws Fault 'invalid-params' for a cursor that it did not make.
   */
  gamesOf(account: string, status: Status | undefined, cursor: string | undefined, limitRows: number): Promise<Page>
  /** Live games with a clock whose ids follow `after`, sorted by id; at most `limitRows`. '' starts at the first. */
  clocked(after: GameId, limitRows: number): Promise<readonly GameSummary[]>
  close(): Promise<void>
}
