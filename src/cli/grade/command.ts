/** `oxo grade`: reads a description, grades the submission, prints the report. */
import { basename, dirname, resolve } from 'node:path'
import {
  type CheckResult,
  type Description,
  gradeApart,
  gradeOf,
  gradeSubmission,
  readDescription,
  type SubmissionAddress,
  verdictOf,
  writeJsonReport,
  writeTextReport,
} from '../../grading/index.ts'
import { Stop } from '../../server/stop.ts'
import { listenForSignals } from '../signals.ts'
import { type CheckSettings, chooseChecks, readDocumentFile } from './checks.ts'
import { checkReportFiles, type ReportFiles, writeReports } from './reports.ts'
import { gradingWorker } from './worker.ts'

export interface GradeSettings extends ReportFiles, CheckSettings {
  readonly address?: string
  /** The folder for a new description; true: the one in which the command runs. */
  readonly init?: string | true
  readonly schema?: boolean
  readonly seed: number
  readonly all?: boolean
  readonly sandbox: boolean
  readonly class?: string
  readonly jobs: number
}

/** Exit codes of this command alone. */
export const gradeExit = { 'all points': 0, 'fewer points': 1, 'not graded': 2 } as const

/** Returns the exit code. @throws Stop if the description or a file for a report cannot be used. */
export async function grade(file: string, settings: GradeSettings): Promise<number> {
  const {
    client = false,
    address,
    seed,
    all = false,
    sandbox,
    json,
    html,
    gradescope,
    classroom,
    junit,
    csv,
  } = settings
  const files = { json, html, gradescope, classroom, junit, csv }
  if (client && address !== undefined)
    throw new Stop('usage', 'A client has no address: leave out --address or --client.')
  const { only, own, value } = await chooseChecks(settings)
  checkReportFiles(Object.values(files))
  const folder = dirname(resolve(file))
  const description = readDescriptionOr(file, ({ message: impossible }) =>
    writeReports(files, gradeOf({ name: basename(folder), seed, checks: [], impossible, ms: 0 }), basename(folder)),
  )
  const progress = makeProgress()
  const options = {
    folder,
    seed,
    isThorough: all,
    ...(only !== null && { only }),
    onResult: progress.show,
  }
  const graded =
    address === undefined
      ? await gradeApart(description, {
          ...options,
          isClient: client,
          isSandboxed: sandbox,
          ...(own !== null && { ownChecks: own.file }),
          worker: gradingWorker(),
          signal: interruptionSignal(),
        })
      : await gradeSubmission(description, {
          ...options,
          ...(own !== null && { own: own.checks }),
          running: parseAddress(address),
        })
  progress.clear()
  const result = value?.(graded) ?? graded
  if (files.json === '-') process.stdout.write(writeJsonReport(result))
  else process.stdout.write(writeTextReport(result, process.stdout.hasColors?.() === true))
  writeReports(files, result, basename(folder))
  return gradeExit[verdictOf(result)]
}

/** Calls `report` before it throws: who reads a report must learn why there is no grade. @throws Stop */
function readDescriptionOr(file: string, report: (why: Stop) => void): Description {
  try {
    return readDescriptionFile(file)
  } catch (cause) {
    if (cause instanceof Stop) report(cause)
    throw cause
  }
}

/** @throws Stop */
export function readDescriptionFile(file: string): Description {
  return readDocumentFile(file, (text) => readDescription(text, file))
}

/** Aborts at Ctrl-C, so that what has been started is ended. */
export function interruptionSignal(): AbortSignal {
  const interruption = new AbortController()
  void listenForSignals().then(() => interruption.abort())
  return interruption.signal
}

function parseAddress(text: string): SubmissionAddress {
  const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text)
  if (match === null) throw new Stop('usage', `${text} is no address: write HOST:PORT, such as localhost:5000.`)
  return { host: match[1] ?? '', port: Number(match[2]) }
}

/** One line on a terminal that names the check that was done last. */
function makeProgress(): {
  readonly show: (result: CheckResult, done: number, all: number) => void
  readonly clear: () => void
} {
  const { stderr } = process
  const erase = '\r\x1b[K'
  return {
    show: ({ id }, done, all) => void (stderr.isTTY && stderr.write(`${erase}${done}/${all} ${id}`)),
    clear: () => void (stderr.isTTY && stderr.write(erase)),
  }
}
