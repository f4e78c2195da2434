/** Which checks are made and what they are worth, as the options say. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  applyPoints,
  clientGradingChecks,
  DocumentMistake,
  type Grade,
  type GradingCheck,
  gradingChecks,
  loadOwnChecks,
  OwnChecksMistake,
  readPoints,
} from '../../grading/index.ts'
import { stopOfFile } from '../../server/files.ts'
import { Stop } from '../../server/stop.ts'

export interface CheckSettings {
  readonly client?: boolean
  readonly check?: readonly string[]
  readonly points?: string
  /** A module with checks of a teacher. */
  readonly checks?: string
}

export interface CheckChoice {
  /** The ids of the checks to make; null: all. */
  readonly only: readonly string[] | null
  /** The checks of a teacher, and the absolute path of their module; null if there is none. */
  readonly own: { readonly file: string; readonly checks: readonly GradingCheck[] } | null
  /** Gives the checks of a grade the points that the teacher says; null if the teacher says nothing. */
  readonly value: ((grade: Grade) => Grade) | null
}

/** @throws Stop if an option names an unknown check, or the file of points has a mistake. */
export async function chooseChecks(settings: CheckSettings): Promise<CheckChoice> {
  const { client = false, check, points: file } = settings
  const own = await findOwnChecks(settings)
  const known = client ? clientGradingChecks : [...gradingChecks, ...(own?.checks ?? [])]
  const findUnknown = (checks: readonly { readonly id: string }[]): string | undefined =>
    check?.find((id) => !checks.some((one) => one.id === id))
  const unknown = findUnknown(known)
  if (unknown !== undefined)
    throw new Stop('usage', `There is no check ${unknown}. The checks are ${known.map(({ id }) => id).join(', ')}.`)
  if (file === undefined) return { only: check ?? null, own, value: null }
  const scheme = readDocumentFile(file, (text) =>
    readPoints(text, file, [...known, ...(client ? gradingChecks : clientGradingChecks)]),
  )
  const checks = known.flatMap(({ id }) => scheme.checks.filter((one) => one.id === id))
  if (checks.length === 0)
    throw new Stop('usage', `${file} leaves out every check of a ${client ? 'client' : 'server'}: keep at least one.`)
  const leftOut = findUnknown(checks)
  if (leftOut !== undefined) throw new Stop('usage', `${file} leaves out the check ${leftOut}: change it or --check.`)
  return {
    only: check ?? checks.map(({ id }) => id),
    own,
    value: (grade) => applyPoints(grade, { ...scheme, checks }),
  }
}

async function findOwnChecks({ client = false, checks }: CheckSettings): Promise<CheckChoice['own']> {
  if (checks === undefined) return null
  if (client) throw new Stop('usage', 'Checks of your own are for a server: leave out --checks or --client.')
  const file = resolve(checks)
  try {
    return { file, checks: await loadOwnChecks(file) }
  } catch (cause) {
    if (cause instanceof OwnChecksMistake) throw new Stop('usage', cause.message, { cause })
    throw cause
  }
}

/** Reads a YAML file. @throws Stop if it cannot be read or has a mistake. */
export function readDocumentFile<Value>(file: string, read: (text: string) => Value): Value {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Stop('usage', stopOfFile(file, cause).message, { cause })
  }
  try {
    return read(text)
  } catch (cause) {
    if (cause instanceof DocumentMistake) throw new Stop('usage', cause.message)
    throw cause
  }
}
