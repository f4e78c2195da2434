/** One process of the local cluster: a NATS server or a node, which may be killed and starts again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { setTimeout as pass } from 'node:timers/promises'

export interface PartOptions {
  /** 'node 1', 'nats 2'. */
  readonly name: string
  readonly url: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly log: string
  /** What answers 200 once it serves. */
  readonly health: string
}

/** Longer than a start on a loaded machine. */
const startMsMax = 60_000

/** Hears what becomes of a part. */
export interface PartHost {
  started(part: Part, pid: number): void
  /** `asked`: by this program. */
  ended(part: Part, pid: number, asked: boolean): void
}

export class Part {
  readonly options: PartOptions
  readonly #host: PartHost
  #child: ChildProcess | null = null
  #gone: Promise<unknown> = Promise.resolve()
  #isStopping = false

  constructor(options: PartOptions, host: PartHost) {
    this.options = options
    this.#host = host
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /** Resolves when it serves. @throws Error */
  async start(): Promise<void> {
    const { command, env, log, name, health, url } = this.options
    // What answers there would be taken for this one.
    if (await isHealthy(health)) throw new Error(`${url} is in use: stop what serves there, or say --port 0`)
    const [program = '', ...args] = command
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } })
    this.#child = child
    this.#gone = once(child, 'exit')
    child.stderr.pipe(createWriteStream(log, { flags: 'a' }))
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    this.#host.started(this, pid)
    void this.#gone.then(() => {
      this.#child = null
      this.#host.ended(this, pid, this.#isStopping)
    })
    const late = performance.now() + startMsMax
    while (!(await isHealthy(health))) {
      if (this.#isStopping) return
      if (this.#child === null) throw new Error(`${name} ended before it served: see ${log}`)
      if (performance.now() > late) throw new Error(`${name} does not serve: see ${log}`)
      await pass(100)
    }
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child === null) return
    // A part that was stopped by SIGSTOP hears nothing else.
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), 5_000)
    await this.#gone
    clearTimeout(timer)
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}
