/** Runs a program until it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface ProgramEnd {
  /** Null if a signal ended the program. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Longer than any program of the tests needs on a loaded machine. */
const lifeMsMax = 30_000

/**
 * Runs the command in the root of the repository. Adds `env` to the environment. @throws if there is no such program.
 */
export async function runToEnd(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramEnd> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: lifeMsMax,
  })
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { code: code as number | null, stdout, stderr }
}
