/**
 * The catalog: a projection of the journal that lists the games of an account. Each node keeps its own, or all share
 * one.
 */
import type { Event, Game } from '../../game/index.ts'
import type { GameId, JournalId, Position } from '../../journal/index.ts'
import type { Status } from '../../protocol/index.ts'
import type { Page } from './catalog-store.ts'
import type { ServiceContext } from '../context.ts'
import type { Games } from '../games/games.ts'
import type { Timekeeper } from '../games/timekeeper.ts'

export interface Catalog {
  /** The id of the history that is served. */
  readonly history: JournalId
  /**
   * Why lists may lack games; null: they are complete. It names no game, because a private game is protected only by
   * its id.
   */
  readonly trouble: string | null
  /** The position up to which the journal is contained in the catalog. */
  readonly position: Position
  open(): Promise<void>
  /** A game of this node has changed. From now on {@link gamesOf} includes it. */
  note(id: GameId, game: Game, event: Event, at: number): void
  /**
   * Lists the games in which the account owns a seat, latest change of status first. It includes the newest changes of
   * this node, unless the page says that it may be outdated. A cursor belongs to one history: a list that began in one
   * history does not continue in another.
   * @throws Fault 'invalid-params' for a cursor that it did not make.
   */
  gamesOf(account: string, status: Status | undefined, cursor: string | undefined, limitRows: number): Promise<Page>
  close(): Promise<void>
}

/** Makes the catalog of a service. */
export type OpenCatalog = (shared: ServiceContext, games: Games, timekeeper: Timekeeper) => Catalog
