/** Where the catalog keeps what it has read: summaries of games, found by account. A cache of the journal. */
import type { Position } from '../journal/index.ts'
import type { GameSummary, Status } from '../protocol/index.ts'

export interface Page {
  readonly games: readonly GameSummary[]
  /** Pass it on as `cursor` for the rows behind; absent on the last page. */
  readonly next?: string
}

/** Losing it costs a rebuild, nothing else. */
export interface CatalogStore {
  /** Every journal entry up to here is accounted for. '' for a new store. */
  position(): Promise<Position>
  /** Replaces the rows of these games and moves the position, both or neither. */
  put(rows: readonly GameSummary[], position: Position): Promise<void>
  /**
   * Games in which the account owns a seat, latest change of status first.
   * @throws Fault 'invalid-params' for a cursor that it did not make.
   */
  gamesOf(account: string, status: Status | undefined, cursor: string | undefined, limitRows: number): Promise<Page>
  close(): Promise<void>
}
