/** The grades of a class: a row for each submission, what failed most, and a page. */
import { escapeMarkup } from '../../base/index.ts'
import type { CheckResult } from '../grade.ts'
import type { GradedSubmission } from './csv.ts'
import { writePage } from './page-style.ts'
import { firstFailure, percentOf, verdictOf } from './summary.ts'

/** The checks that are listed as failed by most. */
const mostShown = 5

/** One line, and a second one with the first thing to fix. */
export function writeClassRow({ folder, grade }: GradedSubmission): string {
  const { name, points, pointsMax, impossible } = grade
  const title = name === folder ? folder : `${folder} (${name})`
  if (impossible !== undefined) return `– not graded     ${title}\n    ${impossible.split('\n').join('\n    ')}\n`
  const failed = firstFailure(grade)
  const sign = failed === undefined ? '✔' : '✘'
  const first = failed === undefined ? '' : `    fix first: ${failed.title} [${failed.id}]\n`
  return `${sign} ${`${points}/${pointsMax}`.padStart(7)} ${`${percentOf(grade)} %`.padStart(5)}  ${title}\n${first}`
}

export function writeClassSummary(graded: readonly GradedSubmission[]): string {
  return `${[countVerdicts(graded), ...mostFailed(graded).map(([{ id, title }, count]) => `${`${count}`.padStart(4)} × ${title} [${id}]`)].join('\n')}\n`
}

function countVerdicts(graded: readonly GradedSubmission[]): string {
  const count = (verdict: string): number => graded.filter(({ grade }) => verdictOf(grade) === verdict).length
  return `${graded.length} submissions: ${count('all points')} with all points, ${count('fewer points')} with fewer, ${count('not graded')} not graded.`
}

/** The checks that most submissions fail, with how many. */
function mostFailed(graded: readonly GradedSubmission[]): readonly (readonly [CheckResult, number])[] {
  const failures = graded.flatMap(({ grade }) => grade.checks.filter(({ verdict }) => verdict === 'failed'))
  const byId = Map.groupBy(failures, ({ id }) => id)
  return [...byId.values()]
    .flatMap((checks) => checks.slice(0, 1).map((check) => [check, checks.length] as const))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostShown)
}

/** The address of a submission's page, relative to the page of the class. */
export const pageOf = (folder: string): string => `submissions/${encodeURIComponent(folder)}.html`

export function writeClassPage(graded: readonly GradedSubmission[]): string {
  const rows = graded.map(({ folder, grade }) => {
    const words =
      grade.impossible === undefined ? `${grade.points} of ${grade.pointsMax}` : '<span class="bad">not graded</span>'
    const fix = grade.impossible?.split('\n')[0] ?? firstFailure(grade)?.title ?? ''
    return `<tr><th scope="row"><a href="${pageOf(folder)}">${escapeMarkup(grade.name)}</a>${grade.name === folder ? '' : ` <span class="soft">${escapeMarkup(folder)}</span>`}<span class="bar" style="background-size:${percentOf(grade)}% 100%"></span><p class="soft">${escapeMarkup(fix)}</p></th><td class="number">${words}</td></tr>`
  })
  const most = mostFailed(graded).map(
    ([{ title }, count]) => `<tr><th scope="row">${escapeMarkup(title)}</th><td class="number">${count}</td></tr>`,
  )
  const failed =
    most.length === 0
      ? ''
      : `<h2>Failed most</h2><table><thead><tr><th scope="col">Check</th><th scope="col" class="number">Submissions</th></tr></thead><tbody>${most.join('')}</tbody></table>`
  return writePage(
    'The class',
    `<h1>The class</h1><p>${countVerdicts(graded)}</p>${failed}<h2>Submissions</h2><table><thead><tr><th scope="col">Submission</th><th scope="col" class="number">Points</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  )
}
