/**
 * Inspects a journal file for damage, also while a server uses it: every entry by the table and by the index, every chain,
 * every game by its row and by its id. The memory it needs does not depend on the size of the file.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { chainStart } from '../chain.ts'
import type { GameId, Version } from '../journal.ts'
import { pageEntriesMax } from '../limits.ts'
import { isCorrupt, sha256Chain, numberOf } from '../../base/node/index.ts'
import { formatOf, lengthOf } from './schema.ts'

export interface Damage {
  /** A clause that names what is damaged. */
  readonly what: string
  readonly game?: GameId
  readonly version?: Version
  readonly position?: number
}

/** A result of the inspection: a damage, or progress, with the numbers of entries and games that were just inspected. */
export type InspectionStep = { readonly damage: Damage } | { readonly entries: number; readonly games: number }

/** Describes a damage for people: first the place, then what is wrong. */
export function describeDamage({ what, game, version, position }: Damage): string {
  const parts = [
    ...(game === undefined ? [] : [`game ${game}`]),
    ...(version === undefined ? [] : [`entry ${version}`]),
    ...(position === undefined ? [] : [`position ${position}`]),
  ]
  return parts.length === 0 ? what : `${parts.join(', ')}: ${what}`
}

/** Rows that are skipped after a page that cannot be read, before the next attempt. */
const skipped = 64
/** Errors found by SQLite's own check that are reported at most. */
const sqliteErrorsMax = 100

type Row = Record<string, SQLOutputValue>

export class Inspector {
  readonly #database: DatabaseSync
  /** The number of entries when the games' entries were last counted; 0 in format 1, which has no counts. */
  readonly #counted: number
  readonly #entries: StatementSync
  readonly #games: StatementSync
  readonly #numberOf: StatementSync
  readonly #gameOf: StatementSync
  readonly #placeOf: StatementSync
  readonly #ofGame: StatementSync

