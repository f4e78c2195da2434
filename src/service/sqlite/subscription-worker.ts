/** The thread with the file of the devices. A file that is damaged is replaced: pages subscribe again when they are opened. */
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { assert } from '../../base/index.ts'
import { isCorrupt, numberOf, serveCalls } from '../../base/node/index.ts'
import { deleteFile } from './catalog-file.ts'

/** "OxoP" in ASCII: distinguishes the file from any other database. */
const applicationId = 0x4f786f50
const schema = `
  CREATE TABLE account (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, devices TEXT NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
`

let database: DatabaseSync | null = null

function openFile(path: string): DatabaseSync {
  // A program that knows a device's address may try to send to it: only the owner of the file may read it.
  closeSync(openSync(path, 'a', 0o600))
  const opened = new DatabaseSync(path)
  try {
    if (numberOf(opened, 'SELECT count(*) FROM sqlite_schema') === 0) opened.exec(`BEGIN; ${schema} COMMIT`)
    else if (numberOf(opened, 'PRAGMA application_id') !== applicationId)
      throw new Error('it is a database, but not one with devices of Oxo: name another file')
    opened.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    return opened
  } catch (error) {
    opened.close()
    throw error
  }
}

function inFile(): DatabaseSync {
  assert(database !== null, 'the file is opened first')
  return database
}

/** Each throws the error of SQLite. */
const methods = {
  /** @returns whether a damaged file was replaced */
  open(path: string): boolean {
    try {
      database = openFile(path)
      return false
    } catch (error) {
      if (!isCorrupt(error)) throw error
      deleteFile(path)
      database = openFile(path)
      return true
    }
  },
  /** The devices as JSON. */
  read(account: string): { readonly devices: string; readonly revision: number } {
    const row = inFile().prepare('SELECT devices, revision FROM account WHERE id = ?').get(account)
    return row === undefined
      ? { devices: '[]', revision: 0 }
      : { devices: String(row['devices']), revision: Number(row['revision']) }
  },
  /** @returns false if the account has another revision */
  write(account: string, devices: string, revision: number): boolean {
    const sql =
      revision === 0
        ? 'INSERT INTO account (id, devices, revision) VALUES (?1, ?2, ?3 + 1) ON CONFLICT DO NOTHING'
        : 'UPDATE account SET devices = ?2, revision = ?3 + 1 WHERE id = ?1 AND revision = ?3'
    return inFile().prepare(sql).run(account, devices, revision).changes === 1
  },
}

export type SubscriptionMethods = typeof methods

serveCalls(methods, () => database?.close())
