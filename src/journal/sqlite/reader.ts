/**
 * Reads the file on the main thread, through a second connection. Reading a game takes tens of microseconds and never waits
 * for a sync. All data it reads is durable, because SQLite shows a commit to other connections only after its sync.
 */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { chainStart, type ChainLink, verifyEntries } from '../chain.ts'
import type { Entry, GameId, JournalFault, JournalId, Version } from '../journal.ts'
import { pageEntriesMax } from '../limits.ts'
import { pageSize } from '../pages.ts'
import { GameDamage, type GameRow, GameTable } from './game-table.ts'
import { Turns } from './next-turn.ts'
import { sha256Chain, numberOf } from '../../base/node/index.ts'
import { formatWithId } from './schema.ts'
import { corruptFault, fileFault } from './sqlite-fault.ts'

/** Entries that are read and verified in one turn of the event loop: half a millisecond of work. */
const entriesPerTurn = 64

const columns = 'position, version, body, lower(hex(chain)) AS chain'

interface PartOfGame {
  readonly game: GameId
  readonly row: GameRow
  readonly bound: Version
  readonly size: number
}

export class SqliteReader {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #games: GameTable
  readonly #chain: StatementSync
  readonly #ofGame: StatementSync
  readonly #ofGameBack: StatementSync
  readonly #ofAll: StatementSync
  readonly #turns = new Turns(entriesPerTurn)

  /** A writer in this process must have the file open. */
  constructor(file: string) {
    this.#file = file
    this.#database = new DatabaseSync(file, { readOnly: true })
    this.#games = new GameTable(this.#database)
    this.#chain = this.#database.prepare('SELECT lower(hex(chain)) AS chain FROM entry WHERE game = ? AND version = ?')
    this.#ofGame = this.#database.prepare(
      `SELECT ${columns} FROM entry WHERE game = ? AND version > ? ORDER BY version LIMIT ?`,
    )
    this.#ofGameBack = this.#database.prepare(
      `SELECT ${columns} FROM entry WHERE game = ? AND version < ? ORDER BY version DESC LIMIT ?`,
    )
    this.#ofAll = this.#database.prepare(`
      SELECT id AS game, ${columns.replace('version', 'entry.version')} FROM entry JOIN game ON number = entry.game
      WHERE position > ? ORDER BY position LIMIT ${pageEntriesMax}`)
  }

  /** The id of the journal. A file of format 1 has none until it is opened for writing. */
  get id(): JournalId {
    return String(this.#database.prepare('SELECT id FROM mark').get()?.['id'])
  }

  /** The id of the journal; null: the file has a format without ids. */
  get knownId(): JournalId | null {
    return numberOf(this.#database, 'PRAGMA user_version') < formatWithId ? null : this.id
  }

  /** The position of the last entry. */
  get length(): number {
    return numberOf(this.#database, 'SELECT max(position) FROM entry')
  }

  /** See {@link GameTable.refuse}. */
  refuse(game: GameId): void {
    this.#games.refuse(game)
  }

  /** See `Journal.read`. */
  async game(game: GameId, after: Version, limit?: number): Promise<readonly Entry[]> {
    const row = this.#find(game)
    if (row === null) return []
    const size = pageSize(limit)
    const entries: Entry[] = []
    for (let isMore = true, last = after; isMore && entries.length < size; last = entries.at(-1)?.version ?? after) {
      const wanted = Math.min(entriesPerTurn, size - entries.length)
      const part = this.#partOf(this.#ofGame, { game, row, bound: last, size: wanted })
      entries.push(...(await this.#verified({ game, row, after: last }, part)))
      isMore = part.length === wanted
    }
    const version = entries.at(-1)?.version ?? after
    if (entries.length < size && version < row.version) throw this.#missing(game, version + 1)
    return entries
  }

  /** See `Journal.readBack`. */
  async gameBack(game: GameId, before: Version, limit?: number): Promise<readonly Entry[]> {
    const row = this.#find(game)
    if (row === null) return []
    const size = pageSize(limit)
    const parts: (readonly Entry[])[] = []
    let count = 0
    let bound = before
    // The game may have newer entries by now.
    let newest = Math.min(before - 1, row.version)
    for (let isMore = true; isMore && count < size;) {
      const wanted = Math.min(entriesPerTurn, size - count)
      const part = this.#partOf(this.#ofGameBack, { game, row, bound, size: wanted }).reverse()
      const version = part.at(-1)?.version ?? 0
      if (version < newest) throw this.#missing(game, version + 1)
      bound = part[0]?.version ?? 1
      newest = bound - 1
      isMore = part.length === wanted
      if (!isMore && newest > 0) throw this.#missing(game, 1)
      parts.unshift(await this.#verified({ game, row, after: newest }, part))
      count += part.length
    }
    return parts.flat()
  }

  /** The next entries of all games after a position that is not the last one: at least one, at most {@link pageEntriesMax}. */
  page(after: number): readonly Entry[] {
    const page = this.#rows(this.#ofAll, after).map((row) => entryOf(String(row['game']), row))
    const missing = page.findIndex(({ position }, index) => position !== String(after + 1 + index))
    if (page.length > 0 && missing < 0) return page
    throw corruptFault(this.#file, `entry ${after + 1 + Math.max(0, missing)} is missing`)
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Verifies the part. All readers together get at most {@link entriesPerTurn} in one turn of the event loop; the rest waits. */
  async #verified(
    { game, row, after }: { readonly game: GameId; readonly row: GameRow; readonly after: Version },
    part: readonly Entry[],
  ): Promise<readonly Entry[]> {
    if (part.length === 0) return part
    const broken = verifyEntries(part, this.#link(row, after), sha256Chain)
    if (broken !== null) throw corruptFault(this.#file, `entry ${broken} of game ${game} does not match its chain`)
    await this.#turns.spend(part.length)
    return part
  }

  /** The link that entry `after + 1` is chained to. */
  #link({ number }: GameRow, after: Version): Omit<ChainLink, 'body'> {
    if (after === 0) return { version: 0, chain: chainStart }
    return { version: after, chain: String(this.#rows(this.#chain, number, after)[0]?.['chain']) }
  }

  #find(game: GameId): GameRow | null {
    try {
      return this.#games.find(game)
    } catch (error) {
      throw error instanceof GameDamage ? corruptFault(this.#file, error.message, error) : fileFault(this.#file, error)
    }
  }

  #missing(game: GameId, version: Version): JournalFault {
    return corruptFault(this.#file, `entry ${version} of game ${game} is missing`)
  }

  #partOf(statement: StatementSync, { game, row, bound, size }: PartOfGame): Entry[] {
    return this.#rows(statement, row.number, bound, size).map((found) => entryOf(game, found))
  }

  #rows(statement: StatementSync, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[] {
    try {
      return statement.all(...values)
    } catch (error) {
      throw fileFault(this.#file, error)
    }
  }
}

function entryOf(game: GameId, { position, version, body, chain }: Record<string, SQLOutputValue>): Entry {
  return { position: String(position), game, version: Number(version), body: String(body), chain: String(chain) }
}
