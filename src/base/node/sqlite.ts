/** What every user of a SQLite file needs: result codes, single numbers, and a lock between processes. */
import { DatabaseSync } from 'node:sqlite'
import { createFile } from './files.ts'

/** The primary result codes that are handled: https://sqlite.org/rescode.html */
const busy = 5
const corrupt = 11
const full = 13
const notADatabase = 26

export const isBusy = (error: unknown): boolean => resultCode(error) === busy
export const isFull = (error: unknown): boolean => resultCode(error) === full
export const isCorrupt = (error: unknown): boolean => [corrupt, notADatabase].includes(resultCode(error))

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
}

/** The first column of the first row: NULL gives 0, no row gives NaN. */
export function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}

/** Keeps lock handles reachable: a garbage-collected handle would release its lock. */
const held = new Set<DatabaseSync>()

export interface FileLock {
  /** Releases the lock. Idempotent. */
  close(): void
}

/**
 * Takes an exclusive lock, which the system releases when the process ends, for whatever reason. Creates the file, a database
 * that stays empty, if it does not exist.
 * @returns null if another holder keeps the lock for longer than `waitMs`.
 */
export function lockFile(file: string, waitMs = 0): FileLock | null {
  createFile(file)
  const database = new DatabaseSync(file, { timeout: waitMs })
  try {
    // In memory, since nothing is ever written: no file lies beside the lock.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return null
    throw error
  }
  held.add(database)
  return {
    close() {
      if (held.delete(database)) database.close()
    },
  }
}
