/** Who has the file: one process, by a lock that the system lets go when the process ends, however it ends. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { JournalFault } from '../journal.ts'
import { lockMsMax } from '../limits.ts'
import { createFile } from './files.ts'
import { checkLog } from './log-marks.ts'
import { isBusy } from './sqlite-fault.ts'

/**
 * Takes the file, by its real path, for this process: a lock on a database beside it. The journal itself stays open to
 * readers such as `sqlite3`.
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

/**
 * For those who only read: while a process has the file its log changes, and is its own.
 * @throws JournalFault as {@link checkLog}
 */
export function checkLogUnlessServed(file: string): void {
  if (!existsSync(`${file}.lock`)) return void checkLog(file)
  using lock = new DatabaseSync(`${file}.lock`, { readOnly: true, timeout: 0 })
  try {
    // Nobody takes the file meanwhile: this lasts for milliseconds, and they wait longer.
    lock.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
  } catch (error) {
    if (isBusy(error)) return
    throw error
  }
  checkLog(file)
}
