/** Opens the embedded journal: starts the writer's thread and waits until it has opened the file. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { JournalFault } from '../journal.ts'
import { Inspection } from './inspection.ts'
import type { WriterOpening, SqliteWriterOptions } from './messages.ts'
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

// The compiler rewrites import paths, not URLs: the worker has the extension of this file.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './journal-worker.ts' : './journal-worker.js',
  import.meta.url,
)

/** Everything that the thread allocates for a batch is garbage afterwards. By default V8 would let 48 MB of it accumulate. */
const maxYoungGenerationSizeMb = 12

/**
 * @throws JournalFault 'locked' if another process uses the file; 'corrupt' if it is damaged, has a newer format or is not a
 *   journal; 'storage-full'; 'unavailable' if it cannot be opened. The message names the file and says what to do.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const { durability = 'disk', onDamage } = options
  const file = realPath(options.file)
  const workerData: SqliteWriterOptions = { file, durability }
  // The thread must not inherit the options of this process, such as a script given as an argument.
  const thread = new Worker(workerUrl, {
    name: 'journal',
    workerData,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb },
  })
  // Registered at once: the thread may send its message and exit before the message is handled here.
  const { promise: exit, resolve: exited } = Promise.withResolvers<number>()
  thread.once('exit', exited)
  const opening: WriterOpening = (await once(thread, 'message'))[0]
  if (opening.type === 'not-opened') {
    await exit
    throw new JournalFault(opening.fault, opening.message, { cause: opening.cause })
  }
  try {
    const journal = new SqliteJournal({ file, durability, thread, reader: new SqliteReader(file), onDamage })
    journal.inspect(new Inspection(file, opening.wasKilled))
    return journal
  } catch (error) {
    await thread.terminate()
    throw fileFault(file, error)
  }
}
