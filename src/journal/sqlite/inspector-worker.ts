/** The entry point of a low-priority thread that inspects the file for damage while the journal is open. */
import { constants, setPriority } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/index.ts'
import { type Damage, Inspector } from './inspect.ts'

export interface InspectorOptions {
  readonly file: string
  /** True: inspects entries too. False: only the ids of games. */
  readonly isWhole: boolean
  /** One number, which becomes 1 when the thread has to end. */
  readonly stop: Int32Array<SharedArrayBuffer>
}

/**
 * Pause after each page, in ms, so that other threads get the disk. Where the system has no priorities for threads, they
 * need the core too.
 */
const pauseMs = 1

function inspect({ file, isWhole, stop }: InspectorOptions, report: (damage: Damage) => void): void {
  using database = new DatabaseSync(file, { readOnly: true })
  const inspector = new Inspector(database)
  for (const finding of isWhole ? inspector.contents() : inspector.ids()) {
    if ('damage' in finding) report(finding.damage)
    Atomics.wait(stop, 0, 0, pauseMs)
    if (Atomics.load(stop, 0) === 1) return
  }
}

assert(parentPort !== null, 'this file runs as a worker')
const loop = parentPort
// On Linux a priority applies to one thread, on other systems to the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
inspect(workerData, (damage) => loop.postMessage(damage))
