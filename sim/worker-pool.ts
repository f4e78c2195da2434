/** Runs many seeds on all cores. Which seeds fail does not depend on how many there are. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { BugName } from './bugs.ts'

/** Seeds [from, to). */
export interface Batch {
  readonly from: number
  readonly to: number
}

/** What became of a batch. */
export interface Summary extends Batch {
  /** The seeds that violate a check. */
  readonly failed: readonly number[]
  readonly commands: number
}

export interface CrewOptions extends Batch {
  readonly bug?: BugName | null
  /** Called after each batch, in any order. False: enough. */
  readonly progress?: (done: number, summary: Summary) => boolean
}

export interface Tally {
  readonly seeds: number
  readonly commands: number
  /** In order. Where it was enough before the end: of the seeds before the first of these none was left out. */
  readonly failed: readonly number[]
}

const batchSeeds = 50

export async function runSeeds({ from, to, bug = null, progress = () => true }: CrewOptions): Promise<Tally> {
  const batches = Math.ceil((to - from) / batchSeeds)
  const summaries: Summary[] = []
  let next = from
  let isEnough = false
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: bug })
    try {
      while (next < to && !isEnough) {
        const batch: Batch = { from: next, to: Math.min(to, next + batchSeeds) }
        next = batch.to
        const summary = await ask(worker, batch)
        summaries.push(summary)
        if (!progress(summaries.length * batchSeeds, summary)) isEnough = true
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), batches) }, work))
  return {
    seeds: summaries.reduce((sum, summary) => sum + summary.to - summary.from, 0),
    commands: summaries.reduce((sum, { commands }) => sum + commands, 0),
    failed: summaries.flatMap(({ failed }) => failed).toSorted((a, b) => a - b),
  }
}

/** @throws what the thread threw: a bug of the simulator, or one of ours that stops a process. */
function ask(worker: Worker, batch: Batch): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new Error(`a seed of ${batch.from} to ${batch.to - 1} could not be run`, { cause }))
    worker.once('error', fail)
    worker.once('message', (summary: Summary) => {
      worker.off('error', fail)
      resolve(summary)
    })
    worker.postMessage(batch)
  })
}
