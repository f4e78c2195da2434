/** The catalog's file: one SQLite database in WAL mode. Synchronous; it lives in a thread of its own. */
import { closeSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { GameSummary, Status } from '../../protocol/index.ts'
import type { GamesAsked } from './messages.ts'

/** As the file has them. A table of its own: the protocol's would bring its validators into this thread. */
const statusCodes: Readonly<Record<Status, number>> = { open: 0, live: 1, over: 2 }

/** "OxoC" in ASCII: tells a catalog from any other database. */
const applicationId = 0x4f786f43

/** The only format that is read. A file of another one is built again. */
const format = 2

// One index a seat answers for one status and, asked three times, for all. Rows keep their place when they change: an
// upsert touches only what differs, where a replacement would write every index anew.
const schema = `
  CREATE TABLE follower (mark TEXT) STRICT;
  INSERT INTO follower VALUES (NULL);
  CREATE TABLE game (
    game TEXT NOT NULL UNIQUE,
    status INTEGER NOT NULL,
    at INTEGER NOT NULL,
    x TEXT,
    o TEXT,
    summary TEXT NOT NULL
  ) STRICT;
  CREATE INDEX game_of_x ON game (x, status, at, game) WHERE x IS NOT NULL;
  CREATE INDEX game_of_o ON game (o, status, at, game) WHERE o IS NOT NULL;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${format};
`

export class CatalogFile {
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #mark: StatementSync
  readonly #move: StatementSync
  readonly #put: StatementSync
  readonly #pages: readonly StatementSync[]
  readonly #clocked: StatementSync

  constructor(file: string) {
    this.#database = openDatabase(file)
    const prepare = (sql: string): StatementSync => this.#database.prepare(sql)
    this.#begin = prepare('BEGIN IMMEDIATE')
    this.#commit = prepare('COMMIT')
    this.#mark = prepare('SELECT mark FROM follower')
    this.#move = prepare('UPDATE follower SET mark = ?')
    this.#put = prepare(`
      INSERT INTO game (game, status, at, x, o, summary) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (game) DO UPDATE SET
        status = excluded.status, at = excluded.at, x = excluded.x, o = excluded.o, summary = excluded.summary`)
    this.#clocked = prepare(`
      SELECT summary FROM game
      WHERE status = ${statusCodes.live} AND game > ?1 AND json_extract(summary, '$.clock') IS NOT NULL
      ORDER BY game LIMIT ?2`)
    // Who owns both seats of a game has it listed once.
    this.#pages = ['x = ?1', 'o = ?1 AND x IS NOT o'].map((owns) =>
      prepare(`
        SELECT summary FROM game WHERE ${owns} AND status = ?2 AND (at, game) < (?3, ?4)
        ORDER BY at DESC, game DESC LIMIT ?5`),
    )
  }

  /** As it was put; null: nothing was. */
  mark(): string | null {
    const mark = this.#mark.get()?.['mark']
    return typeof mark === 'string' ? mark : null
  }

  /** `rows`: summaries as JSON, which are kept as they are, as the mark is. All of it or, when it throws, nothing. */
  put(rows: readonly string[], mark: string): void {
    this.#inOne(() => {
      for (const row of rows) {
        const { game, status, at, players }: GameSummary = JSON.parse(row)
        const [x, o] = [players.X?.id ?? null, players.O?.id ?? null]
        this.#put.run(game, statusCodes[status], at, x, o, row)
      }
      this.#move.run(mark)
    })
  }

  /** Forgets everything. */
  clear(): void {
    this.#inOne(() => {
      this.#database.exec('DELETE FROM game')
      this.#move.run(null)
    })
  }

  /** Summaries as JSON: the first `limit` of each seat and status, in no order. */
  gamesOf({ account, status, at, game, limit }: GamesAsked): string[] {
    const codes = status === undefined ? Object.values(statusCodes) : [statusCodes[status]]
    return codes.flatMap((code) =>
      this.#pages.flatMap((page) => page.all(account, code, at, game, limit).map((row) => String(row['summary']))),
    )
  }

  /** Summaries as JSON, by id: the first `limit` of live games with a clock behind `after`. */
  clocked(after: string, limit: number): string[] {
    return this.#clocked.all(after, limit).map((row) => String(row['summary']))
  }

  close(): void {
    this.#database.close()
  }

  #inOne(work: () => void): void {
    this.#begin.run()
    try {
      work()
      this.#commit.run()
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

/** Why a file cannot be used as it is, although it may be thrown away. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile'
}

function openDatabase(file: string): DatabaseSync {
  // Ids of private games are in it: for the owner only, whatever the folder allows.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file)
  try {
    const isEmpty = numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0
    if (!isEmpty) checkFormat(database)
    // A power cut may cost the last changes, together with the mark behind them: the journal has them. Ids fall
    // everywhere in an index, so a larger cache and fewer checkpoints write each page less often.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    database.exec('PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4096')
    if (isEmpty) database.exec(`BEGIN; ${schema} COMMIT`)
    // Few games are live of all that were ever played.
    database.exec(`CREATE INDEX IF NOT EXISTS game_live ON game (game) WHERE status = ${statusCodes.live}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A sound database of something else must not be touched. */
function checkFormat(database: DatabaseSync): void {
  if (numberOf(database, 'PRAGMA application_id') !== applicationId)
    throw new Error('it is a database, but not a catalog of Oxo: name another file')
  const found = numberOf(database, 'PRAGMA user_version')
  if (found !== format) throw new UnusableFile(`it has format ${found}, and this Oxo reads format ${format}`)
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}

/** Damage, by SQLite's primary result code (https://sqlite.org/rescode.html): CORRUPT or NOTADB. */
export function isDamage(error: unknown): boolean {
  return [11, 26].includes(resultCode(error))
}

export function isFull(error: unknown): boolean {
  return resultCode(error) === 13
}

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
}

export function deleteFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
}
