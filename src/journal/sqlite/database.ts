/** The file of the journal: one SQLite database in WAL mode, owned by one process. See docs/SPEC.md, [J7]. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { chainStart } from '../chain.ts'
import type { Durability } from '../journal.ts'
import { lockMsMax, openEntriesVerified } from '../limits.ts'
import { checkLog } from './log-marks.ts'
import { createFile, sha256Chain, numberOf, syncFile } from '../../base/node/index.ts'
import { checkPlace } from './place.ts'
import { beginLine, formatOf, lengthOf, upgradeSchema } from './schema.ts'
import { corruptFault } from './sqlite-fault.ts'

/** Opens the file for writing. Checks its format and its last entries. @throws JournalFault */
export function openDatabase(file: string, durability: Durability): DatabaseSync {
  checkPlace(file)
  const log = checkLog(file)
  createFile(file)
  // A process killed during a commit may have written data that it never synced. The next opening treats this data as
  // stored, so it must be synced before anything reads it.
  if (existsSync(`${file}-wal`)) syncFile(`${file}-wal`, 'r+')
  const database = new DatabaseSync(file, { timeout: lockMsMax, enableForeignKeyConstraints: false })
  try {
    const found = formatOf(file, database)
    if (log === 'unmarked') checkWhole(file, database)
    if (found > 0) checkEnd(file, database)
    if (found > 1) checkLength(file, database)
    // On macOS a plain fsync leaves the data in the drive's cache. On other systems this has no effect.
    database.exec(`PRAGMA fullfsync = ${durability === 'disk' ? 'ON' : 'OFF'}`)
    upgradeSchema(database, found)
    // Checkpoints keep SQLite's default of every 1000 pages: smaller ones stall commits more often, larger ones for longer.
    database.exec('PRAGMA journal_mode = WAL')
    // Ids are random, so they touch every page of their index. SQLite's default cache of 2 MB holds the index of 60,000 games.
    database.exec('PRAGMA cache_size = -16384')
    // Begins a new line of commits. As the first write, it also makes the opening of a read-only file fail here.
    beginLine(database)
    database.exec(`PRAGMA synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Checks the whole file with its log, if the log was written in format 1, which has no marks to compare. */
function checkWhole(file: string, database: DatabaseSync): void {
  const found = String(database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'])
  if (found !== 'ok') throw corruptFault(file, `${found}; perhaps ${file}-wal belongs to another state of the journal`)
}

/** Checks the number of entries against the row of `mark`, which is on another page than the last entries. */
function checkLength(file: string, database: DatabaseSync): void {
  const [length, counted] = [lengthOf(database), numberOf(database, 'SELECT counted FROM mark')]
  if (length < counted) throw corruptFault(file, `it has lost its entries ${length + 1} to ${counted}`)
}

/** Verifies the chain of each of the last entries against the entry before it. */
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
    if (sha256Chain(before, Number(version), String(body)) === chain) continue
    throw corruptFault(file, `entry ${String(position)} does not match its chain`)
  }
}
