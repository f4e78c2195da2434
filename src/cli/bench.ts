/** `oxo bench`: the benchmark of the checkout, which the package does not carry. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Stop } from '../server/stop.ts'

/** Ends with the benchmark's own exit code. @throws Stop */
export async function bench(args: readonly string[]): Promise<void> {
  const program = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))
  if (!existsSync(program))
    throw new Stop('failed', 'The benchmark is in the source: clone it, then `npm ci && npm run bench`.')
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
