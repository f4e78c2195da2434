/** A grade as Gradescope reads it. */
import type { CheckResult, Grade } from '../grade.ts'
import { earnedOf, groupsOf, verdictOf } from './summary.ts'

/**
 * The text of `/autograder/results/results.json`, as https://gradescope-autograders.readthedocs.io/en/latest/specs/ documents
 * it:
 *
 * - `score`: the points of the submission; Gradescope compares them with the points of the assignment;
 * - `execution_time`: seconds; `output`: a text above all tests; `visibility`: who sees the results;
 * - `tests`: each with `name`, `number`, `score`, `max_score`, `status` (`passed` or `failed`), `output`, `visibility`.
 *
 * A check that was not made has no points and no status.
 */
export function writeGradescopeReport(grade: Grade): string {
  const { impossible, points, ms, notes } = grade
  const output = [...(verdictOf(grade) === 'not graded' ? [`It could not be graded: ${impossible}`] : []), ...notes]
  const tests = groupsOf(grade).flatMap(({ checks }, group) =>
    checks.map((check, index) => toTest(check, `${group + 1}.${index + 1}`)),
  )
  const result = {
    score: points,
    execution_time: Math.round(ms / 1_000),
    output: output.join('\n'),
    visibility: 'visible',
    tests,
  }
  return `${JSON.stringify(result, null, 2)}\n`
}

function toTest(check: CheckResult, number: string): object {
  const { id, title, verdict, points, reason, hint } = check
  const isChecked = verdict !== 'not checked'
  return {
    name: `${title} [${id}]`,
    number,
    score: earnedOf(check),
    max_score: isChecked ? points : 0,
    ...(isChecked && { status: verdict }),
    output: isChecked ? (reason === undefined ? '' : `${reason}\n${hint}`) : `Not checked: ${reason}`,
    visibility: 'visible',
  }
}
