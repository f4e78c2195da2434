/** The read model of histories, kept by one node or for all. */
import type { Event, Game } from '../../game/index.ts'
import type { Entry, GameId, JournalId, Position } from '../../journal/index.ts'
import type { GameSummary, Status } from '../../protocol/index.ts'
import type { Page } from './catalog-store.ts'
import type { Shared } from '../context.ts'

/** What a catalog needs from the games of its node. */
export interface CatalogHost {
  /** The state of a game if it is live on this node. */
  peek(id: string): Game | null
  /** Every change of a live game behind this version was noted by this node. */
  notedSince(id: string): number
  /** Entries that the journal holds now. Answers with those that this node has not noted. */
  heard(entries: readonly Entry[]): readonly Entry[]
  /** How a game stands that is not decided here, after its last event, decided `at`. */
  stands(id: string, game: Game, at: number): void
  /** A live game with a clock that somebody has to look at when its time may be over. */
  expects(row: GameSummary): void
}

export interface Catalog {
  /** The name of the history that is served. */
  readonly history: JournalId
  /** Why a history may lack games; null: it does not. Names no game, for private ones are known by their ids alone. */
  readonly trouble: string | null
  /** How far the journal is in the histories. */
  readonly position: Position
  open(): Promise<void>
  /** A game of this node has changed. {@link gamesOf} shows it from now on. */
  note(id: GameId, game: Game, event: Event, at: number): void
  /**
   * Games in which the account owns a seat, latest change of status first, the newest changes of this node included
   * unless the page says that it is behind. A cursor names its history: a list that began in one does not go on in another.
   * @throws Fault 'invalid-params' for a cursor that it did not make.
   */
  gamesOf(account: string, status: Status | undefined, cursor: string | undefined, limitRows: number): Promise<Page>
  close(): Promise<void>
}

/** Makes the catalog of a service. */
export type OpenCatalog = (shared: Shared, host: CatalogHost) => Catalog
