/** `oxo grade --class`: every submission in a folder. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type CheckResult,
  type Description,
  gradeAll,
  gradeApart,
  gradeOf,
  type GradedSubmission,
  hasOwnNetwork,
  pageOf,
  verdictOf,
  writeClassJson,
  writeClassPage,
  writeClassRow,
  writeClassSummary,
  writeCsvReport,
  writeHtmlReport,
} from '../../grading/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { Stop } from '../../server/stop.ts'
import { gradeExit, type GradeSettings, interruptionSignal, readDescriptionFile } from './command.ts'
import { chooseChecks } from './checks.ts'
import { checkReportFiles, withFile, writeReportFile } from './reports.ts'
import { gradingWorker } from './worker.ts'

const descriptionName = 'homework.yaml'

interface Submission {
  readonly folder: string
  readonly path: string
  /** The reason if it cannot be used. */
  readonly description: Description | string
}

/** Returns the exit code. @throws Stop if there is nothing to grade or a report cannot be written. */
export async function gradeClass(folder: string, settings: GradeSettings): Promise<number> {
  const { client = false, seed, all = false, sandbox, jobs, csv, json, html } = settings
  for (const option of ['address', 'gradescope', 'classroom', 'junit'] as const)
    if (settings[option] !== undefined) throw new Stop('usage', `--${option} is for one submission, not for a class.`)
  const { only, own, value } = await chooseChecks(settings)
  const { submissions, others } = findSubmissions(folder)
  checkReportFiles([csv, json])
  if (html !== undefined) withFile(html, () => makeWritable(html))
  const signal = interruptionSignal()
  let done = 0
  const gradeOne = async ({ path, description, folder: name }: Submission): Promise<GradedSubmission> => {
    const grade =
      typeof description === 'string'
        ? gradeOf({ name, seed, checks: [] as readonly CheckResult[], impossible: description, ms: 0 })
        : await gradeApart(
            // The points are the teacher's: a submission does not choose what it is worth.
            { ...description, points: {} },
            {
              folder: path,
              seed,
              ...(only !== null && { only }),
              isClient: client,
              isThorough: all,
              isSandboxed: sandbox,
              ...(own !== null && { ownChecks: own.file }),
              worker: gradingWorker(),
              signal,
            },
          ).catch((cause: unknown) =>
            gradeOf({
              name,
              seed,
              checks: [],
              impossible: cause instanceof Error ? cause.message : String(cause),
              ms: 0,
            }),
          )
    const graded = { folder: name, grade: value?.(grade) ?? grade }
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${++done} of ${submissions.length}\r`)
    if (json !== '-') process.stdout.write(writeClassRow(graded))
    return graded
  }
  const isApart = sandbox && hasOwnNetwork()
  const graded = await gradeAll(submissions, {
    jobs,
    portOf: ({ description }) =>
      isApart || typeof description === 'string'
        ? null
        : ((client ? description.client : description.start)?.port ?? null),
    grade: gradeOne,
    signal,
  })
  if (json === '-') process.stdout.write(writeClassJson(graded))
  else process.stdout.write(`\n${writeClassSummary(graded)}${describeOthers(others)}`)
  if (json !== undefined && json !== '-') writeReportFile(json, writeClassJson(graded))
  if (csv !== undefined) writeReportFile(csv, writeCsvReport(graded))
  if (html !== undefined) writePages(html, graded)
  const isComplete = graded.length === submissions.length
  return Math.max(isComplete ? 0 : gradeExit['not graded'], ...graded.map(({ grade }) => gradeExit[verdictOf(grade)]))
}

/** The submissions by name, and the folders that have no description. */
function findSubmissions(folder: string): {
  readonly submissions: readonly Submission[]
  readonly others: readonly string[]
} {
  const names = readFolders(folder)
  const has = (name: string): boolean => existsSync(join(folder, name, descriptionName))
  const submissions = names.filter(has).map((name) => {
    const path = resolve(folder, name)
    return { folder: name, path, description: tryDescription(path) }
  })
  if (submissions.length === 0)
    throw new Stop('usage', `${folder} has no folder with a ${descriptionName}: each submission needs one.`)
  return { submissions, others: names.filter((name) => !has(name)) }
}

function readFolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .toSorted()
  } catch (cause) {
    throw new Stop('usage', stopOfFile(folder, cause).message, { cause })
  }
}

function tryDescription(folder: string): Description | string {
  try {
    return readDescriptionFile(join(folder, descriptionName))
  } catch (cause) {
    // The row names the folder.
    if (cause instanceof Stop) return cause.message.replace(join(folder, '/'), '')
    throw cause
  }
}

const describeOthers = (others: readonly string[]): string =>
  others.length === 0 ? '' : `Folders without a ${descriptionName}: ${others.join(', ')}.\n`

function makeWritable(folder: string): void {
  mkdirSync(join(folder, 'submissions'), { recursive: true })
  accessSync(folder, constants.W_OK)
}

function writePages(folder: string, graded: readonly GradedSubmission[]): void {
  for (const { folder: name, grade } of graded)
    writeReportFile(join(folder, decodeURIComponent(pageOf(name))), writeHtmlReport(grade, '../index.html'))
  writeReportFile(join(folder, 'index.html'), writeClassPage(graded))
}
