/**
 * Which number a game has, found by the index on ids and compared with the table, which has no page in common with it:
 * damage to either is noticed before somebody is told of too few entries, or a second game gets the id.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GameId, Version } from '../journal.ts'
import { isCorrupt } from './sqlite-fault.ts'

export interface GameRow {
  readonly number: number
  /** It has at least so many entries: all that it had when they were last counted. */
  readonly version: Version
}

/** What the file says of a game contradicts itself. */
export class GameDamage extends Error {
  override readonly name = 'GameDamage'
}

export class GameTable {
  readonly #byId: StatementSync
  readonly #byNumber: StatementSync
  /** The neighbours of an id in the index that the table has otherwise. */
  readonly #besides: StatementSync
  readonly #refused = new Set<GameId>()

  constructor(database: DatabaseSync) {
    this.#byId = database.prepare('SELECT number FROM game WHERE id = ?')
    this.#byNumber = database.prepare('SELECT * FROM game NOT INDEXED WHERE number = ?')
    const beside = (where: string): string =>
      `SELECT beside.id AS id FROM (SELECT number, id FROM game WHERE id ${where} LIMIT 1) AS beside
        LEFT JOIN game AS row NOT INDEXED ON row.number = beside.number WHERE row.id IS NOT beside.id`
    // One statement: it is run for every new game.
    this.#besides = database.prepare(`${beside('> ?1 ORDER BY id')} UNION ALL ${beside('< ?1 ORDER BY id DESC')}`)
  }

  /** From now on `game` is damaged where it is not found. */
  refuse(game: GameId): void {
    this.#refused.add(game)
  }

  /** Null: there is no such game. @throws GameDamage */
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
      // An id that was changed stands where the right one would.
      const beside = this.#besides.get(game)
      if (beside !== undefined)
        throw new GameDamage(`game ${String(beside['id'])} is in its index, and not in the table`)
      return null
    }
    const number = Number(found['number'])
    const row = this.#byNumber.get(number)
    if (row === undefined || row['id'] !== game) throw new GameDamage(`game ${game} is not what its index says`)
    // A file of format 1, which has no counts, is only ever read.
    return { number, version: Number(row['version'] ?? 0) }
  }
}
