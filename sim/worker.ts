/** A worker thread that runs batches of seeds. */
import { parentPort, workerData } from 'node:worker_threads'
import { type BugName, bugs, noBug } from './bugs.ts'
import type { SeedRange, Summary } from './worker-pool.ts'
import { drawPlan } from './plan.ts'
import { simulate } from './run.ts'

// Errors are only values here; capturing their stack traces would cost time.
Error.stackTraceLimit = 0
const name = workerData as BugName | null
const bug = name === null ? noBug : bugs[name]

parentPort?.on('message', (batch: SeedRange) => void work(batch))

async function work({ from, to }: SeedRange): Promise<void> {
  const failed: number[] = []
  let commands = 0
  for (let seed = from; seed < to; seed++) {
    const { violations, commands: given } = await simulate(drawPlan(seed), { bug })
    commands += given
    if (violations.length > 0) failed.push(seed)
  }
  parentPort?.postMessage({ from, to, failed, commands } satisfies Summary)
}
