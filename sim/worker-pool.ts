/** Runs many seeds on all cores. The failing seeds do not depend on the number of cores. */
import { availableParallelism } from 'node:os'
import { fileBeside, WorkerThread } from '../src/base/node/index.ts'
import type { BugName } from './bugs.ts'
import type { SeedRange, SimMethods, Summary } from './worker.ts'

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
    const thread = new WorkerThread<SimMethods>(fileBeside(import.meta.url, 'worker'), { name: 'seeds' })
    try {
      while (next < to && !isEnough) {
        const batch: SeedRange = { from: next, to: Math.min(to, next + batchSeeds) }
        next = batch.to
        const summary = await thread.call('run', batch, bug).catch((cause: unknown) => failRange(batch, cause))
        summaries.push(summary)
        if (!progress(summaries.length * batchSeeds, summary)) isEnough = true
      }
    } finally {
      await thread.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), batches) }, work))
  return {
    seeds: summaries.reduce((sum, summary) => sum + summary.to - summary.from, 0),
    commands: summaries.reduce((sum, { commands }) => sum + commands, 0),
    failed: summaries.flatMap(({ failed }) => failed).toSorted((a, b) => a - b),
  }
}

/** @throws always; the cause is a bug of the simulator, or a bug of the service that ends a process. */
function failRange({ from, to }: SeedRange, cause: unknown): never {
  throw new Error(`a seed of ${from} to ${to - 1} could not be run`, { cause })
}
