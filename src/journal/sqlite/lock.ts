/** The lock that lets only one process use the journal, on a separate database, FILE.lock. `sqlite3` can still read the journal. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type FileLock, isBusy, lockFile } from '../../base/node/index.ts'
import { JournalFault } from '../journal.ts'
import { lockMsMax } from '../limits.ts'
import { checkLog } from './log-marks.ts'

/**
 * Locks the journal for this process.
 * @param file the real path of the journal.
 * @throws JournalFault 'locked' if another process still has the lock after {@link lockMsMax}.
 */
export function lockJournal(file: string): FileLock {
  const lock = lockFile(`${file}.lock`, lockMsMax)
  if (lock !== null) return lock
  const advice = 'stop that process, or name another file'
  throw new JournalFault('locked', `the journal ${file} is in use by another process: ${advice}`)
}

/**
 * Checks the log before a read-only access, unless a process is writing to the journal. In that case the log changes
 * constantly, and the writer has checked it already.
 * @throws JournalFault as {@link checkLog}
 */
export function checkLogUnlessServed(file: string): void {
  if (!existsSync(`${file}.lock`)) return void checkLog(file)
  using lock = new DatabaseSync(`${file}.lock`, { readOnly: true, timeout: 0 })
  try {
    // This shared lock keeps writers out for a few milliseconds. They wait longer than that for their own lock.
    lock.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
  } catch (error) {
    if (isBusy(error)) return
    throw error
  }
  checkLog(file)
}
