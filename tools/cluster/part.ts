/** One process of the local cluster, a NATS server or a node. It can be started again after it was killed. */
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
  /** The URL that answers 200 once the process serves. */
  readonly health: string
}

/** In ms; longer than a start on a loaded machine. */
const startMsMax = 60_000

/** Is notified when a part starts and ends. */
export interface PartHost {
  started(part: ClusterPart, pid: number): void
  /** @param asked Whether this program stopped it. */
  ended(part: ClusterPart, pid: number, asked: boolean): void
}

export class ClusterPart {
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

  /** Resolves when it serves. @throws Error if its address is in use, or it does not serve in time */
  async start(): Promise<void> {
    const { command, env, log, name, health, url } = this.options
    // Another server at this address would be taken for this part.
    if (await isHealthy(health))
      throw new Error(`${url} is already in use: stop the server there, or choose free ports with --port 0`)
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
      if (this.#child === null) throw new Error(`${name} ended before it was ready: see ${log}`)
      if (performance.now() > late) throw new Error(`${name} is not ready after ${startMsMax / 1_000} s: see ${log}`)
      await pass(100)
    }
  }

  /** Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child === null) return
    // A process that was suspended by SIGSTOP handles no SIGTERM before this.
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
