/** Runs a submission's client: starts it, types, reads what it prints, and ends all of it. */
import { holdingClock, sleep } from '../../base/index.ts'
import type { CheckEvidence } from '../submission/evidence.ts'
import { type Launched, launch, listStarted, printingAtOnce } from '../submission/launch.ts'
import { cpuMsOf, hasProc, sendSignal } from '../submission/processes.ts'

/** The output that is kept, in characters. */
const outputMax = 2 ** 20

const traces = [
  /Traceback \(most recent call last\)/,
  /^\s+at [\w$.<> ]+ ?\(.*:\d+(?::\d+)?\)/m,
  /^\s+at (?:async )?(?:file:|node:|\/)\S+:\d+:\d+/m,
  /Exception in thread "/,
  /^(?:thread '.*' panicked at|panic: |goroutine \d+ \[)/m,
  /^Uncaught /m,
  /Segmentation fault|core dumped|stack smashing detected|AddressSanitizer/,
  / at \S+\.pl line \d+/,
  /\.rb:\d+:in /,
]

export interface ClientEnd {
  readonly exitCode: number | null
  readonly signal: string | null
}

export class ClientProcess {
  readonly #child: Launched['child']
  readonly #mark: string
  readonly #watch: Launched['watch']
  readonly #evidence: () => CheckEvidence
  #output = ''
  #isClosed = false

  constructor(command: string, folder: string, evidence: () => CheckEvidence) {
    this.#evidence = evidence
    const { child, mark, watch } = launch(printingAtOnce(command), folder, {}, 'pipe')
    this.#child = child
    this.#mark = mark
    this.#watch = watch
    this.#child.stdin?.on('error', () => {})
    this.#child.once('close', () => (this.#isClosed = true))
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      const decoder = new TextDecoder()
      stream?.on('data', (data: Buffer) => this.#receive(data, decoder))
    }
    evidence().note(`the client is started: ${command}`)
  }

  #receive(data: Buffer, decoder: TextDecoder): void {
    this.#evidence().add('screen', 'received', data)
    this.#output += decoder.decode(data, { stream: true })
    if (this.#output.length > outputMax) void this.#watch.kill()
  }

  /** All that it has printed so far. */
  get output(): string {
    return this.#output
  }

  /** How it ended; null while it runs. All of its output has come. */
  get end(): ClientEnd | null {
    const { exitCode, signalCode } = this.#child
    return this.#isClosed ? { exitCode, signal: signalOf(exitCode, signalCode) } : null
  }

  /** The first line of a crash that its language reports; null if it printed none. */
  get trace(): string | null {
    for (const pattern of traces) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match[0].trim()
    }
    return this.#output.length > outputMax ? 'more than a million characters' : null
  }

  /** Types one line. */
  type(line: string): void {
    const bytes = Buffer.from(`${line}\n`)
    this.#evidence().add('keyboard', 'sent', bytes)
    this.#child.stdin?.write(bytes)
  }

  /** Ends its standard input, as Ctrl-D does. */
  endInput(): void {
    this.#evidence().note('end of input')
    this.#child.stdin?.end()
  }

  /** As Ctrl-C does: a signal to all processes of its group. */
  interrupt(): void {
    this.#evidence().note('SIGINT')
    const { pid, exitCode } = this.#child
    if (pid !== undefined && exitCode === null) sendSignal(-pid, 'SIGINT')
  }

  /** Whether it ends within `ms`. */
  async ended(ms: number): Promise<boolean> {
    return this.until(ms, () => this.end !== null)
  }

  /** Looks again and again until `isDone` or until `ms` are over. Returns whether it is done. */
  async until(ms: number, isDone: () => boolean): Promise<boolean> {
    const limit = holdingClock.now() + ms
    while (!isDone()) {
      if (holdingClock.now() >= limit) return false
      await sleep(holdingClock, 5)
    }
    return true
  }

  /** The share of a processor that it uses during `ms`; null where the system does not say. */
  async cpuShare(ms: number): Promise<number | null> {
    if (!hasProc) return null
    const pids = listStarted(this.#mark)
    const before = cpuMsOf(pids)
    await sleep(holdingClock, ms)
    return (cpuMsOf(pids) - before) / ms
  }

  /** Why the grader has ended it; null if it has not. */
  get brokenLimit(): string | null {
    return this.#watch.broken
  }

  /** Ends all of its processes. Idempotent. */
  async kill(): Promise<void> {
    await this.#watch.kill()
    await this.ended(5_000)
  }
}

/** A shell reports the signal that ended its program as an exit code above 128. */
function signalOf(exitCode: number | null, signal: string | null): string | null {
  if (signal !== null) return signal
  return exitCode !== null && exitCode > 128 && exitCode < 160 ? `signal ${exitCode - 128}` : null
}
