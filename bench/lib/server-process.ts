/** A server under measurement: starts it, waits for its port, measures it from outside, stops it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { readResident } from './usage.ts'

export interface ServerCommand {
  readonly pin: readonly string[]
  readonly args: readonly string[]
  /** Needed for `memory`, which collects garbage first. Costs nothing on the hot path, but is off when speed is measured. */
  readonly probe?: boolean
}

/** In bytes, after a garbage collection. */
export interface Memory {
  /** Resident memory less the free space of the collector: up to 32 MiB for new objects, which depend on load, not on stored state. */
  readonly resident: number
  /** The used heaps of all threads, including buffers. Garbage is collected first in the main thread only. */
  readonly heap: number
}

/** The probe's answer, in bytes. */
interface Answer {
  readonly held: number
  readonly free: number
}

const startMsMax = 60_000
const stopMsMax = 15_000
const probe = new URL('probe.ts', import.meta.url).pathname

export class MeasuredServer implements AsyncDisposable {
  readonly port: number
  /** Time from the spawn until the server printed that it listens, in ms. */
  readonly startMs: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#child = child
    this.port = port
    this.startMs = startMs
  }

  static async start(command: ServerCommand): Promise<MeasuredServer> {
    const flags = command.probe === true ? ['--expose-gc', '--import', probe] : []
    const [file = '', ...args] = [...command.pin, process.execPath, ...flags, ...command.args]
    const begun = performance.now()
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...(command.probe === true ? ['ipc' as const] : [])],
    })
    const port = await readPort(child)
    return new MeasuredServer(child, port, performance.now() - begun)
  }

  /** The server's own process id: `taskset` replaces itself by the server. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Requires `probe`. */
  async memory(): Promise<Memory> {
    const answer = new Promise<Answer>((resolve) =>
      this.#child.once('message', (message) => resolve(message as unknown as Answer)),
    )
    this.#child.send('memory')
    const { held, free } = await answer
    return { heap: held, resident: readResident(this.pid) - free }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMsMax)
    this.#child.kill('SIGTERM')
    await gone
    clearTimeout(timer)
  }
}

/** @throws Error with the server's output, if it ends or prints no port in time */
function readPort(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let output = ''
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    reject(new Error(`the server did not listen within ${startMsMax} ms: ${output}`))
  }, startMsMax)
  child.stderr?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)))
  if (child.stdout !== null)
    createInterface(child.stdout).on('line', (line) => {
      const port = /listening on http:\/\/.*:(\d+)/.exec(line)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve(Number(port))
    })
  child.once('exit', () => {
    clearTimeout(timer)
    reject(new Error(`the server ended: ${output}`))
  })
  return promise
}
