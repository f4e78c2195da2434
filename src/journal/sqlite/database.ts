/** The file: one SQLite database in WAL mode, owned by one process. docs/SPEC.md, [J7], is its description. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { chainStart } from '../chain.ts'
import type { Durability } from '../journal.ts'
import { lockMsMax, openEntriesVerified } from '../limits.ts'
import { createFile, sync } from './files.ts'
import { checkLog } from './log-marks.ts'
import { nodeChain } from './node-chain.ts'
import { checkPlace } from './place.ts'
import { beginLine, formatOf, lengthOf, numberOf, upgrade } from './schema.ts'
import { corruptFault } from './sqlite-fault.ts'

/** Opens the file to write, with the format and the last entries checked. */
export function openDatabase(file: string, durability: Durability): DatabaseSync {
  checkPlace(file)
  const log = checkLog(file)
  createFile(file)
  // A process killed in a commit may have written what it never synced. Whoever opens the file takes that for stored:
  // so it has to be, before anybody reads it.
  if (existsSync(`${file}-wal`)) sync(`${file}-wal`, 'r+')
  const database = new DatabaseSync(file, { timeout: lockMsMax, enableForeignKeyConstraints: false })
  try {
    const found = formatOf(file, database)
    if (log === 'unmarked') checkWhole(file, database)
    if (found > 0) checkEnd(file, database)
    if (found > 1) checkLength(file, database)
    // On macOS a plain fsync leaves the data in the drive's cache; elsewhere this changes nothing.
    database.exec(`PRAGMA fullfsync = ${durability === 'disk' ? 'ON' : 'OFF'}`)
    upgrade(database, found)
    // Checkpoints stay as SQLite has them, every 1000 pages: smaller ones stall commits oftener, larger ones for longer.
    database.exec('PRAGMA journal_mode = WAL')
    // Ids fall everywhere in their index: 2 MB, as SQLite has it, hold that of 60,000 games.
    database.exec('PRAGMA cache_size = -16384')
    // SQLite opens a file that may only be read, and would say so at the first write: this is one.
    beginLine(database)
    database.exec(`PRAGMA synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Of a log that was there before the file could say whether it is its own. */
function checkWhole(file: string, database: DatabaseSync): void {
  const found = String(database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'])
  if (found !== 'ok') throw corruptFault(file, `${found}; perhaps ${file}-wal is of another state of the journal`)
}

/** By a number that lies on another page than the last entries. */
function checkLength(file: string, database: DatabaseSync): void {
  const [length, counted] = [lengthOf(database), numberOf(database, 'SELECT counted FROM mark')]
  if (length < counted) throw corruptFault(file, `it has lost its entries ${length + 1} to ${counted}`)
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
