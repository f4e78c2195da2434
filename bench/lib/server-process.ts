/** A server under measurement: started, awaited, measured from outside, stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { readResident } from './usage.ts'

export interface ServerCommand {
  readonly pin: readonly string[]
  readonly args: readonly string[]
  /** Lets `memory` collect garbage first. Costs nothing on the hot path, but stays off where speed is measured. */
  readonly probe?: boolean
}

/** In bytes, after a garbage collection. */
export interface Memory {
  /** Less what the collector keeps free: up to 32 MiB for new objects, which come with load and not with what is kept. */
  readonly resident: number
  /** What is in the heaps of all threads, buffers included. Only the main thread's is collected first. */
  readonly heap: number
}

/** Of the probe, in bytes. */
interface Answer {
  readonly held: number
  readonly free: number
}

const startMsMax = 60_000
const stopMsMax = 15_000
const probe = new URL('probe.ts', import.meta.url).pathname

export class ServerProcess implements AsyncDisposable {
  readonly port: number
  /** From the spawn until it said that it listens. */
  readonly startMs: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#child = child
    this.port = port
    this.startMs = startMs
  }

  static async start(command: ServerCommand): Promise<ServerProcess> {
    const flags = command.probe === true ? ['--expose-gc', '--import', probe] : []
    const [file = '', ...args] = [...command.pin, process.execPath, ...flags, ...command.args]
    const begun = performance.now()
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...(command.probe === true ? ['ipc' as const] : [])],
    })
    const port = await readPort(child)
    return new ServerProcess(child, port, performance.now() - begun)
  }

  /** `taskset` becomes the server: the id is the server's own. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Needs the probe. */
  async memory(): Promise<Memory> {
    const answer = new Promise<Answer>((resolve) =>
      this.#child.once('message', (said) => resolve(said as unknown as Answer)),
    )
    this.#child.send('memory')
    const { held, free } = await answer
    return { heap: held, resident: readResident(this.pid) - free }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), stopMsMax)
    this.#child.kill('SIGTERM')
    await gone
    clearTimeout(patience)
  }
}

/** @throws with what the server said, if it ends or stays silent. */
function readPort(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let said = ''
  const patience = setTimeout(() => {
    child.kill('SIGKILL')
    reject(new Error(`the server did not listen within ${startMsMax} ms: ${said}`))
  }, startMsMax)
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  if (child.stdout !== null)
    createInterface(child.stdout).on('line', (line) => {
      const port = /listening on http:\/\/.*:(\d+)/.exec(line)?.[1]
      if (port === undefined) return
      clearTimeout(patience)
      resolve(Number(port))
    })
  child.once('exit', () => {
    clearTimeout(patience)
    reject(new Error(`the server ended: ${said}`))
  })
  return promise
}
