/** The writer's thread: takes the file, then answers one batch at a time until it is told to close. */
import { parentPort, workerData } from 'node:worker_threads'
import { assert, systemClock } from '../../base/index.ts'
import { openDatabase } from './database.ts'
import { lockFile } from './lock.ts'
import type { Answer, Batch, Committed, Opening, Refused, ToWriter, WriterOptions } from './messages.ts'
import { HeldFiles } from './place.ts'
import { fileFault } from './sqlite-fault.ts'
import { Writer } from './writer.ts'

/** What the thread holds, for as long as it serves. */
function openWriter({ file, durability }: WriterOptions) {
  const lock = lockFile(file)
  try {
    const database = openDatabase(file, durability)
    const writer = new Writer(database)
    const held = new HeldFiles([file, `${file}-wal`, `${file}.lock`], systemClock)
    const commit = (batch: Batch): Committed | Refused => {
      held.check()
      return writer.commit(batch)
    }
    const close = (): void => {
      database.close()
      lock.close()
    }
    return { commit, close }
  } catch (error) {
    lock.close()
    throw error
  }
}

function serve(options: WriterOptions): void {
  assert(parentPort !== null, 'this file runs as a worker')
  const loop = parentPort
  const say = (message: Opening | Answer): void => loop.postMessage(message)
  try {
    const { commit, close } = openWriter(options)
    const end = (): void => {
      close()
      loop.close()
    }
    loop.on('message', (message: ToWriter) => {
      if (message.type === 'close') return end()
      try {
        say(commit(message.batch))
      } catch (cause) {
        say({ type: 'failed', cause })
        end()
      }
    })
    say({ type: 'opened' })
  } catch (error) {
    const { fault, message, cause } = fileFault(options.file, error)
    say({ type: 'not-opened', fault, message, cause })
  }
}

serve(workerData)
