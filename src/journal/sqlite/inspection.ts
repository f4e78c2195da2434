/** Runs the inspection of an open journal in a separate thread, which answers no calls: it reports damage until it is done. */
import { Worker } from 'node:worker_threads'
import { systemClock, type Timer } from '../../base/index.ts'
import { fileBeside } from '../../base/node/index.ts'
import { inspectionDelayMs } from '../limits.ts'
import type { Damage } from './inspect.ts'
import type { InspectorOptions } from './inspector-worker.ts'

export class Inspection {
  readonly #file: string
  readonly #isWhole: boolean
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  #timer: Timer | null = null
  #ended: Promise<void> = Promise.resolve()

  /**
   * @param isWhole true: inspects the whole file at once, because it was not closed cleanly. False: inspects only the ids of
   *   games, after {@link inspectionDelayMs}.
   */
  constructor(file: string, isWhole: boolean) {
    this.#file = file
    this.#isWhole = isWhole
  }

  start(onDamage: (damage: Damage) => void): void {
    this.#timer = systemClock.after(this.#isWhole ? 0 : inspectionDelayMs, () => this.#run(onDamage))
  }

  /** Resolves when the thread has closed the file. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    Atomics.store(this.#stop, 0, 1)
    Atomics.notify(this.#stop, 0)
    await this.#ended
  }

  #run(onDamage: (damage: Damage) => void): void {
    const workerData: InspectorOptions = { file: this.#file, isWhole: this.#isWhole, stop: this.#stop }
    const file = fileBeside(import.meta.url, 'inspector-worker')
    const thread = new Worker(file, { name: 'inspector', workerData, execArgv: [] })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ended = promise
    thread.on('message', onDamage)
    // Damage in the part that was not inspected is found when that part is read, or by `oxo verify`.
    thread.on('error', (error) => onDamage({ what: `the inspection ended: ${String(error)}` }))
    thread.on('exit', () => resolve())
    thread.unref()
  }
}
