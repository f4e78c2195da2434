/** `oxo bench`: runs the benchmark of a checkout; the npm package does not contain it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Stop } from '../server/stop.ts'

/** Sets the benchmark's exit code. @throws Stop if this is not a checkout. */
export async function bench(args: readonly string[]): Promise<void> {
  const program = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))
  if (!existsSync(program))
    throw new Stop(
      'failed',
      'The npm package does not contain the benchmark: clone the repository, then run `npm ci && npm run bench`.',
    )
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
