/** The read model behind lobby and history: summaries of games, found by status and by account. A cache of the journal. */
import type { Position } from '../journal/index.ts'
import type { GameSummary, Status } from '../protocol/index.ts'

export interface Page {
  readonly games: readonly GameSummary[]
  /** Pass it on as `cursor` for the rows behind; absent on the last page. */
  readonly next?: string
}

/** Where the catalog keeps what it has read. Losing it costs a rebuild, nothing else. */
export interface CatalogStore {
  /** Every journal entry up to here is accounted for. '' for a new store. */
  position(): Promise<Position>
  /**
   * Replaces the summaries of these games and moves the position, both or neither. Summaries of private games are kept
   * for their players' histories; `listed` says which may appear in the lobby.
   */
  put(rows: readonly CatalogRow[], position: Position): Promise<void>
  /** Open games, oldest first, and live listed ones, newest first; at most `limitRows` of each. */
  lobby(limitRows: number): Promise<{ readonly open: readonly CatalogRow[]; readonly live: readonly CatalogRow[] }>
  /** Games in which the account owns a seat, latest change of status first. @throws Fault 'invalid-params' for a cursor it did not make. */
  gamesOf(account: string, status: Status | undefined, cursor: string | undefined, limitRows: number): Promise<Page>
  close(): Promise<void>
}

export interface CatalogRow {
  readonly summary: GameSummary
  readonly listed: boolean
}
