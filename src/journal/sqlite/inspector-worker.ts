/** A thread of low priority that looks through the file for damage while the journal is open. */
import { constants, setPriority } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/index.ts'
import { type Damage, Inspector } from './inspect.ts'

export interface InspectorOptions {
  readonly file: string
  /** Entries too, not only the ids of games. */
  readonly isWhole: boolean
  /** One number: 1 when the thread has to end. */
  readonly stop: Int32Array<SharedArrayBuffer>
}

/** After each page, in ms: others need the disk and, where priorities are no thread's own, the core. */
const pauseMs = 1

function inspect({ file, isWhole, stop }: InspectorOptions, tell: (damage: Damage) => void): void {
  using database = new DatabaseSync(file, { readOnly: true })
  const inspector = new Inspector(database)
  for (const finding of isWhole ? inspector.contents() : inspector.ids()) {
    if ('damage' in finding) tell(finding.damage)
    Atomics.wait(stop, 0, 0, pauseMs)
    if (Atomics.load(stop, 0) === 1) return
  }
}

assert(parentPort !== null, 'this file runs as a worker')
const loop = parentPort
// On Linux a priority is a thread's own, elsewhere the process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
inspect(workerData, (damage) => loop.postMessage(damage))
