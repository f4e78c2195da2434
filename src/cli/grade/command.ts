/** `oxo grade`: reads a description, grades the submission, prints the report. */
import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import {
  type CheckResult,
  clientGradingChecks,
  type Description,
  DocumentMistake,
  gradeApart,
  gradeSubmission,
  gradingChecks,
  readDescription,
  type SubmissionAddress,
  verdictOf,
  writeJsonReport,
  writeTextReport,
} from '../../grading/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { Stop } from '../../server/stop.ts'
import { listenForSignals } from '../signals.ts'
import { checkReportFiles, type ReportFiles, writeReports } from './reports.ts'
import { gradingWorker } from './worker.ts'

export interface GradeSettings extends ReportFiles {
  readonly client?: boolean
  readonly address?: string
  readonly seed: number
  readonly check?: readonly string[]
  readonly all?: boolean
  readonly sandbox: boolean
  readonly class?: string
  readonly jobs: number
}

/** Exit codes of this command alone. */
export const gradeExit = { 'all points': 0, 'fewer points': 1, 'not graded': 2 } as const

/** Returns the exit code. @throws Stop if the description or a file for a report cannot be used. */
export async function grade(file: string, settings: GradeSettings): Promise<number> {
  const { client = false, address, seed, check, all = false, sandbox, json, html, gradescope, junit, csv } = settings
  const files = { json, html, gradescope, junit, csv }
  if (client && address !== undefined)
    throw new Stop('usage', 'A client has no address: leave out --address or --client.')
  const description = readDescriptionFile(file)
  checkReportFiles(Object.values(files))
  const folder = dirname(resolve(file))
  const progress = makeProgress()
  const options = {
    folder,
    seed,
    isThorough: all,
    ...(check !== undefined && { only: checkIds(check, client) }),
    onResult: progress.show,
  }
  const result =
    address === undefined
      ? await gradeApart(description, {
          ...options,
          isClient: client,
          isSandboxed: sandbox,
          worker: gradingWorker(),
          signal: interruptionSignal(),
        })
      : await gradeSubmission(description, { ...options, running: parseAddress(address) })
  progress.clear()
  if (files.json === '-') process.stdout.write(writeJsonReport(result))
  else process.stdout.write(writeTextReport(result, process.stdout.hasColors?.() === true))
  writeReports(files, result, basename(folder))
  return gradeExit[verdictOf(result)]
}

/** @throws Stop */
export function readDescriptionFile(file: string): Description {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Stop('usage', stopOfFile(file, cause).message, { cause })
  }
  try {
    return readDescription(text, file)
  } catch (cause) {
    if (cause instanceof DocumentMistake) throw new Stop('usage', cause.message)
    throw cause
  }
}

/** Aborts at Ctrl-C, so that what has been started is ended. */
export function interruptionSignal(): AbortSignal {
  const interruption = new AbortController()
  void listenForSignals().then(() => interruption.abort())
  return interruption.signal
}

export function checkIds(ids: readonly string[], isClient: boolean): readonly string[] {
  const known = (isClient ? clientGradingChecks : gradingChecks).map(({ id }) => id)
  const unknown = ids.find((id) => !known.includes(id))
  if (unknown === undefined) return ids
  throw new Stop('usage', `There is no check ${unknown}. The checks are ${known.join(', ')}.`)
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
