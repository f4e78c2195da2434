/** A grade as text for a terminal: what works, what does not, and the first thing to fix. */
import { styleText } from 'node:util'
import type { CheckResult, Grade } from '../grade.ts'
import { showBytes } from './bytes.ts'
import { earnedOf, firstFailure, groupsOf } from './summary.ts'

const signs = { passed: '✔', failed: '✘', 'not checked': '–' } as const
const colours = { passed: 'green', failed: 'red', 'not checked': 'gray' } as const
/** The last exchanges that are shown of the first failure. */
const exchangesShown = 8

export function writeTextReport(grade: Grade, hasColours: boolean): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    hasColours ? styleText(format, text, { validateStream: false }) : text
  const lines: string[] = [paint('bold', grade.name)]
  const width = Math.max(5, ...grade.checks.map((check) => writeValue(check).length))
  for (const { sentence, checks, points, pointsMax } of groupsOf(grade)) {
    lines.push('', paint('bold', `${sentence}  ${points}/${pointsMax}`))
    for (const check of checks) lines.push(...writeCheck(check, width, paint))
  }
  lines.push('', ...writeEnd(grade, paint), '')
  return lines.join('\n')
}

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string

const writeValue = (check: CheckResult): string =>
  check.verdict === 'not checked' ? '' : `${earnedOf(check)}/${check.points}`

/** `width` is that of the longest value, in characters. */
function writeCheck(check: CheckResult, width: number, paint: Paint): readonly string[] {
  const { id, title, verdict, reason } = check
  const sign = paint(colours[verdict], signs[verdict])
  const value = writeValue(check).padStart(width)
  const line = `  ${sign} ${value}  ${title} ${paint('gray', `[${id}]`)}`
  if (reason === undefined) return [line]
  return [
    line,
    ...reason
      .split('\n')
      .map((part) => `${' '.repeat(width + 6)}${verdict === 'failed' ? part : paint('gray', `not checked: ${part}`)}`),
  ]
}

function writeEnd(grade: Grade, paint: Paint): readonly string[] {
  const { impossible, points, pointsMax, notes } = grade
  if (impossible !== undefined) return [...notes, paint('red', 'It could not be graded:'), impossible]
  const failed = firstFailure(grade)
  const total = paint('bold', `${points} of ${pointsMax} points`)
  if (failed === undefined) return [...notes, total]
  const last = failed.evidence
    .slice(-exchangesShown)
    .map(
      ({ atMs, connection, what, bytes }) =>
        `  ${atMs.toFixed(1).padStart(8)} ms  ${connection.padEnd(8)} ${what.padEnd(8)} ${showBytes(bytes)}`,
    )
  return [
    paint('bold', `Fix this first: ${failed.title} [${failed.id}]`),
    failed.hint,
    ...(last.length === 0 ? [] : ['What was sent and received last:', ...last]),
    '',
    ...notes,
    total,
  ]
}
