/** Opens the embedded journal: starts the writer's thread and waits until it has the file. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { JournalFault } from '../journal.ts'
import { Inspection } from './inspection.ts'
import type { Opening, WriterOptions } from './messages.ts'
import { realPath } from './place.ts'
import { Reader } from './reader.ts'
import { fileFault } from './sqlite-fault.ts'
import { SqliteJournal } from './sqlite-journal.ts'

export interface SqliteJournalOptions {
  /** Created with its folder, for their owner only, if it does not exist. */
  readonly file: string
  /** 'disk' (default): survives a power cut. 'process': survives a crash of the process only; no sync a commit. */
  readonly durability?: 'disk' | 'process'
  /** Hears once of everything that is found damaged while the journal is open: a clause that names it. */
  readonly hearDamage?: (what: string) => void
}

// The compiler rewrites import paths, not URLs: the worker has the extension of this file.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './journal-worker.ts' : './journal-worker.js',
  import.meta.url,
)

/** What the thread allocates is gone with its batch; by default V8 would let 48 MB of that pile up. */
const maxYoungGenerationSizeMb = 12

/**
 * @throws JournalFault 'locked' if another process has the file, 'corrupt' if it is damaged, of a newer format or no
 *   journal, 'storage-full', or 'unavailable' if it cannot be opened; the message names the file and says what to do.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const { durability = 'disk', hearDamage } = options
  const file = realPath(options.file)
  const workerData: WriterOptions = { file, durability }
  // What this process was started with (a script as an argument, say) is not for the thread.
  const thread = new Worker(workerUrl, {
    name: 'journal',
    workerData,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb },
  })
  // Listened for from the beginning: a thread may say its word and be gone before this hears of either.
  const { promise: gone, resolve: exited } = Promise.withResolvers<number>()
  thread.once('exit', exited)
  const opening: Opening = (await once(thread, 'message'))[0]
  if (opening.type === 'not-opened') {
    await gone
    throw new JournalFault(opening.fault, opening.message, { cause: opening.cause })
  }
  try {
    const journal = new SqliteJournal({ file, durability, thread, reader: new Reader(file), hearDamage })
    journal.inspect(new Inspection(file, opening.wasKilled))
    return journal
  } catch (error) {
    await thread.terminate()
    throw fileFault(file, error)
  }
}
