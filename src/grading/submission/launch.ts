/** Runs a command of a submission: marks all that it starts, keeps what it prints, and ends it if it uses too much. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Duplex } from 'node:stream'
import { holdingClock, sleep } from '../../base/index.ts'
import { hasProc, listMarked, memoryMib, sendSignal } from './processes.ts'

const outputKept = 4_096
const linesShown = 16
/** What a submission may use; above it, it is ended. */
const submissionLimits = { outputBytes: 64 * 2 ** 20, memoryMib: 2_048, processes: 64 } as const
const watchMs = 250

const variable = 'OXO_GRADED'
let started = 0

export interface Launched {
  readonly child: ChildProcess
  readonly mark: string
  readonly output: Output
  readonly watch: LimitWatch
}

export function launch(
  command: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
  stdin: 'ignore' | 'pipe' = 'ignore',
): Launched {
  const mark = `${process.pid}-${++started}`
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: folder,
    detached: true,
    stdio: [stdin, 'pipe', 'pipe'],
    // Python keeps its output back while it is no terminal, so that a failure would have no words.
    env: { ...process.env, PYTHONUNBUFFERED: '1', [variable]: mark, ...environment },
  })
  const output = new Output(child)
  return { child, mark, output, watch: new LimitWatch(child, mark, output) }
}

/** Standard libraries of C keep output back while it goes to a pipe. This makes them write at once. */
const unbuffered = '/usr/bin/stdbuf'
const quote = (command: string): string => `'${command.replaceAll("'", `'\\''`)}'`

/** The command, so that what it prints comes at once. */
export const printingAtOnce = (command: string): string =>
  existsSync(unbuffered) ? `exec ${unbuffered} -o0 /bin/sh -c ${quote(command)}` : command

/** The keyboard and the screen of a command as one stream. */
export function terminalOf({ stdin, stdout }: ChildProcess): Duplex {
  const terminal = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _, done) => {
      if (stdin?.writable === true) stdin.write(chunk)
      done()
    },
  })
  stdin?.on('error', () => {})
  stdout?.on('data', (data: Buffer) => terminal.push(data))
  stdout?.once('close', () => terminal.push(null))
  return terminal
}

export function signalAll(child: ChildProcess, mark: string, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid !== undefined && child.exitCode === null) sendSignal(-child.pid, signal)
  for (const pid of listStarted(mark)) sendSignal(pid, signal)
}

/** Ends a command that uses too much, so that it cannot stop the grader. */
class LimitWatch {
  /** The limit that was broken, as a clause. */
  broken: string | null = null
  readonly #child: ChildProcess
  readonly #mark: string
  readonly #output: Output
  #next = { cancel: (): void => {} }

  constructor(child: ChildProcess, mark: string, output: Output) {
    this.#child = child
    this.#mark = mark
    this.#output = output
    this.#next = holdingClock.after(watchMs, () => this.#look())
  }

  #look(): void {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return
    const pids = listStarted(this.#mark)
    const { outputBytes, memoryMib: mostMib, processes } = submissionLimits
    this.broken =
      pids.length > processes
        ? `it started more than ${processes} processes`
        : memoryMib(pids) > mostMib
          ? `it used more than ${mostMib} MiB of memory`
          : this.#output.bytes > outputBytes
            ? `it printed more than ${outputBytes / 2 ** 20} MiB`
            : null
    if (this.broken === null) this.#next = holdingClock.after(watchMs, () => this.#look())
    else void this.kill()
  }

  /** Kills until nothing is left: while one process dies, another may fork. */
  async kill(): Promise<void> {
    this.cancel()
    const end = holdingClock.now() + 5_000
    do {
      signalAll(this.#child, this.#mark, 'SIGKILL')
      await sleep(holdingClock, 5)
    } while (listStarted(this.#mark).length > 0 && holdingClock.now() < end)
  }

  cancel(): void {
    this.#next.cancel()
  }
}

/** What a process printed: counted, and kept from the end. */
class Output {
  tail = ''
  bytes = 0

  constructor({ stdout, stderr }: ChildProcess) {
    for (const stream of [stdout, stderr])
      stream?.on('data', (data: Buffer) => {
        this.bytes += data.length
        this.tail = (this.tail + data.subarray(-outputKept).toString('utf8')).slice(-outputKept)
      })
  }

  describe(): string {
    const lines = this.tail.trim().split('\n').slice(-linesShown)
    return lines.join('') === '' ? '; it printed nothing' : `; it printed at the end:\n${lines.join('\n')}`
  }
}

export function describeEnd({ exitCode, signalCode }: ChildProcess, output: Output): string {
  const how = signalCode === null ? `with exit code ${exitCode}` : `by ${signalCode}`
  return `it ended ${how}${explain(signalCode, output.tail)}${output.describe()}`
}

/** What the words of a system do not say to everybody. */
export function explain(signal: NodeJS.Signals | null, output: string): string {
  if (signal === 'SIGXFSZ' || /File too large|File size limit exceeded/.test(output))
    return ' (it wrote a file of more than 100 MiB)'
  if (/\/dev\/tty|not a tty|Inappropriate ioctl/.test(output)) return ' (it needs a terminal, and gets none)'
  if (/EOF when reading a line/.test(output))
    return ' (it reads the keyboard: write what it asks for at the start into start.input, and a player who plays there into keyboard)'
  return ''
}

/** The processes of a command that still run; empty where the system does not say. */
export const listStarted = (mark: string): readonly number[] => (hasProc ? listMarked(variable, mark) : [])
