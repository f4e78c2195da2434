/** The bench measures the built program, as it is installed. It must not be older than its sources. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds the program if its sources are newer. @throws Error if it cannot be built */
export function buildProgram(): void {
  const starter = fileURLToPath(new URL('../../tools/start.cjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [starter, '--version'], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('the program could not be built: see the output above')
}
