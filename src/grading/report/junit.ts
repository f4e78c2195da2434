/** A grade as JUnit XML, which most systems for continuous integration show. */
import { escapeMarkup } from '../../base/index.ts'
import type { CheckResult, Grade } from '../grade.ts'
import { groupsOf, verdictOf } from './summary.ts'

/** One test suite for each sentence of the assignment, one test case for each check. */
export function writeJunitReport(grade: Grade): string {
  const suites = groupsOf(grade).map(({ sentence, checks }) =>
    writeSuite(
      sentence,
      checks.map((check) => ({ failures: count(check, 'failed'), skipped: count(check, 'not checked'), errors: 0 })),
      checks.map(writeCase),
      checks.reduce((sum, { ms }) => sum + ms, 0),
    ),
  )
  if (verdictOf(grade) === 'not graded') {
    const error = `<testcase classname="oxo grade" name="It can be graded"><error message="${quote(grade.impossible ?? 'nothing was checked')}"/></testcase>`
    suites.unshift(writeSuite('It can be graded', [{ failures: 0, skipped: 0, errors: 1 }], [error], 0))
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${quote(grade.name)}" time="${seconds(grade.ms)}">
${suites.join('\n')}
</testsuites>
`
}

interface Counts {
  readonly failures: number
  readonly skipped: number
  readonly errors: number
}

const count = ({ verdict }: CheckResult, which: CheckResult['verdict']): number => (verdict === which ? 1 : 0)

function writeSuite(name: string, counts: readonly Counts[], cases: readonly string[], ms: number): string {
  const sum = (key: keyof Counts): number => counts.reduce((total, each) => total + each[key], 0)
  return `  <testsuite name="${quote(name)}" tests="${cases.length}" failures="${sum('failures')}" errors="${sum('errors')}" skipped="${sum('skipped')}" time="${seconds(ms)}">
${cases.map((line) => `    ${line}`).join('\n')}
  </testsuite>`
}

function writeCase({ id, group, title, verdict, reason = '', hint, ms }: CheckResult): string {
  const start = `<testcase classname="${group}.${quote(id)}" name="${quote(title)}" time="${seconds(ms)}"`
  if (verdict === 'passed') return `${start}/>`
  const content =
    verdict === 'failed'
      ? `<failure message="${quote(reason)}">${escapeMarkup(hint)}</failure>`
      : `<skipped message="${quote(reason)}"/>`
  return `${start}>${content}</testcase>`
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(3)
const quote = (text: string): string => escapeMarkup(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')
