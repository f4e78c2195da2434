/** Runs a submission's server: builds it, starts it, watches what it uses, and ends all of it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { holdingClock, sleep, within } from '../../base/index.ts'
import type { Start } from '../description/description.ts'
import type { SubmissionAddress } from './connection.ts'
import { CannotGrade } from './mistake.ts'
import { hasProc, listListeners, listMarked, memoryMib } from './processes.ts'

/** The time for a build, in ms. */
const buildMs = 120_000
/** The time until a server accepts connections, in ms. */
const startMs = 15_000
const outputKept = 4_096
/** What a submission may use; above it, it is ended. */
export const submissionLimits = { outputBytes: 256 * 2 ** 20, memoryMib: 2_048, processes: 64 } as const
const watchMs = 250

const variable = 'OXO_GRADED'
let started = 0

export class SubmissionProcess {
  readonly address: SubmissionAddress
  readonly #child: ChildProcess
  readonly #mark: string
  readonly #output: Output
  /** Why the grader has ended it; null if it has not. */
  #verdict: string | null = null
  #watch = { cancel: (): void => {} }

  private constructor(child: ChildProcess, mark: string, output: Output, address: SubmissionAddress) {
    this.#child = child
    this.#mark = mark
    this.#output = output
    this.address = address
    this.#watchLimits()
  }

