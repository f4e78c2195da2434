/**
 * Finds the number of a game by the index on ids and compares it with the table. Index and table have no page in common, so
 * damage to either is noticed before a reader gets too few entries, or before a second game gets the same id.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GameId, Version } from '../journal.ts'
import { isCorrupt } from '../../base/node/index.ts'

export interface GameRow {
  readonly number: number
  /** The number of entries when they were last counted; the game may have more by now. */
  readonly version: Version
}

/** The data about a game in the file contradicts itself. */
export class GameDamage extends Error {
  override readonly name = 'GameDamage'
}

export class GameTable {
  readonly #byId: StatementSync
  readonly #byNumber: StatementSync
  /** Finds the neighbours of an id in the index that differ from the table. */
  readonly #wrongNeighbours: StatementSync
  readonly #refused = new Set<GameId>()

  constructor(database: DatabaseSync) {
    this.#byId = database.prepare('SELECT number FROM game WHERE id = ?')
    this.#byNumber = database.prepare('SELECT * FROM game NOT INDEXED WHERE number = ?')
    const beside = (where: string): string =>
      `SELECT beside.id AS id FROM (SELECT number, id FROM game WHERE id ${where} LIMIT 1) AS beside
        LEFT JOIN game AS row NOT INDEXED ON row.number = beside.number WHERE row.id IS NOT beside.id`
    // One statement for both neighbours, because it runs for every new game.
    this.#wrongNeighbours = database.prepare(
      `${beside('> ?1 ORDER BY id')} UNION ALL ${beside('< ?1 ORDER BY id DESC')}`,
    )
  }

  /** If `game` is not found from now on, it is reported as damaged instead of missing. */
  refuse(game: GameId): void {
    this.#refused.add(game)
  }

  /** The row of a game; null: there is no such game. @throws GameDamage */
  find(game: GameId): GameRow | null {
    try {
      return this.#find(game)
    } catch (error) {
      if (isCorrupt(error)) throw new GameDamage(`game ${game} cannot be looked up`, { cause: error })
      throw error
    }
  }

  #find(game: GameId): GameRow | null {
    const found = this.#byId.get(game)
    if (found === undefined) {
      if (this.#refused.has(game)) throw new GameDamage(`game ${game} is not in the index of games`)
      // An id that was damaged in the index is next to the place where the right id would be.
      const beside = this.#wrongNeighbours.get(game)
      if (beside !== undefined)
        throw new GameDamage(`game ${String(beside['id'])} is in the index of games, but not in the table`)
      return null
    }
    const number = Number(found['number'])
    const row = this.#byNumber.get(number)
    if (row === undefined || row['id'] !== game)
      throw new GameDamage(`the index of games leads from game ${game} to the row of another game`)
    // A file of format 1 has no counts. It is only read: opening it for writing upgrades it.
    return { number, version: Number(row['version'] ?? 0) }
  }
}
