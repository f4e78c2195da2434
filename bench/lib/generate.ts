/** Runs a load generator in a process of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { LoadResult, LoadPlan } from './plan.ts'

const generator = new URL('../generate.ts', import.meta.url).pathname

/** @throws Error if a move was lost or the generator failed in another way. */
export async function generate(pin: readonly string[], plan: LoadPlan): Promise<LoadResult> {
  const [file, ...args] = [...pin, process.execPath, generator, JSON.stringify(plan)]
  const { stdout } = await promisify(execFile)(file, args, { timeout: 300_000 })
  return JSON.parse(stdout) as LoadResult
}