  /** @throws CannotGrade if it does not listen in time. */
  static async start(
    start: Start,
    folder: string,
    { host, port: fixed }: { readonly host: string | null; readonly port?: number },
  ): Promise<SubmissionProcess> {
    const port = fixed ?? start.port ?? (await findFreePort())
    const mark = `${process.pid}-${++started}`
    const output = new Output()
    const child = launch(start.command.replaceAll('{port}', `${port}`), folder, { [variable]: mark, PORT: `${port}` })
    output.read(child)
    const address = await waitUntilReady({ child, start, mark, output, port, host }).catch((cause: unknown) => {
      killAll(child, mark, 'SIGKILL')
      throw cause
    })
    return new SubmissionProcess(child, mark, output, address)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** How it ended and what it printed last, as a clause; null while it runs. */
  get end(): string | null {
    if (this.#verdict !== null) return this.#verdict
    return this.hasEnded ? describeEnd(this.#child, this.#output) : null
  }

  get output(): string {
    return this.#output.tail
  }

  /** The processes of the submission; empty where the system does not say. */
  get pids(): readonly number[] {
    return listOf(this.#child, this.#mark)
  }

  /** Ends a submission that uses too much, so that it cannot stop the grader. */
  #watchLimits(): void {
    const look = (): void => {
      if (this.hasEnded) return
      const { pids } = this
      const reason =
        pids.length > submissionLimits.processes
          ? `it started more than ${submissionLimits.processes} processes`
          : memoryMib(pids) > submissionLimits.memoryMib
            ? `it used more than ${submissionLimits.memoryMib} MiB of memory`
            : this.#output.bytes > submissionLimits.outputBytes
              ? `it printed more than ${submissionLimits.outputBytes / 2 ** 20} MiB`
              : null
      if (reason !== null) {
        this.#verdict = reason
        killAll(this.#child, this.#mark, 'SIGKILL')
      } else this.#watch = holdingClock.after(watchMs, look)
    }
    this.#watch = holdingClock.after(watchMs, look)
  }

  /** Sends a signal to all of its processes. Returns whether they end within `ms`. */
  async stop(signal: 'SIGTERM' | 'SIGKILL', ms: number): Promise<boolean> {
    this.#watch.cancel()
    killAll(this.#child, this.#mark, signal)
    const end = holdingClock.now() + ms
    while (holdingClock.now() < end) {
      if (this.hasEnded && this.pids.length === 0) return true
      await sleep(holdingClock, 10)
    }
    return false
  }

  /** Ends all of its processes. Idempotent. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL', 5_000)
  }
}

/** Runs the build of a submission. @throws CannotGrade with the end of its output. */
export async function build(command: string, folder: string): Promise<void> {
  const mark = `${process.pid}-${++started}`
  const child = launch(command, folder, { [variable]: mark })
  const output = new Output()
  output.read(child)
  await within(holdingClock, buildMs, ended(child))
  if (child.exitCode === 0) return
  killAll(child, mark, 'SIGKILL')
  const why =
    child.exitCode === null ? `did not end within ${buildMs / 1_000} s` : `ended with exit code ${child.exitCode}`
  throw new CannotGrade(`the build ${why}: ${command}${output.describe()}`)
}

function launch(command: string, folder: string, environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn('/bin/sh', ['-c', command], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Python keeps its output back while it is no terminal, so that a failure would have no words.
    env: { ...process.env, PYTHONUNBUFFERED: '1', ...environment },
  })
}

const ended = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once('close', resolve)
    child.once('error', resolve)
  })

/** The processes of a submission; none where the system does not say. */
function listOf({ pid }: ChildProcess, mark: string): readonly number[] {
  return hasProc && pid !== undefined ? listMarked(variable, mark, pid) : []
}

function killAll(child: ChildProcess, mark: string, signal: 'SIGTERM' | 'SIGKILL'): void {
  const targets = [...(child.pid === undefined || child.exitCode !== null ? [] : [-child.pid]), ...listOf(child, mark)]
  for (const target of targets)
    try {
      process.kill(target, signal)
    } catch {
      // It has ended meanwhile.
    }
}

/** What a process printed: counted, and kept from the end. */
class Output {
  tail = ''
  bytes = 0

  read({ stdout, stderr }: ChildProcess): void {
    for (const stream of [stdout, stderr])
      stream?.on('data', (data: Buffer) => {
        this.bytes += data.length
        this.tail = (this.tail + data.subarray(-outputKept).toString('utf8')).slice(-outputKept)
      })
  }

  describe(): string {
    const text = this.tail.trim()
    return text === '' ? '; it printed nothing' : `; it printed at the end:\n${text}`
  }
}

function describeEnd({ exitCode, signalCode }: ChildProcess, output: Output): string {
  return `it ended ${signalCode === null ? `with exit code ${exitCode}` : `by ${signalCode}`}${output.describe()}`
}

interface Starting {
  readonly child: ChildProcess
  readonly start: Start
  readonly mark: string
  readonly output: Output
  readonly port: number
  readonly host: string | null
}

async function waitUntilReady({ child, start, mark, output, port, host }: Starting): Promise<SubmissionAddress> {
  const end = holdingClock.now() + startMs
  const ready = start.ready === null ? null : new RegExp(start.ready, 'm')
  while (holdingClock.now() < end) {
    const listener = hasProc ? listListeners(listOf(child, mark)).find((each) => each.port === port) : undefined
    const isListening = hasProc ? listener !== undefined : await accepts({ host: host ?? '127.0.0.1', port })
    if (isListening && (ready === null || ready.test(output.tail)))
      return { host: host ?? listener?.host ?? '127.0.0.1', port }
    if (child.exitCode !== null || child.signalCode !== null)
      throw new CannotGrade(`the server did not start: ${describeEnd(child, output)}`)
    await sleep(holdingClock, 10)
  }
  const elsewhere = hasProc ? listListeners(listOf(child, mark)) : []
  const ports = elsewhere.map((each) => each.port).join(', ')
  if (elsewhere.some((each) => each.port === port))
    throw new CannotGrade(
      `the server listens, but printed no line that matches start.ready (${start.ready}) within ${startMs / 1_000} s${output.describe()}`,
    )
  if (ports !== '')
    throw new CannotGrade(
      `the server listens on port ${ports} instead of ${port}: use {port} in start.command, or set start.port to the port in the source`,
    )
  throw new CannotGrade(`the server did not listen on port ${port} within ${startMs / 1_000} s${output.describe()}`)
}

async function accepts(address: SubmissionAddress): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(address)
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  const isAccepted = await promise
  socket.destroy()
  return isAccepted
}

async function findFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
  })
  return await promise
}
