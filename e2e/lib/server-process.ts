/** A server in a separate process, which can be paused and killed. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../..')

/** Timeout of a start; generous for a loaded machine. */
const startMsMax = 60_000

/**
 * The script to run. `npm test` sets it to the built program; by default it is the sources, which are never outdated.
 */
export const program = process.env['OXO_PROGRAM'] ?? 'src/cli/main.ts'

/** Takes some flags of `oxo serve`, and `--plant`. */
export const plantedServer = 'e2e/lib/planted-server.ts'

export interface StartOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** A command prefix that runs the server, for example strace. */
  readonly under?: readonly string[]
  /** Whether the program answers {@link ServerProcess.ask}. */
  readonly isAsked?: boolean
}

/** `oxo serve` on a free port, with its journal in `file` and without the limits that would hinder tests. */
export function serveCommand(file: string, ...more: readonly string[]): readonly string[] {
  const flags = ['--port', '0', '--journal', `sqlite:${file}`, '--no-pages', '--log-level', 'silent']
  const unlimited = ['--rate-limit', '0', '--connections-per-address', '0']
  return [program, 'serve', ...flags, ...unlimited, ...more]
}

/** The server with the planted bug `bug`, with its journal in `file`. */
export function plantedCommand(bug: string, file: string): readonly string[] {
  return [plantedServer, '--plant', bug, '--journal', `sqlite:${file}`]
}

export class ServerProcess implements AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Time from the spawn until it printed that it listens, in ms. */
  readonly startMs: number
  readonly #child: ChildProcess
  readonly #complaints: readonly string[]

  private constructor(child: ChildProcess, complaints: readonly string[], url: URL, startMs: number) {
    this.#child = child
    this.#complaints = complaints
    this.host = url.hostname
    this.port = Number(url.port)
    this.startMs = startMs
  }

  /** `command`: a script and its arguments, from the root. Resolves when the server listens. @throws if it does not. */
  static async start(command: readonly string[], options: StartOptions = {}): Promise<ServerProcess> {
    const { env = {}, under = [], isAsked = false } = options
    const [program = process.execPath, ...args] = [...under, process.execPath, ...command]
    const begun = performance.now()
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(isAsked ? ['ipc' as const] : [])],
    })
    const complaints: string[] = []
    const { stdout, stderr } = child
    assert.ok(stdout !== null && stderr !== null)
    stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
    const closed = once(child, 'close')
    const timer = setTimeout(() => child.kill('SIGKILL'), startMsMax)
    for await (const line of createInterface(stdout)) {
      const url = /listening on (http:\S+)/.exec(line)?.[1]
      if (url === undefined) continue
      clearTimeout(timer)
      stdout.resume()
      return new ServerProcess(child, complaints, new URL(url), performance.now() - begun)
    }
    await closed
    clearTimeout(timer)
    throw new Error(`the server did not start:\n${complaints.join('')}`)
  }

  get url(): string {
    return `http://${this.host}:${this.port}`
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The output on stderr. */
  get complaints(): string {
    return this.#complaints.join('')
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves with the exit code when the process has ended by itself. @throws after `timeoutMs`. */
  async ended(timeoutMs: number): Promise<number | null> {
    if (this.isRunning) await once(this.#child, 'close', { signal: AbortSignal.timeout(timeoutMs) })
    return this.#child.exitCode
  }

  /** Resolves with the exit code when the process has ended; null if a signal ended it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.isRunning) {
      const gone = once(this.#child, 'exit')
      this.#child.kill(signal)
      await gone
    }
    return this.#child.exitCode
  }

  /** Pauses the process with SIGSTOP. Resolves when all of its threads have stopped. */
  async stop(): Promise<void> {
    this.#child.kill('SIGSTOP')
    while (!this.#status('State').startsWith('T')) await new Promise(setImmediate)
  }

  /** Resident memory in MiB: now, or the most so far. */
  residentMib(when: 'now' | 'peak'): number {
    return Number.parseInt(this.#status(when === 'now' ? 'VmRSS' : 'VmHWM'), 10) / 1_024
  }

  continue(): void {
    this.#child.kill('SIGCONT')
  }

  /** Sends a message to the program and resolves with its next message. Requires `isAsked`. */
  async ask(message: string): Promise<unknown> {
    const answered = once(this.#child, 'message')
    this.#child.send(message)
    return (await answered)[0]
  }

  #status(name: string): string {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    return new RegExp(`^${name}:\\s+(.*)`, 'm').exec(text)?.[1] ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
