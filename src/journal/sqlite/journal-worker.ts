/** The writer's thread: takes the file, then answers one batch at a time until it is told to close. */
import { statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { assert, systemClock } from '../../base/index.ts'
import { openDatabase } from './database.ts'
import { lockFile } from './lock.ts'
import type { Answer, Batch, Committed, Opening, Refused, ToWriter, WriterOptions } from './messages.ts'
import { HeldFiles } from './place.ts'
import { fileFault, isBusy, isFull } from './sqlite-fault.ts'
import { Writer } from './writer.ts'

/** What the thread holds, for as long as it serves. */
function openWriter({ file, durability }: WriterOptions) {
  const lock = lockFile(file)
  try {
    // One that is empty is left by who only read.
    const wasKilled = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    const database = openDatabase(file, durability)
    const writer = new Writer(database)
    const held = new HeldFiles([file, `${file}-wal`, `${file}.lock`], systemClock)
    const commit = (batch: Batch): Committed | Refused => {
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

/** What it leaves undone the next opening does. */
function countIfPossible(writer: Writer): void {
  try {
    writer.count()
  } catch (error) {
    if (!isFull(error) && !isBusy(error)) throw error
  }
}

function serve(options: WriterOptions): void {
  assert(parentPort !== null, 'this file runs as a worker')
  const loop = parentPort
  const say = (message: Opening | Answer): void => loop.postMessage(message)
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
        say(commit(message.batch))
      } catch (cause) {
        say({ type: 'failed', cause })
        end(true)
      }
    })
    say({ type: 'opened', wasKilled })
  } catch (error) {
    const { fault, message, cause } = fileFault(options.file, error)
    say({ type: 'not-opened', fault, message, cause })
  }
}

serve(workerData)
