/** The writer's thread: locks and opens the file, then stores one batch at a time until it is closed. */
import { statSync } from 'node:fs'
import { systemClock } from '../../base/index.ts'
import { isBusy, isFull, serveCalls } from '../../base/node/index.ts'
import type { GameId } from '../journal.ts'
import { openDatabase } from './database.ts'
import { lockJournal } from './lock.ts'
import type { AppendBatch, Committed, Refused, SqliteWriterOptions } from './messages.ts'
import { HeldFiles } from './place.ts'
import { SqliteWriter } from './writer.ts'

/** Null: not open yet, or not any more. */
let opened: ReturnType<typeof openWriter> | null = null

/** Locks and opens the file. The thread keeps both until it is closed or a commit fails. */
function openWriter({ file, durability }: SqliteWriterOptions) {
  const lock = lockJournal(file)
  try {
    // A process that only reads leaves an empty log.
    const wasKilled = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    const database = openDatabase(file, durability)
    const writer = new SqliteWriter(database)
    const held = new HeldFiles([file, `${file}-wal`, `${file}.lock`], systemClock)
    const release = (): void => {
      database.close()
      lock.close()
    }
    return { writer, held, release, wasKilled }
  } catch (error) {
    lock.close()
    throw error
  }
}

const methods = {
  /** @returns whether the last process that wrote to the file did not close it. @throws JournalFault, or an error of SQLite */
  open(options: SqliteWriterOptions): boolean {
    opened = openWriter(options)
    return opened.wasKilled
  },

  /** @throws Error if it is not known whether the batch was stored. The writer accepts no more batches. */
  commit(batch: AppendBatch): Committed | Refused {
    if (opened === null) throw new Error('an earlier commit has failed')
    try {
      opened.held.check()
      return opened.writer.commit(batch)
    } catch (error) {
      opened.release()
      opened = null
      throw error
    }
  },

  /** An inspection found that the index of games has lost this game: it must not be created a second time. */
  refuse(game: GameId): void {
    opened?.writer.refuse(game)
  },
}

export type WriterMethods = typeof methods

/** Stores the entry counts. If the disk is full or busy, the next opening does it instead. */
function countIfPossible(writer: SqliteWriter): void {
  try {
    writer.count()
  } catch (error) {
    if (!isFull(error) && !isBusy(error)) throw error
  }
}

serveCalls(methods, () => {
  if (opened === null) return
  countIfPossible(opened.writer)
  opened.release()
})
