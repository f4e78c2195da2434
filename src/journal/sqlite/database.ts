/** The file: one SQLite database in WAL mode, owned by one process. docs/SPEC.md, [J7], is its description. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { chainStart } from '../chain.ts'
import { type Durability, JournalFault } from '../journal.ts'
import { lockMsMax, openEntriesVerified } from '../limits.ts'
import { createFile, sync } from './files.ts'
import { nodeChain } from './node-chain.ts'
import { corruptFault, isBusy } from './sqlite-fault.ts'

/** "Oxo1" in ASCII: tells the journal from any other database. */
const applicationId = 0x4f786f31

/** The newest format that this code reads and the only one that it writes. */
const format = 1

// Games are numbered as they begin, so that what is played now lies together in the index: an index on ids, which are
// random, rewrites a page an entry (55,000 entries/s and falling, against 210,000/s and level; 163 bytes against 122).
const schema = `
  CREATE TABLE game (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE entry (
    position INTEGER PRIMARY KEY,
    game INTEGER NOT NULL REFERENCES game (number),
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    chain BLOB NOT NULL,
    UNIQUE (game, version)
  ) STRICT;
  CREATE VIEW journal AS
    SELECT position, id AS game, version, body, lower(hex(chain)) AS chain
    FROM entry JOIN game ON game.number = entry.game;
`

/**
 * Takes the file for this process: a lock on a database beside it, which the system lets go when the process ends,
 * however it ends. The journal itself stays open to readers such as `sqlite3`.
 * @throws JournalFault 'locked' when another one still has it after {@link lockMsMax}.
 */
export function lockFile(file: string): DatabaseSync {
  createFile(`${file}.lock`)
  const lock = new DatabaseSync(`${file}.lock`, { timeout: lockMsMax })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    const advice = 'stop that process, or name another file'
    throw new JournalFault('locked', `the journal ${file} is in use by another process: ${advice}`, { cause: error })
  }
  return lock
}

/** Opens the file to write, with the format and the last entries checked. */
export function openDatabase(file: string, durability: Durability): DatabaseSync {
  createFile(file)
  // A process killed in a commit may have written what it never synced. Whoever opens the file takes that for stored:
  // so it has to be, before anybody reads it.
  if (existsSync(`${file}-wal`)) sync(`${file}-wal`, 'r+')
  const database = new DatabaseSync(file, { timeout: lockMsMax, enableForeignKeyConstraints: false })
  try {
    const empty = numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0
    if (!empty || numberOf(database, 'PRAGMA application_id') !== 0) checkFormat(file, database)
    // Checkpoints stay as SQLite has them, every 1000 pages: smaller ones stall commits oftener, larger ones for longer.
    database.exec('PRAGMA journal_mode = WAL')
    database.exec(`PRAGMA synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'}`)
    // On macOS a plain fsync leaves the data in the drive's cache; elsewhere this changes nothing.
    database.exec(`PRAGMA fullfsync = ${durability === 'disk' ? 'ON' : 'OFF'}`)
    if (empty) {
      const marks = `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format};`
      database.exec(`BEGIN; ${schema} ${marks} COMMIT`)
    }
    // SQLite opens a file that may only be read, and would say so at the first write: this is one.
    database.exec(`BEGIN; PRAGMA user_version = ${format}; ROLLBACK`)
    checkEnd(file, database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** @throws JournalFault when the database is no journal of the format that this code reads. */
export function checkFormat(file: string, database: DatabaseSync): void {
  if (numberOf(database, 'PRAGMA application_id') !== applicationId) {
    throw new JournalFault('corrupt', `${file} is a database, but not a journal of Oxo: name another file`)
  }
  const found = numberOf(database, 'PRAGMA user_version')
  if (found === format) return
  const message = `the journal ${file} has format ${found}, this Oxo reads format ${format}: use the Oxo that wrote it`
  throw new JournalFault('corrupt', message)
}

/** Verifies the last entries against those before them. */
function checkEnd(file: string, database: DatabaseSync): void {
  const rows = database
    .prepare(
      `SELECT e.position, e.version, e.body, lower(hex(e.chain)) AS chain, lower(hex(p.chain)) AS previous
      FROM (SELECT * FROM entry ORDER BY position DESC LIMIT ${openEntriesVerified}) AS e
      LEFT JOIN entry AS p ON p.game = e.game AND p.version = e.version - 1`,
    )
    .all()
  for (const { position, version, body, chain, previous } of rows) {
    const before = version === 1 ? chainStart : String(previous)
    if (nodeChain(before, Number(version), String(body)) === chain) continue
    throw corruptFault(file, `entry ${String(position)} does not match its chain`)
  }
}

/** The first column of the first row. */
export function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}
