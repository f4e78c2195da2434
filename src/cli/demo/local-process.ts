/** A program of a local cluster in a separate process, which can be killed, paused and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { holdingClock, sleep } from '../../base/index.ts'

export interface LocalProcessOptions {
  readonly name: string
  /** Where clients connect. */
  readonly url: string
  readonly command: readonly string[]
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** The file to which the program's stderr is appended. */
  readonly log: string
  /** The URL that answers 200 once the program serves. */
  readonly health: string
}

/** In ms; longer than a start, or an election, on a loaded machine. */
const startMsMax = 60_000
/** How long a program may take to end after SIGTERM, in ms. */
const stopMsMax = 10_000

export class LocalProcess {
  readonly name: string
  readonly url: string
  readonly #options: LocalProcessOptions
  #child: ChildProcess | null = null
  #gone: Promise<unknown> = Promise.resolve()
  #isReady = false
  #isFrozen = false

  constructor(options: LocalProcessOptions) {
    this.name = options.name
    this.url = options.url
    this.#options = options
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get state(): 'gone' | 'frozen' | 'starting' | 'running' {
    if (!this.isRunning) return 'gone'
    if (this.#isFrozen) return 'frozen'
    return this.#isReady ? 'running' : 'starting'
  }

  get log(): string {
    return readFileSync(this.#options.log, 'utf8')
  }

  /** Resolves when the process that was started last has ended. */
  get gone(): Promise<unknown> {
    return this.#gone
  }

  /** Resolves when the process runs; {@link ready} waits until it serves. */
  async start(): Promise<void> {
    const { command, env, log } = this.#options
    const [program = '', ...args] = command
    const stderr = openSync(log, 'a')
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', stderr], env: { ...process.env, ...env } })
    closeSync(stderr)
    this.#child = child
    this.#isReady = false
    this.#isFrozen = false
    this.#gone = new Promise((resolve) => child.once('exit', resolve))
    await once(child, 'spawn')
  }

  /** Resolves when it reports that it serves. @throws Error with its log, after a timeout or if it has ended */
  async ready(): Promise<void> {
    const late = holdingClock.now() + startMsMax
    while (!(await this.isHealthy())) {
      if (holdingClock.now() > late || !this.isRunning)
        throw new Error(`${this.name} is not ready:\n${this.log.slice(-10_000)}`)
      await sleep(holdingClock, 50)
    }
    this.#isReady = true
  }

  async isHealthy(): Promise<boolean> {
    try {
      return (await fetch(this.#options.health, { signal: AbortSignal.timeout(1_000) })).ok
    } catch {
      return false
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** Suspends the process: it keeps its connections and does nothing. */
  freeze(): void {
    this.#isFrozen = true
    this.signal('SIGSTOP')
  }

  thaw(): void {
    this.#isFrozen = false
    this.signal('SIGCONT')
  }

  /** Resolves when the process has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    // A process that was suspended by SIGSTOP handles no SIGTERM before this.
    this.signal('SIGCONT')
    this.signal(signal)
    const timer = holdingClock.after(stopMsMax, () => this.signal('SIGKILL'))
    await this.#gone
    timer.cancel()
  }
}
