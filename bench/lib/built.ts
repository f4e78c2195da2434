/** What is measured is what is installed: the program as it is built, which must not be older than its sources. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** @throws Error when it cannot be built. */
export function buildProgram(): void {
  const starter = fileURLToPath(new URL('../../tools/start.cjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [starter, '--version'], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('the program could not be built')
}
