/** Grades a submission in a process of its own, inside the sandbox, and leaves neither a process nor a file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { holdingClock, sleep, within } from '../../base/index.ts'
import type { Description } from '../description/description.ts'
import { type CheckResult, type Grade, gradeOf, type GradeOptions } from '../grade.ts'
import { CannotGrade } from '../submission/mistake.ts'
import { hasProc, killMarked } from '../submission/processes.ts'
import { copySubmission, filledMib, removeCopy, type SubmissionCopy } from './folder.ts'
import { findIsolation, type Isolation, noIsolation } from './isolation.ts'
import { type GradingJob, sandboxMark, type WorkerMessage } from './worker.ts'

/** What a submission may use beside the limits of its processes; above it, it is ended. */
export const sandboxLimits = { totalMs: 300_000, thoroughMs: 1_800_000, diskMib: 200 } as const
const diskWatchMs = 250
/** The time to end all processes, in ms. */
const endMs = 5_000
const wordsKept = 4_096
/** Variables that a submission inherits. All others stay with the teacher: they may be secrets. */
const inherited = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'JAVA_HOME',
  'GOROOT',
  'RUSTUP_HOME',
  'CARGO_HOME',
  'DOTNET_ROOT',
  'PYENV_ROOT',
] as const

export interface SandboxOptions extends Omit<GradeOptions, 'running' | 'own'> {
  /** The command that runs {@link runGradingWorker}. */
  readonly worker: readonly string[]
  /** Whether it is shut in; otherwise it runs in its folder, with the environment of this process. */
  readonly isSandboxed: boolean
  /** Whether the client is graded instead of the server. */
  readonly isClient?: boolean
  /** The absolute path of a module with checks of a teacher. */
  readonly ownChecks?: string
  /** Ends it early. */
  readonly signal?: AbortSignal
  readonly totalMs?: number
}

/** Never rejects because of the submission. What was checked before an early end is in the grade. */
export async function gradeApart(description: Description, options: SandboxOptions): Promise<Grade> {
  const { folder, seed = 1, isSandboxed } = options
  let copy: SubmissionCopy | null = null
  try {
    if (isSandboxed) copy = copySubmission(folder)
    return await gradeIn(copy, description, options)
  } catch (cause) {
    if (!(cause instanceof CannotGrade)) throw cause
    return gradeOf({ name: description.name, seed, checks: [], impossible: cause.message, ms: 0 })
  } finally {
    if (copy !== null) removeCopy(copy)
  }
}

async function gradeIn(copy: SubmissionCopy | null, description: Description, options: SandboxOptions): Promise<Grade> {
  const { folder, seed = 1, only, isThorough = false, onResult = () => {}, worker, isClient = false, signal } = options
  const isolation = copy === null ? noIsolation : findIsolation()
  const began = holdingClock.now()
  const results: CheckResult[] = []
  const mark = randomUUID()
  const [program = '', ...args] = [...isolation.prefix, ...worker]
  const child = spawn(program, args, {
    cwd: copy?.root ?? folder,
    // Ctrl-C at the terminal is for this process alone, which then ends the worker.
    detached: true,
    env: {
      ...(copy === null ? process.env : environmentOf(copy)),
      [sandboxMark]: mark,
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const ending = Promise.withResolvers<Grade | string>()
  const words = keepWords(child)
  child.on('message', (message: WorkerMessage) => {
    if (message.type === 'grade') return ending.resolve(message.grade)
    results.push(message.result)
    onResult(message.result, message.done, message.all)
  })
  child.once('error', ({ message }) => ending.resolve(`the process that grades it did not start: ${message}`))
  child.once('close', (code, by) =>
    ending.resolve(`the process that grades it was ended (${by ?? `exit code ${code}`})`),
  )
  const { hasOwnNetwork } = isolation
  const job: GradingJob = {
    description,
    folder: copy?.work ?? folder,
    isClient,
    seed,
    only: only ?? null,
    isThorough,
    ownChecks: options.ownChecks ?? null,
    hasOwnNetwork,
  }
  child.send(job, () => {})
  const totalMs = options.totalMs ?? (isThorough ? sandboxLimits.thoroughMs : sandboxLimits.totalMs)
  const time = holdingClock.after(totalMs, () =>
    ending.resolve(`it took longer than ${Math.round(totalMs / 1_000)} s in all`),
  )
  const disk = copy === null ? null : watchDisk(copy, ending.resolve)
  const interrupt = (): void => ending.resolve('it was interrupted')
  if (signal?.aborted === true) interrupt()
  signal?.addEventListener('abort', interrupt, { once: true })
  const end = await ending.promise
  signal?.removeEventListener('abort', interrupt)
  time.cancel()
  disk?.cancel()
  const said = words()
  await endAll(child, mark, isolation)
  const grade =
    typeof end === 'string'
      ? gradeOf({ name: description.name, seed, checks: results, impossible: end, ms: holdingClock.now() - began })
      : end
  const impossible = grade.impossible === undefined ? undefined : `${grade.impossible}${said}`
  return { ...grade, ...(impossible !== undefined && { impossible }), notes: [...grade.notes, ...isolation.notes] }
}

function environmentOf({ home, temporary }: SubmissionCopy): Record<string, string | undefined> {
  const kept = inherited.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  )
  return { LANG: 'C.UTF-8', ...Object.fromEntries(kept), HOME: home, TMPDIR: temporary }
}

/** What the worker and an adapter print to standard error, from the end: it explains why they ended. */
function keepWords(child: ChildProcess): () => string {
  let tail = ''
  child.stderr?.on('data', (data: Buffer) => (tail = (tail + data.toString('utf8')).slice(-wordsKept)))
  return () => (tail.trim() === '' ? '' : `\n${tail.trim()}`)
}

function watchDisk({ root }: SubmissionCopy, end: (why: string) => void): { readonly cancel: () => void } {
  const before = filledMib(root)
  let watch = { cancel: (): void => {} }
  const look = (): void => {
    const began = holdingClock.now()
    if (filledMib(root) - before > sandboxLimits.diskMib)
      return end(`it filled more than ${sandboxLimits.diskMib} MiB of the disk`)
    // A folder with many files must not keep this process busy.
    watch = holdingClock.after(Math.max(diskWatchMs, 10 * (holdingClock.now() - began)), look)
  }
  watch = holdingClock.after(diskWatchMs, look)
  return { cancel: () => watch.cancel() }
}

/** Ends the worker and all that it has started, also what has left its group. */
async function endAll(child: ChildProcess, mark: string, { hasOwnProcesses }: Isolation): Promise<void> {
  const { promise: exited, resolve } = Promise.withResolvers<void>()
  child.removeAllListeners('message').once('exit', () => resolve())
  // `unshare` ends after the last process of the list: it must not be killed before.
  const waiting = hasOwnProcesses ? (child.pid ?? 0) : 0
  const end = holdingClock.now() + endMs
  while (hasProc && killMarked(sandboxMark, mark, waiting) > 0 && holdingClock.now() < end)
    await sleep(holdingClock, 10)
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  if (!hasOwnProcesses) child.kill('SIGKILL')
  await within(holdingClock, endMs, exited)
  child.kill('SIGKILL')
}
