/** Grades one submission: runs the checks one after the other and returns one value, of which every report is a rendering. */
import { holdingClock, seededRandom, within } from '../base/index.ts'
import { type CheckGroup, type GradingCheck, gradingChecks } from './checks/index.ts'
import type { Description } from './description/description.ts'
import { sumOf } from './points/sum.ts'
import type { SubmissionAddress } from './submission/connection.ts'
import { CheckEvidence, type Exchange } from './submission/evidence.ts'
import { GradedServer, makeCodec } from './submission/graded-server.ts'
import { AdapterFailure, CannotGrade, NotChecked, SubmissionMistake } from './submission/mistake.ts'
import { build } from './submission/process.ts'

/** The longest time of one check, in ms. */
const checkMs = 60_000
/** After so many checks in which the server broke a limit, the others would only do the same. */
const brokenMax = 3

export interface CheckResult {
  readonly id: string
  readonly group: CheckGroup
  readonly title: string
  readonly hint: string
  readonly points: number
  readonly verdict: 'passed' | 'failed' | 'not checked'
  /** What was wrong, or why it was not checked; absent if it passed. */
  readonly reason?: string
  /** What was sent and received before a failure, oldest first; empty otherwise. */
  readonly evidence: readonly Exchange[]
  readonly ms: number
}

export interface Grade {
  readonly name: string
  readonly seed: number
  /** Why nothing could be graded; absent if the checks were made. */
  readonly impossible?: string
  readonly checks: readonly CheckResult[]
  /** How it was run, where that differs from what a reader expects: sentences. */
  readonly notes: readonly string[]
  /** Points of the checks that passed. */
  readonly points: number
  /** Points of the checks that passed or failed: what was not checked counts neither for nor against. */
  readonly pointsMax: number
  readonly ms: number
}

export interface GradeOptions {
  /** The folder in which the commands of the description run. */
  readonly folder: string
  readonly seed?: number
  /** The address of a server that runs already. */
  readonly running?: SubmissionAddress
  /** Only checks with these ids. */
  readonly only?: readonly string[]
  readonly isThorough?: boolean
  /** The checks of a teacher, which come last. */
  readonly own?: readonly GradingCheck[]
  /** Called after each check. */
  readonly onResult?: (result: CheckResult, done: number, all: number) => void
}

/** Never rejects because of the submission: what cannot be graded is part of the result. */
export async function gradeSubmission(description: Description, options: GradeOptions): Promise<Grade> {
  const { folder, seed = 1, running = null, only, isThorough = false, own = [], onResult = () => {} } = options
  const began = holdingClock.now()
  const all = [...gradingChecks, ...own]
  const checks = all.filter(({ id }) => only === undefined || only.includes(id))
  const results: CheckResult[] = []
  let broken = 0
  const finish = (impossible?: string): Grade =>
    gradeOf({ name: description.name, seed, checks: results, impossible, ms: holdingClock.now() - began })
  const codec = await makeCodec(description, folder)
  const server = new GradedServer({ description, folder, running, codec })
  try {
    if (running === null && typeof description.start?.build === 'string') await build(description.start.build, folder)
    await server.start()
    for (const [index, check] of checks.entries()) {
      // The same games whether the other checks are made or not.
      const random = seededRandom(seed * 1_000 + all.indexOf(check))
      const result = await runCheck(check, server, description.points, () => check.run({ server, random, isThorough }))
      results.push(result)
      onResult(result, index + 1, checks.length)
      const { brokenLimit } = server
      if (brokenLimit !== null && ++broken === brokenMax) return finish(brokenLimit)
      // A check that failed leaves the server in a state that nobody knows.
      const takesSeats = check.disturbs === true && description.connect === 'player'
      if (takesSeats || result.verdict === 'failed' || !server.isRunning) await server.stop()
    }
    return finish()
  } catch (cause) {
    if (cause instanceof CannotGrade || cause instanceof AdapterFailure) return finish(cause.message)
    throw cause
  } finally {
    await server.stop()
    codec.close()
  }
}

interface Graded {
  readonly name: string
  readonly seed: number
  readonly checks: readonly CheckResult[]
  readonly impossible?: string | undefined
  readonly ms: number
}

/** Control characters, directions of text and what XML cannot contain: a submission chooses its name and what it prints. */
const unreadable = /[^\P{Cc}\n\t]|[\p{Cs}\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu
const readable = (text: string): string => text.replace(unreadable, '\uFFFD')

/** Adds up the points, and makes all texts fit for a reader. */
export function gradeOf({ name, seed, checks, impossible, ms }: Graded): Grade {
  return {
    name: readable(name),
    seed,
    ...(impossible !== undefined && { impossible: readable(impossible) }),
    checks: checks.map((check) => (check.reason === undefined ? check : { ...check, reason: readable(check.reason) })),
    notes: [],
    ...sumOf(checks),
    ms,
  }
}

/**
 * Runs one check against a server or a client, which records to `submission.evidence`. `points` replaces the points of checks by
 * their ids.
 */
export async function runCheck(
  check: Omit<GradingCheck, 'run'>,
  submission: { evidence: CheckEvidence },
  points: Description['points'],
  run: () => Promise<void>,
): Promise<CheckResult> {
  const { id, group, title, hint } = check
  const began = holdingClock.now()
  submission.evidence = new CheckEvidence()
  const outcome = await limited((async () => run())()).then(
    () => ({ verdict: 'passed' as const }),
    (cause: unknown) => judge(cause),
  )
  const { exchanges } = submission.evidence
  return {
    id,
    group,
    title,
    hint,
    points: points[id] ?? check.points,
    ...outcome,
    evidence: outcome.verdict === 'failed' ? exchanges : [],
    ms: holdingClock.now() - began,
  }
}

async function limited(running: Promise<void>): Promise<void> {
  let isDone = false
  await within(
    holdingClock,
    checkMs,
    running.finally(() => (isDone = true)),
  )
  if (isDone) return
  running.catch(() => {})
  throw new SubmissionMistake(`the check was not done after ${checkMs / 1_000} s`)
}

function judge(cause: unknown): Pick<CheckResult, 'verdict' | 'reason'> {
  if (cause instanceof NotChecked) return { verdict: 'not checked', reason: cause.message }
  if (cause instanceof SubmissionMistake || cause instanceof CannotGrade)
    return { verdict: 'failed', reason: cause.message }
  throw cause
}
