/**
 * Looks at all of a journal's file for damage, beside whoever serves it: every entry by the table and by the index, every
 * chain, every game by its row and by its id. What it holds at once does not depend on how much there is.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { chainStart } from '../chain.ts'
import type { GameId, Version } from '../journal.ts'
import { pageEntriesMax } from '../limits.ts'
import { nodeChain } from './node-chain.ts'
import { formatOf, lengthOf, numberOf } from './schema.ts'
import { isCorrupt } from './sqlite-fault.ts'

export interface Damage {
  /** A clause that names what is damaged. */
  readonly what: string
  readonly game?: GameId
  readonly version?: Version
  readonly position?: number
}

/** How far it has come: a damage that was found, or a page that was looked at. */
export type Finding = { readonly damage: Damage } | { readonly entries: number; readonly games: number }

/** For people: what it is, then what is wrong with it. */
export function describe({ what, game, version, position }: Damage): string {
  const parts = [
    ...(game === undefined ? [] : [`game ${game}`]),
    ...(version === undefined ? [] : [`entry ${version}`]),
    ...(position === undefined ? [] : [`position ${position}`]),
  ]
  return parts.length === 0 ? what : `${parts.join(', ')}: ${what}`
}

/** Rows that a page which cannot be read may have had: so many are passed over before the next try. */
const skipped = 64
/** SQLite's own complaints that are passed on. */
const complaintsMax = 100

type Row = Record<string, SQLOutputValue>

export class Inspector {
  readonly #database: DatabaseSync
  /** Entries that there were when games were last counted; 0 in format 1, which has no counts. */
  readonly #counted: number
  readonly #entries: StatementSync
  readonly #games: StatementSync
  readonly #numberOf: StatementSync
  readonly #gameOf: StatementSync
  readonly #placeOf: StatementSync
  readonly #ofGame: StatementSync

  /** The database stays its maker's to close. */
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

  /** Games by their rows against the index of their ids: what a new game of an old id would come from. */
  *ids(): Generator<Finding> {
    for (const page of this.#pages(this.#games, 'number', 'games'))
      if (Array.isArray(page)) {
        for (const row of page) yield* this.#checkId(row)
        yield { entries: 0, games: page.length }
      } else yield page
  }

  /** What the entries and games say, games first. Entries that come meanwhile are left out. */
  *contents(): Generator<Finding> {
    const length = this.#try(() => lengthOf(this.#database)) ?? this.#counted
    if (length < this.#counted)
      yield {
        damage: { what: `entries ${length + 1} to ${this.#counted} of the journal are lost`, position: length + 1 },
      }
    yield* this.ids()
    yield* this.#chains(length === this.#counted)
    yield* this.#positions(length)
  }

  /** … and what SQLite finds in the structure of the file, which it reads in one go. */
  *all(): Generator<Finding> {
    yield* this.contents()
    yield* this.#complaints()
  }

  *#checkId({ number, id }: Row): Generator<Finding> {
    const found = this.#try(() => this.#numberOf.get(id ?? null)?.['number'])
    if (found === number) return
    const what = found === undefined ? 'its id is not in the index' : `its id leads to game number ${String(found)}`
    yield { damage: { what: `game number ${String(number)}: ${what}`, game: String(id) } }
  }

  /** Every game from its first entry to its last, by the index, against its row. */
  *#chains(isCounted: boolean): Generator<Finding> {
    for (const page of this.#pages(this.#games, 'number', 'games'))
      if (Array.isArray(page)) for (const row of page) yield* this.#chain(row, isCounted)
  }

  *#chain({ number, id, version: counted }: Row, isCounted: boolean): Generator<Finding> {
    const game = String(id)
    let [version, chain] = [0, chainStart]
    for (;;) {
      const page = this.#try(() => this.#ofGame.all(number ?? null, version))
      if (page === undefined)
        return yield { damage: { what: 'its entries cannot be read', game, version: version + 1 } }
      for (const row of page) {
        const next = Number(row['version'])
        if (next !== version + 1 || nodeChain(chain, next, String(row['body'])) !== row['chain'])
          return yield { damage: { what: 'it does not match its chain, or one before it', game, version: version + 1 } }
        version = next
        chain = String(row['chain'])
      }
      if (page.length < pageEntriesMax) break
    }
    const ought = Number(counted ?? version)
    if (version < ought)
      yield { damage: { what: `entries ${version + 1} to ${ought} are missing`, game, version: version + 1 } }
    else if (version > ought && isCounted && lengthOf(this.#database) === this.#counted)
      yield { damage: { what: `its row says that it has ${ought} entries, and it has ${version}`, game } }
  }

  /** Every entry by its position: none is missing, each has a game, and the index leads back to it. */
  *#positions(length: number): Generator<Finding> {
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

  *#checkEntry({ game: number, version }: Row, position: number): Generator<Finding> {
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

  /** What SQLite finds in the structure of the file. */
  *#complaints(): Generator<Finding> {
    const rows = this.#try(() => this.#database.prepare(`PRAGMA integrity_check(${complaintsMax})`).all())
    if (rows === undefined) return yield { damage: { what: 'SQLite cannot check the file' } }
    for (const row of rows) {
      const what = String(row['integrity_check'])
      if (what !== 'ok') yield { damage: { what: `SQLite says: ${what}` } }
    }
  }

  /** All rows by a key that counts up; where a page cannot be read, the damage, and then what follows. */
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

  /** Undefined: the pages that it needs are damaged. */
  #try<Value>(read: () => Value): Value | undefined {
    try {
      return read()
    } catch (error) {
      if (isCorrupt(error)) return undefined
      throw error
    }
  }
}
