/** A grade as JSON. The evidence has its bytes as text and as hex. */
import type { Grade } from '../grade.ts'
import type { GradedSubmission } from './csv.ts'
import type { Exchange } from '../submission/evidence.ts'

/** One JSON object with an end of line. Times are in ms. */
export const writeJsonReport = (grade: Grade): string => `${JSON.stringify(gradeToJson(grade), null, 2)}\n`

/** One JSON array of grades, each with its folder. */
export const writeClassJson = (graded: readonly GradedSubmission[]): string =>
  `${JSON.stringify(
    graded.map(({ folder, grade }) => ({ folder, ...gradeToJson(grade) })),
    null,
    2,
  )}\n`

function gradeToJson(grade: Grade): object {
  const checks = grade.checks.map(({ evidence, ms, ...check }) => ({
    ...check,
    ms: Math.round(ms),
    evidence: evidence.map(toJson),
  }))
  return { ...grade, ms: Math.round(grade.ms), checks }
}

function toJson({ atMs, connection, what, bytes }: Exchange): object {
  const content = Buffer.from(bytes)
  const base = { atMs: Math.round(atMs * 10) / 10, connection, what }
  return bytes.length === 0 ? base : { ...base, text: content.toString('utf8'), hex: content.toString('hex') }
}
