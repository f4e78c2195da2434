/** Opens the embedded journal: starts the writer's thread and waits until it has opened the file. */
import { fileBeside, WorkerThread } from '../../base/node/index.ts'
import { JournalFault } from '../journal.ts'
import { Inspection } from './inspection.ts'
import type { WriterMethods } from './journal-worker.ts'
import { realPath } from './place.ts'
import { SqliteReader } from './reader.ts'
import { fileFault } from './sqlite-fault.ts'
import { SqliteJournal } from './sqlite-journal.ts'

export interface SqliteJournalOptions {
  /** Created with its folder, accessible to the owner only, if it does not exist. */
  readonly file: string
  /** 'disk' (default): survives a power cut. 'process': survives only a crash of the process; commits are not synced. */
  readonly durability?: 'disk' | 'process'
  /** Called once for each damage that is found while the journal is open, with a clause that names it. */
  readonly onDamage?: (what: string) => void
}

/** Everything that the thread allocates for a batch is garbage afterwards. By default V8 would let 48 MB of it accumulate. */
const maxYoungGenerationSizeMb = 12

/**
 * @throws JournalFault 'locked' if another process uses the file; 'corrupt' if it is damaged, has a newer format or is not a
 *   journal; 'storage-full'; 'unavailable' if it cannot be opened. The message names the file and says what to do.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const { durability = 'disk', onDamage } = options
  const file = realPath(options.file)
  const thread = new WorkerThread<WriterMethods>(fileBeside(import.meta.url, 'journal-worker'), {
    name: 'journal',
    resourceLimits: { maxYoungGenerationSizeMb },
    errors: [JournalFault],
  })
  try {
    const wasKilled = await thread.call('open', { file, durability })
    const journal = new SqliteJournal({ file, durability, thread, reader: new SqliteReader(file), onDamage })
    journal.inspect(new Inspection(file, wasKilled))
    return journal
  } catch (error) {
    await thread.terminate()
    throw fileFault(file, error)
  }
}
