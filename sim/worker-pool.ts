/** Runs many seeds on all cores. The failing seeds do not depend on the number of cores. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { BugName } from './bugs.ts'

/** Seeds [from, to). */
export interface SeedRange {
  readonly from: number
  readonly to: number
}

/** The result of a batch. */
export interface Summary extends SeedRange {
  /** The seeds that violated a check. */
  readonly failed: readonly number[]
  readonly commands: number
}

export interface CrewOptions extends SeedRange {
  readonly bug?: BugName | null
  /** Called after each batch, in any order. Returns false to stop. */
  readonly progress?: (done: number, summary: Summary) => boolean
}

export interface SeedTotals {
  readonly seeds: number
  readonly commands: number
  /** In ascending order. If the run was stopped early, all seeds before the first failing one were still run. */
  readonly failed: readonly number[]
}

const batchSeeds = 50

export async function runSeeds({ from, to, bug = null, progress = () => true }: CrewOptions): Promise<SeedTotals> {
  const batches = Math.ceil((to - from) / batchSeeds)
  const summaries: Summary[] = []
  let next = from
  let isEnough = false
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: bug })
    try {
      while (next < to && !isEnough) {
        const batch: SeedRange = { from: next, to: Math.min(to, next + batchSeeds) }
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

/** @throws the error of the worker thread: a bug of the simulator, or a bug of the service that ends a process */
function ask(worker: Worker, batch: SeedRange): Promise<Summary> {
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
