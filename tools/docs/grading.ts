/** The table of the grader's checks in docs/HOMEWORK.md. */
import { checkGroups, gradingChecks } from '../../src/grading/checks/index.ts'
import { code, makeTable } from './markdown.ts'

export function checkTable(): string {
  const rows = gradingChecks.map(({ id, group, points, title }) => [checkGroups[group], code(id), `${points}`, title])
  return makeTable(['sentence of the assignment', 'check', 'points', 'what is right'], rows)
}