  /** The caller keeps ownership of the database and closes it. */
  constructor(database: DatabaseSync) {
    this.#database = database
    this.#counted = formatOf('the journal', database) > 1 ? numberOf(database, 'SELECT counted FROM mark') : 0
    const prepare = (sql: string): StatementSync => database.prepare(sql)
    this.#entries = prepare(
      `SELECT position, game, version FROM entry NOT INDEXED WHERE position > ? ORDER BY position LIMIT ${pageEntriesMax}`,
    )
    this.#games = prepare(`SELECT * FROM game NOT INDEXED WHERE number > ? ORDER BY number LIMIT ${pageEntriesMax}`)
    this.#numberOf = prepare('SELECT number FROM game WHERE id = ?')
    this.#gameOf = prepare('SELECT id FROM game NOT INDEXED WHERE number = ?')
    this.#placeOf = prepare('SELECT position FROM entry WHERE game = ? AND version = ?')
    this.#ofGame = prepare(
      `SELECT version, body, lower(hex(chain)) AS chain FROM entry WHERE game = ? AND version > ? ORDER BY version LIMIT ${pageEntriesMax}`,
    )
  }

  /** Compares the rows of games with the index of ids. If the index lost an id, a second game could be created with it. */
  *ids(): Generator<InspectionStep> {
    for (const page of this.#pages(this.#games, 'number', 'games'))
      if (Array.isArray(page)) {
        for (const row of page) yield* this.#checkId(row)
        yield { entries: 0, games: page.length }
      } else yield page
  }

  /** Inspects games first, then entries. Ignores entries that are added during the inspection. */
  *contents(): Generator<InspectionStep> {
    const length = this.#try(() => lengthOf(this.#database)) ?? this.#counted
    if (length < this.#counted)
      yield {
        damage: { what: `entries ${length + 1} to ${this.#counted} of the journal are lost`, position: length + 1 },
      }
    yield* this.ids()
    yield* this.#chains(length === this.#counted)
    yield* this.#positions(length)
  }

  /** Inspects the {@link contents}, then lets SQLite check the structure of the file, which it does in a single call. */
  *all(): Generator<InspectionStep> {
    yield* this.contents()
    yield* this.#sqliteErrors()
  }

  *#checkId({ number, id }: Row): Generator<InspectionStep> {
    const found = this.#try(() => this.#numberOf.get(id ?? null)?.['number'])
    if (found === number) return
    const what = found === undefined ? 'its id is not in the index' : `its id leads to game number ${String(found)}`
    yield { damage: { what: `game number ${String(number)}: ${what}`, game: String(id) } }
  }

  /** Verifies every game from its first entry to its last, read by the index, and compares it with its row. */
  *#chains(isCounted: boolean): Generator<InspectionStep> {
    for (const page of this.#pages(this.#games, 'number', 'games'))
      if (Array.isArray(page)) for (const row of page) yield* this.#chain(row, isCounted)
  }

  *#chain({ number, id, version: counted }: Row, isCounted: boolean): Generator<InspectionStep> {
    const game = String(id)
    let [version, chain] = [0, chainStart]
    for (;;) {
      const page = this.#try(() => this.#ofGame.all(number ?? null, version))
      if (page === undefined)
        return yield { damage: { what: 'its entries cannot be read', game, version: version + 1 } }
      for (const row of page) {
        const next = Number(row['version'])
        if (next !== version + 1 || sha256Chain(chain, next, String(row['body'])) !== row['chain'])
          return yield { damage: { what: 'it does not match its chain, or one before it', game, version: version + 1 } }
        version = next
        chain = String(row['chain'])
      }
      if (page.length < pageEntriesMax) break
    }
    const expected = Number(counted ?? version)
    if (version < expected)
      yield { damage: { what: `entries ${version + 1} to ${expected} are missing`, game, version: version + 1 } }
    else if (version > expected && isCounted && lengthOf(this.#database) === this.#counted)
      yield { damage: { what: `its row says that it has ${expected} entries, and it has ${version}`, game } }
  }

  /** Checks every entry by its position: none is missing, each has a game, and the index leads back to it. */
  *#positions(length: number): Generator<InspectionStep> {
    let expected = 1
    for (const page of this.#pages(this.#entries, 'position', 'entries', length)) {
      if (!Array.isArray(page)) {
        expected = (page.damage.position ?? 0) + skipped
        yield page
        continue
      }
      for (const row of page) {
        const position = Number(row['position'])
        if (position > length) return
        if (position !== expected)
          yield {
            damage: { what: `entries ${expected} to ${position - 1} of the journal are missing`, position: expected },
          }
        expected = position + 1
        yield* this.#checkEntry(row, position)
      }
      yield { entries: page.length, games: 0 }
    }
  }

  *#checkEntry({ game: number, version }: Row, position: number): Generator<InspectionStep> {
    const id = this.#try(() => this.#gameOf.get(number ?? null)?.['id'])
    if (id === undefined)
      return yield {
        damage: { what: `its game, number ${String(number)}, is missing`, position, version: Number(version) },
      }
    const found = this.#try(() => this.#placeOf.get(number ?? null, version ?? null)?.['position'])
    if (found === position) return
    const what = found === undefined ? 'it is not in the index' : `the index leads to position ${String(found)}`
    yield { damage: { what, game: String(id), version: Number(version), position } }
  }

  /** Runs SQLite's check of the structure of the file. */
  *#sqliteErrors(): Generator<InspectionStep> {
    const rows = this.#try(() => this.#database.prepare(`PRAGMA integrity_check(${sqliteErrorsMax})`).all())
    if (rows === undefined) return yield { damage: { what: 'SQLite cannot check the file' } }
    for (const row of rows) {
      const what = String(row['integrity_check'])
      if (what !== 'ok') yield { damage: { what: `SQLite says: ${what}` } }
    }
  }

  /** Yields all rows in pages, by an ascending key. For a page that cannot be read, yields a damage and continues after it. */
  *#pages(
    statement: StatementSync,
    key: 'number' | 'position',
    what: string,
    end = this.#try(() => numberOf(this.#database, 'SELECT max(number) FROM game')) ?? 0,
  ): Generator<Row[] | { readonly damage: Damage }> {
    for (let after = 0; after < end;) {
      const page = this.#try(() => statement.all(after))
      if (page === undefined) {
        yield {
          damage: {
            what: `${what} from number ${after + 1} on cannot be read`,
            ...(key === 'position' ? { position: after + 1 } : {}),
          },
        }
        after += skipped
      } else if (page.length === 0) return
      else {
        yield page
        after = Number(page.at(-1)?.[key])
      }
    }
  }

  /** The result of `read`; undefined if it needs damaged pages. */
  #try<Value>(read: () => Value): Value | undefined {
    try {
      return read()
    } catch (error) {
      if (isCorrupt(error)) return undefined
      throw error
    }
  }
}
