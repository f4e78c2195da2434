/**
 * The catalog's file: one SQLite database in WAL mode. All calls are synchronous, so it is used in a thread of its own.
 */
import { closeSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { numberOf } from '../../base/node/index.ts'
import type { GameSummary, Status } from '../../protocol/index.ts'

/** Asks for rows that follow a place in the list. */
export interface GamesAsked {
  readonly account: string
  /** Absent: every status. */
  readonly status?: Status
  readonly at: number
  readonly game: string
  readonly limit: number
}

/**
 * The numbers of the statuses in the file. Kept here because the protocol's table would load its validators into this
 * thread.
 */
const statusCodes: Readonly<Record<Status, number>> = { open: 0, live: 1, over: 2 }

/** "OxoC" in ASCII: distinguishes a catalog from any other database. */
const applicationId = 0x4f786f43

/** The only format that is supported. A file of another format is rebuilt. */
const format = 2

// One index per seat answers queries for one status, and with three queries for all. Rows are updated in place: an
// upsert writes only the indexes that change, a replacement would write all of them.
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
    // A game whose seats both belong to the account is listed once.
    this.#pages = ['x = ?1', 'o = ?1 AND x IS NOT o'].map((owns) =>
      prepare(`
        SELECT summary FROM game WHERE ${owns} AND status = ?2 AND (at, game) < (?3, ?4)
        ORDER BY at DESC, game DESC LIMIT ?5`),
    )
  }

  /** The mark of the last put; null if there was none. */
  mark(): string | null {
    const mark = this.#mark.get()?.['mark']
    return typeof mark === 'string' ? mark : null
  }

  /** Writes rows and the mark atomically. `rows` are summaries as JSON; they and the mark are stored unchanged. */
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

  /** Deletes everything. */
  clear(): void {
    this.#inOne(() => {
      this.#database.exec('DELETE FROM game')
      this.#move.run(null)
    })
  }

  /** Summaries as JSON: the first `limit` per seat and status, unsorted. */
  gamesOf({ account, status, at, game, limit }: GamesAsked): string[] {
    const codes = status === undefined ? Object.values(statusCodes) : [statusCodes[status]]
    return codes.flatMap((code) =>
      this.#pages.flatMap((page) => page.all(account, code, at, game, limit).map((row) => String(row['summary']))),
    )
  }

  /** Summaries as JSON, sorted by id: the first `limit` live games with a clock whose ids follow `after`. */
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

/** The file cannot be used as it is, but it may be deleted and rebuilt. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile'
}

function openDatabase(file: string): DatabaseSync {
  // The file contains ids of private games: only its owner may read it, whatever the folder allows.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file)
  try {
    const isEmpty = numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0
    if (!isEmpty) checkFormat(database)
    // Not synced while it is created: a file that a power cut damages is rebuilt.
    if (isEmpty) database.exec(`PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; BEGIN; ${schema} COMMIT`)
    // A power cut may lose the last changes together with their mark; the journal has them. Ids are spread over the
    // whole index, so a larger cache and fewer checkpoints write each page less often.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    database.exec('PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4096')
    // A partial index: few of all games are live.
    database.exec(`CREATE INDEX IF NOT EXISTS game_live ON game (game) WHERE status = ${statusCodes.live}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Makes sure that an intact database of another program is never changed. */
function checkFormat(database: DatabaseSync): void {
  if (numberOf(database, 'PRAGMA application_id') !== applicationId)
    throw new Error('it is a database, but not a catalog of Oxo: name another file')
  const found = numberOf(database, 'PRAGMA user_version')
  if (found !== format) throw new UnusableFile(`it has format ${found}, and this Oxo reads format ${format}`)
}

export function deleteFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
}
