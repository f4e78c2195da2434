/** The writer's thread: locks and opens the file, then answers one batch at a time until it gets a `close` message. */
import { statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { assert, systemClock } from '../../base/index.ts'
import { isBusy, isFull } from '../../base/node/index.ts'
import { openDatabase } from './database.ts'
import { lockJournal } from './lock.ts'
import type {
  WriterAnswer,
  AppendBatch,
  Committed,
  WriterOpening,
  Refused,
  ToWriter,
  SqliteWriterOptions,
} from './messages.ts'
import { HeldFiles } from './place.ts'
import { fileFault } from './sqlite-fault.ts'
import { SqliteWriter } from './writer.ts'

/** Locks and opens the file. The thread keeps both until it ends. */
function openWriter({ file, durability }: SqliteWriterOptions) {
  const lock = lockJournal(file)
  try {
    // A process that only reads leaves an empty log.
    const wasKilled = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    const database = openDatabase(file, durability)
    const writer = new SqliteWriter(database)
    const held = new HeldFiles([file, `${file}-wal`, `${file}.lock`], systemClock)
    const commit = (batch: AppendBatch): Committed | Refused => {
      held.check()
      return writer.commit(batch)
    }
    const close = (hasFailed: boolean): void => {
      if (!hasFailed) countIfPossible(writer)
      database.close()
      lock.close()
    }
    return { writer, commit, close, wasKilled }
  } catch (error) {
    lock.close()
    throw error
  }
}

/** Stores the entry counts. If the disk is full or busy, the next opening does it instead. */
function countIfPossible(writer: SqliteWriter): void {
  try {
    writer.count()
  } catch (error) {
    if (!isFull(error) && !isBusy(error)) throw error
  }
}

function serve(options: SqliteWriterOptions): void {
  assert(parentPort !== null, 'this file runs as a worker')
  const loop = parentPort
  const send = (message: WriterOpening | WriterAnswer): void => loop.postMessage(message)
  try {
    const { writer, commit, close, wasKilled } = openWriter(options)
    const end = (hasFailed: boolean): void => {
      close(hasFailed)
      loop.close()
    }
    loop.on('message', (message: ToWriter) => {
      if (message.type === 'close') return end(false)
      if (message.type === 'refuse') return writer.refuse(message.game)
      try {
        send(commit(message.batch))
      } catch (cause) {
        send({ type: 'failed', cause })
        end(true)
      }
    })
    send({ type: 'opened', wasKilled })
  } catch (error) {
    const { fault, message, cause } = fileFault(options.file, error)
    send({ type: 'not-opened', fault, message, cause })
  }
}

serve(workerData)
