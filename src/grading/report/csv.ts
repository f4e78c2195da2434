/** Grades as a table for a spreadsheet: one row for each submission. */
import { gradingChecks } from '../checks/index.ts'
import { clientGradingChecks } from '../client/checks.ts'
import type { Grade } from '../grade.ts'
import { earnedOf, percentOf, submissionOf, verdictOf } from './summary.ts'

export interface GradedSubmission {
  /** The name of its folder. */
  readonly folder: string
  readonly grade: Grade
}

/** Commas, CR LF and a first row with names, as RFC 4180 says. A check that was not made has an empty field. */
export function writeCsvReport(submissions: readonly GradedSubmission[]): string {
  const isOfClients = submissions.some(({ grade }) => grade.checks.some((check) => submissionOf(check) === 'client'))
  const known = (isOfClients ? clientGradingChecks : gradingChecks).map(({ id }) => id)
  // Those of a teacher come last.
  const made = submissions.flatMap(({ grade }) => grade.checks.map(({ id }) => id))
  const ids = [...new Set([...known, ...made])]
  const rows = submissions.map(({ folder, grade }) => {
    const points = new Map(
      grade.checks.filter(({ verdict }) => verdict !== 'not checked').map((check) => [check.id, earnedOf(check)]),
    )
    return [
      grade.name,
      folder,
      grade.points,
      grade.pointsMax,
      percentOf(grade),
      verdictOf(grade),
      ...ids.map((id) => points.get(id) ?? ''),
    ]
  })
  return [['name', 'folder', 'points', 'of', 'percent', 'verdict', ...ids], ...rows]
    .map((row) => `${row.map(writeField).join(',')}\r\n`)
    .join('')
}

function writeField(value: string | number): string {
  if (typeof value === 'number') return `${value}`
  // A spreadsheet would calculate a name that begins like a formula; students choose their names.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
