/** A thread that runs the seeds it is given, one batch after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { type BugName, bugs, noBug } from './bugs.ts'
import type { Batch, Summary } from './worker-pool.ts'
import { drawPlan } from './plan.ts'
import { run } from './run.ts'

// Faults are values here: nobody reads where they were made, and finding it out takes time.
Error.stackTraceLimit = 0
const name = workerData as BugName | null
const bug = name === null ? noBug : bugs[name]

parentPort?.on('message', (batch: Batch) => void work(batch))

async function work({ from, to }: Batch): Promise<void> {
  const failed: number[] = []
  let commands = 0
  for (let seed = from; seed < to; seed++) {
    const { violations, commands: given } = await run(drawPlan(seed), { bug })
    commands += given
    if (violations.length > 0) failed.push(seed)
  }
  parentPort?.postMessage({ from, to, failed, commands } satisfies Summary)
}
