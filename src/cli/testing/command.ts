/** `oxo` in a process of its own, as people and scripts start it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url))

/** What is passed on; anything else may set a flag (`OXO_`), or what a library makes of a terminal (`CI`, `FORCE_COLOR`). */
const inherited: readonly string[] = ['PATH', 'HOME', 'TMPDIR']

export function environment(own: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])), ...own }
}

export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [mainFile, ...args], { env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs a command to its end, with `input` to read. */
export async function run(
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<Ended> {
  const child = start(args, env)
  child.stdin.on('error', () => {}).end(input)
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}
