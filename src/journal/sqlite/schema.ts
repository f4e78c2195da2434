/** The schema of the file in every format that ever existed. docs/SPEC.md, [J7], describes the newest one. */
import type { DatabaseSync } from 'node:sqlite'
import { makeId, systemRandom } from '../../base/index.ts'
import { numberOf } from '../../base/node/index.ts'
import { JournalFault } from '../journal.ts'

/** "Oxo1" in ASCII: distinguishes a journal from any other database. */
const applicationId = 0x4f786f31

/** The newest format that this code reads, and the only one that it writes. */
const format = 2

/** The first format in which a journal has an id. */
export const formatWithId = 2

// Games are numbered in the order in which they begin, so that the games being played are close together in the index of
// entries. An index on the random ids would rewrite a page for each entry. Measured: with ids 55,000 entries/s and falling,
// 163 bytes an entry; with numbers 210,000 entries/s and constant, 122 bytes an entry.
const schema1 = `
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

// The table `mark` has one row, which stays alone on one page: `log-marks.ts` reads it there. `line`: a random id drawn at each
// opening; `commits`: their number in this line; `before`: the last commit of the line before; `layout`: SQLite's
// schema_version; `counted`: the number of entries when they were last counted.
const schema2 = `
  CREATE TABLE mark (
    id TEXT NOT NULL,
    line TEXT NOT NULL,
    commits INTEGER NOT NULL,
    before TEXT NOT NULL,
    layout INTEGER NOT NULL,
    counted INTEGER NOT NULL
  ) STRICT;
  ALTER TABLE game ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  DROP VIEW journal;
  CREATE VIEW journal AS
    SELECT position, id AS game, entry.version AS version, body, lower(hex(chain)) AS chain
    FROM entry JOIN game ON game.number = entry.game
`

/** The steps from each format to the next one, beginning with the empty file. */
const steps: readonly ((database: DatabaseSync) => void)[] = [
  (database) => database.exec(`${schema1} PRAGMA application_id = ${applicationId};`),
  (database) => {
    database.exec(schema2)
    database.exec('UPDATE game SET version = (SELECT max(version) FROM entry WHERE entry.game = number)')
    database.prepare(`INSERT INTO mark VALUES (?, '', 0, '', 0, ?)`).run(makeId(systemRandom), lengthOf(database))
  },
]

/**
 * The format of the database; 0: the database is empty.
 * @throws JournalFault if the database is not a journal, or has a format that this code does not read.
 */
export function formatOf(file: string, database: DatabaseSync): number {
  const id = numberOf(database, 'PRAGMA application_id')
  if (id === 0 && numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0) return 0
  if (id !== applicationId)
    throw new JournalFault('corrupt', `${file} is a database, but not a journal of Oxo: choose another file`)
  const found = numberOf(database, 'PRAGMA user_version')
  if (found >= 1 && found <= format) return found
  const message = `the journal ${file} has format ${found}, but this Oxo reads only formats 1 to ${format}: use the Oxo that wrote it`
  throw new JournalFault('corrupt', message)
}

/** Upgrades the database from format `from` to the newest one, in one transaction. */
export function upgradeSchema(database: DatabaseSync, from: number): void {
  if (from === format) return
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const step of steps.slice(from)) step(database)
    database.exec(`PRAGMA user_version = ${format}; COMMIT`)
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Begins a new line of commits, which continues the current state of the database. See `log-marks.ts`. */
export function beginLine(database: DatabaseSync): void {
  // Not synced: the next commit syncs this one too. If there is no next commit, nothing is lost.
  database.exec('PRAGMA synchronous = OFF')
  database
    .prepare(`UPDATE mark SET line = ?, commits = 1, "before" = line || ':' || commits, layout = ?`)
    .run(makeId(systemRandom), numberOf(database, 'PRAGMA schema_version'))
}

/** The position of the last entry. */
export function lengthOf(database: DatabaseSync): number {
  return numberOf(database, 'SELECT max(position) FROM entry')
}
