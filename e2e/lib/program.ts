/** Runs a program until it ends. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type CommandEnd, endOf } from '../../src/cli/testing/command.ts'

/** Longer than any program of the tests needs on a loaded machine. */
const lifeMsMax = 30_000

/**
 * Runs the command in the root of the repository. Adds `env` to the environment. @throws if there is no such program.
 */
export async function runToEnd(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandEnd> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: lifeMsMax,
  })
  return endOf(child)
}
