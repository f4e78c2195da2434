/** A grade as the reporter of GitHub Classroom reads it. */
import type { Grade } from '../grade.ts'
import { earnedOf, verdictOf } from './summary.ts'

/**
 * The text of a runner's result, of which `classroom-resources/autograding-grading-reporter` adds up `score` and `max_score`. A check
 * that was not made is left out: every test that did not pass is shown as failed.
 */
export function writeClassroomReport(grade: Grade): string {
  const { checks, pointsMax, impossible } = grade
  const verdict = verdictOf(grade)
  const tests = checks
    .filter((check) => check.verdict !== 'not checked')
    .map((check) => ({
      name: `${check.title} [${check.id}]`,
      status: check.verdict === 'passed' ? 'pass' : 'fail',
      score: earnedOf(check),
      ...(check.verdict === 'failed' && { message: `${check.reason}\n${check.hint}` }),
    }))
  if (verdict === 'not graded')
    tests.unshift({ name: 'It can be graded', status: 'error', score: 0, message: impossible ?? 'nothing was checked' })
  const status = { 'all points': 'pass', 'fewer points': 'fail', 'not graded': 'error' }[verdict]
  // Without a maximum nothing would be reported, and an earlier success would stay.
  return `${JSON.stringify({ version: 1, status, max_score: pointsMax || 1, tests }, null, 2)}\n`
}
