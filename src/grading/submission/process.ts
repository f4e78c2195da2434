/** Runs a submission's server: builds it, starts it, watches what it uses, and ends all of it. */
import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { holdingClock, sleep, within } from '../../base/index.ts'
import { findFreePort, isListening } from '../../base/node/index.ts'
import type { Start } from '../description/description.ts'
import type { SubmissionAddress } from './connection.ts'
import { CannotGrade } from './mistake.ts'
import {
  describeEnd,
  explain,
  type Launched,
  launch,
  listStarted,
  printingAtOnce,
  signalAll,
  terminalOf,
} from './launch.ts'
import { hasProc, listListeners } from './processes.ts'

/** The time for a build, in ms. */
const buildMs = 120_000
/** The time until a server accepts connections, in ms. */
const startMs = 15_000
/** The time after which a server that listens on another port is believed to stay there, in ms. */
const elsewhereMs = 3_000
/** How many free ports are tried until one is not in use. */
const attemptsMax = 3

interface StartOptions {
  readonly host: string | null
  readonly port?: number
  /** Whether somebody plays at its keyboard. */
  readonly hasKeyboard: boolean
}

export class SubmissionProcess {
  readonly address: SubmissionAddress
  /** Its keyboard and its screen; null if nobody plays there. */
  readonly terminal: Duplex | null
  readonly #child: ChildProcess
  readonly #mark: string
  readonly #output: Launched['output']
  readonly #watch: Launched['watch']

  private constructor({ child, mark, output, watch }: Launched, address: SubmissionAddress, terminal: Duplex | null) {
    this.#child = child
    this.#mark = mark
    this.#output = output
    this.#watch = watch
    this.address = address
    this.terminal = terminal
  }

  /** @throws CannotGrade if it does not listen in time. */
  static async start(start: Start, folder: string, options: StartOptions): Promise<SubmissionProcess> {
    const chosen = options.port ?? start.port
    if (chosen !== null) return SubmissionProcess.#startOn(start, folder, { ...options, port: chosen })
    // A port that nobody listens on may still be in use by connections that were closed a moment ago.
    for (let attempt = 1; ; attempt++)
      try {
        return await SubmissionProcess.#startOn(start, folder, { ...options, port: await findFreePort() })
      } catch (cause) {
        if (attempt === attemptsMax || !/in use|EADDRINUSE/i.test(String(cause))) throw cause
      }
  }

  static async #startOn(
    start: Start,
    folder: string,
    { host, port, hasKeyboard }: Required<StartOptions>,
  ): Promise<SubmissionProcess> {
    const fill = (text: string): string => text.replaceAll('{port}', `${port}`)
    const command = fill(start.command)
    const launched = launch(
      hasKeyboard ? printingAtOnce(command) : command,
      folder,
      { PORT: `${port}` },
      hasKeyboard || start.input.length > 0 ? 'pipe' : 'ignore',
    )
    const terminal = hasKeyboard ? terminalOf(launched.child) : null
    launched.child.stdin?.on('error', () => {})
    for (const line of start.input) launched.child.stdin?.write(`${fill(line)}\n`)
    const address = await waitUntilReady({ ...launched, start, port, host }).catch(async (cause: unknown) => {
      await launched.watch.kill()
      throw cause
    })
    return new SubmissionProcess(launched, address, terminal)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** How it ended and what it printed last, as a clause; null while it runs. */
  get end(): string | null {
    if (this.brokenLimit !== null) return this.brokenLimit
    return this.hasEnded ? describeEnd(this.#child, this.#output) : null
  }

  /** Why the grader has ended it; null if it has not. */
  get brokenLimit(): string | null {
    return this.#watch.broken
  }

  get output(): string {
    return this.#output.tail
  }

  /** The processes of the submission; empty where the system does not say. */
  get pids(): readonly number[] {
    return listStarted(this.#mark)
  }

  /** Sends a signal to all of its processes. Returns whether they end within `ms`. */
  async stop(signal: 'SIGTERM' | 'SIGKILL', ms: number): Promise<boolean> {
    this.#watch.cancel()
    signalAll(this.#child, this.#mark, signal)
    const end = holdingClock.now() + ms
    while (holdingClock.now() < end) {
      if (this.hasEnded && this.pids.length === 0) return true
      await sleep(holdingClock, 10)
      // One that forks may have begun another process meanwhile.
      if (signal === 'SIGKILL') signalAll(this.#child, this.#mark, signal)
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
  const { child, output, watch } = launch(command, folder, {})
  await within(holdingClock, buildMs, ended(child))
  watch.cancel()
  if (child.exitCode === 0) return
  await watch.kill()
  const why =
    watch.broken ??
    (child.exitCode === null && child.signalCode === null
      ? `it did not end within ${buildMs / 1_000} s${output.describe()}`
      : describeEnd(child, output))
  throw new CannotGrade(`the build failed: ${command}: ${why}`)
}

const ended = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once('exit', resolve)
    child.once('error', resolve)
  })

interface Starting extends Launched {
  readonly start: Start
  readonly port: number
  readonly host: string | null
}

async function waitUntilReady(starting: Starting): Promise<SubmissionAddress> {
  const { child, start, mark, output, watch, port, host } = starting
  const end = holdingClock.now() + startMs
  const ready = start.ready === null ? null : new RegExp(start.ready, 'm')
  let elsewhereSince = Infinity
  while (holdingClock.now() < Math.min(end, elsewhereSince + elsewhereMs)) {
    const listeners = listListeners(listStarted(mark))
    const listener = listeners.find((each) => each.port === port)
    if (listener === undefined && listeners.length > 0) elsewhereSince = Math.min(elsewhereSince, holdingClock.now())
    else elsewhereSince = Infinity
    const accepts = hasProc ? listener !== undefined : await isListening({ host: host ?? '127.0.0.1', port })
    if (accepts && (ready === null || ready.test(output.tail)))
      return { host: host ?? listener?.host ?? '127.0.0.1', port }
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    const why = watch.broken ?? (hasEnded ? describeEnd(child, output) : null)
    if (why !== null)
      throw new CannotGrade(`the server did not start${noSuchAddress.test(why) ? addressAdvice : ''}: ${why}`)
    await sleep(holdingClock, 10)
  }
  throw new CannotGrade(whyNotReady(starting))
}

/** What an address that the machine does not have needs: the sandbox can give it to its own network. */
const noSuchAddress = /EADDRNOTAVAIL|annot assign requested address/
const addressAdvice =
  ': it listens on an address that this machine does not have; write it into the description as `address`, and the sandbox gives it to the server'

function whyNotReady({ start, mark, output, port }: Starting): string {
  const elsewhere = listListeners(listStarted(mark))
  if (elsewhere.some((each) => each.port === port))
    return `the server listens, but printed no line that matches start.ready (${start.ready}) within ${startMs / 1_000} s${output.describe()}`
  if (elsewhere.length > 0)
    return `the server listens on port ${elsewhere.map((each) => each.port).join(', ')} instead of ${port}: use {port} in start.command, or set start.port to the port in the source`
  return `the server did not listen on port ${port} within ${startMs / 1_000} s${explain(null, output.tail)}${output.describe()}`
}
