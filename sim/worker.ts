/** A worker thread that runs batches of seeds. */
import { serveCalls } from '../src/base/node/index.ts'
import { type BugName, bugs, noBug } from './bugs.ts'
import { drawPlan } from './plan.ts'
import { simulate } from './run.ts'

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

// Errors are only values here; capturing their stack traces would cost time.
Error.stackTraceLimit = 0

const methods = {
  async run({ from, to }: SeedRange, bugName: BugName | null): Promise<Summary> {
    const bug = bugName === null ? noBug : bugs[bugName]
    const failed: number[] = []
    let commands = 0
    for (let seed = from; seed < to; seed++) {
      const { violations, commands: given } = await simulate(drawPlan(seed), { bug })
      commands += given
      if (violations.length > 0) failed.push(seed)
    }
    return { from, to, failed, commands }
  },
}

export type SimMethods = typeof methods

serveCalls(methods)
