/** Runs `oxo` in a process of its own, as people and scripts start it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'

export interface CommandEnd {
  /** Null if a signal ended the process. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The script to run. `npm test` sets it to the built program, which starts faster; by default it is the sources. */
export const mainFile = fileURLToPath(
  new URL(
    process.env['OXO_PROGRAM'] === undefined ? '../main.ts' : `../../../${process.env['OXO_PROGRAM']}`,
    import.meta.url,
  ),
)

/**
 * The inherited variables; others could set flags (`OXO_…`) or change how libraries see the terminal (`CI`,
 * `FORCE_COLOR`).
 */
const inherited: readonly string[] = ['PATH', 'HOME', 'TMPDIR']

/** Commands share their compiled code, so that each starts in less time. `npm test` deletes it first. */
const compiled = { NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../coverage/compiled', import.meta.url)) }

export function environment(own: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])), ...compiled, ...own }
}

export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [mainFile, ...args], { env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs a command to its end, with `input` as standard input. */
export async function run(
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<CommandEnd> {
  const child = start(args, env)
  child.stdin.on('error', () => {}).end(input)
  return endOf(child)
}

/** Resolves when the process has ended and its output is complete. */
export async function endOf(child: ChildProcessByStdio<Writable | null, Readable, Readable>): Promise<CommandEnd> {
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}
