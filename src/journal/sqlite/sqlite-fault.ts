/** Maps SQLite's result codes to faults of the journal. */
import { isCorrupt, isFull } from '../../base/node/index.ts'
import { JournalFault } from '../journal.ts'

/** The fault for a file that cannot be opened or read. A JournalFault is returned unchanged. */
export function fileFault(file: string, error: unknown): JournalFault {
  if (error instanceof JournalFault) return error
  const reason = error instanceof Error ? error.message : String(error)
  if (isCorrupt(error)) return corruptFault(file, reason, error)
  if (isFull(error))
    return new JournalFault('storage-full', `no space for the journal ${file}: free some space on its disk`, {
      cause: error,
    })
  return new JournalFault('unavailable', `the journal ${file} cannot be used: ${reason}`, { cause: error })
}

export function corruptFault(file: string, reason: string, cause?: unknown): JournalFault {
  const advice = 'it was not changed; restore it from a backup, or choose another file'
  return new JournalFault('corrupt', `the journal ${file} is damaged: ${reason}; ${advice}`, { cause })
}
