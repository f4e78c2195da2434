/** A grade as one page: the points, the first thing to fix, and the evidence of each failure. */
import { escapeMarkup } from '../../base/index.ts'
import type { CheckResult, Grade } from '../grade.ts'
import type { Exchange } from '../submission/evidence.ts'
import { showBytes } from './bytes.ts'
import { drawEvidence } from './diagram.ts'
import { writePage } from './page-style.ts'
import { firstFailure, type GroupResult, groupsOf, percentOf, submissionOf } from './summary.ts'

/** Bytes of one exchange that are shown in the list. */
const bytesShown = 512

/** `back` is a link to the page of the class. */
export function writeHtmlReport(grade: Grade, back: string | null = null): string {
  const name = escapeMarkup(grade.name)
  const groups = groupsOf(grade)
  const parts = [
    ...(back === null ? [] : [`<p><a href="${back}">All submissions</a></p>`]),
    `<h1>${name}</h1>`,
    ...(grade.impossible === undefined ? writeTotal(grade) : writeImpossible(grade.impossible)),
    ...grade.notes.map((note) => `<p class="soft">${escapeMarkup(note)}</p>`),
    ...(grade.impossible === undefined ? writeFirst(grade) : []),
    ...(groups.length === 0 ? [] : [writeGroups(groups), ...groups.map(writeGroup)]),
    `<p class="soft">oxo grade, seed ${grade.seed}, ${(grade.ms / 1_000).toFixed(1)} s.</p>`,
  ]
  return writePage(`${name}: ${grade.points} of ${grade.pointsMax} points`, parts.join('\n'))
}

function writeTotal({ points, pointsMax, checks }: Grade): readonly string[] {
  const count = (verdict: CheckResult['verdict']): number => checks.filter((check) => check.verdict === verdict).length
  const skipped = count('not checked')
  return [
    `<p class="total">${points} <small>of ${pointsMax} points</small></p>`,
    `<p>${count('passed')} checks passed, ${count('failed')} failed${skipped === 0 ? '' : `, ${skipped} could not be made`}.</p>`,
  ]
}

const writeImpossible = (reason: string): readonly string[] => [
  `<section class="card first"><h2>It could not be graded</h2><p>${writeReason(reason)}</p></section>`,
]

function writeFirst(grade: Grade): readonly string[] {
  const failed = firstFailure(grade)
  if (failed === undefined) return ['<p class="good">Nothing is to be fixed.</p>']
  const { id, title, reason = '', hint } = failed
  return [
    `<section class="card first"><h2>Fix this first</h2><p><a href="#${id}">${escapeMarkup(title)}</a></p><p>${writeReason(reason)}</p><p class="soft">${escapeMarkup(hint)}</p></section>`,
  ]
}

function writeGroups(groups: readonly GroupResult[]): string {
  const rows = groups.map(
    ({ group, sentence, points, pointsMax }) =>
      `<tr><th scope="row"><a href="#${group}">${escapeMarkup(sentence)}</a><span class="bar" style="background-size:${percentOf({ points, pointsMax })}% 100%"></span></th><td class="number">${points} of ${pointsMax}</td></tr>`,
  )
  return `<h2>Points</h2><table><thead><tr><th scope="col">Sentence of the assignment</th><th scope="col" class="number">Points</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function writeGroup({ group, sentence, checks, points, pointsMax }: GroupResult): string {
  return `<section aria-labelledby="${group}"><h2 id="${group}">${escapeMarkup(sentence)} <span class="soft">${points} of ${pointsMax}</span></h2><ul class="checks">${checks.map(writeCheck).join('')}</ul></section>`
}

const signs = {
  passed: ['good', '✔', 'passed'],
  failed: ['bad', '✘', 'failed'],
  'not checked': ['soft', '–', 'not checked'],
} as const

function writeCheck(check: CheckResult): string {
  const { id, title, verdict, points, reason } = check
  const [colour, sign, words] = signs[verdict]
  const value = verdict === 'not checked' ? 'not checked' : `${verdict === 'passed' ? points : 0} of ${points}`
  const more =
    verdict === 'failed'
      ? writeFailure(check)
      : reason === undefined
        ? ''
        : `<p class="more soft">Not checked: ${escapeMarkup(reason)}</p>`
  return `<li id="${id}"><span class="sign ${colour}" role="img" aria-label="${words}">${sign}</span><h3>${escapeMarkup(title)} <code class="soft">${id}</code></h3><span class="soft">${value}</span>${more}</li>`
}

/** The reason of a mistake is a clause; further lines are what a submission printed. */
function writeReason(reason: string): string {
  const [clause = '', ...printed] = reason.split('\n')
  const sentence = escapeMarkup(`${clause.charAt(0).toUpperCase()}${clause.slice(1)}`)
  return printed.length === 0 ? sentence : `${sentence}\n<code>${escapeMarkup(printed.join('\n'))}</code>`
}

function writeFailure(check: CheckResult): string {
  const { title, reason = '', hint, evidence } = check
  const diagram = drawEvidence(evidence, submissionOf(check))
  const omitted = diagram?.omitted ?? 0
  const picture =
    diagram === null
      ? ''
      : `<div class="scroll" tabindex="0" role="region" aria-label="Diagram: ${escapeMarkup(title).replaceAll('"', '')}">${diagram.svg}</div>${omitted === 0 ? '' : `<p class="soft">Earlier exchanges, or other connections, are only in the list: ${omitted}.</p>`}`
  const list =
    evidence.length === 0
      ? ''
      : `<details><summary>All that was sent and received, as text and hex</summary><ol class="evidence">${evidence.map(writeExchange).join('')}</ol></details>`
  return `<div class="more"><p>${writeReason(reason)}</p><p class="hint">${escapeMarkup(hint)}</p>${picture}${list}</div>`
}

function writeExchange({ atMs, connection, what, bytes }: Exchange): string {
  const time = `<span class="soft">${atMs.toFixed(1)} ms</span>`
  if (what === 'note') return `<li>${time} ${escapeMarkup(Buffer.from(bytes).toString('utf8'))}</li>`
  const head = `${time} <strong>${escapeMarkup(connection)}</strong> ${what}`
  if (bytes.length === 0) return `<li>${head}</li>`
  const part = Buffer.from(bytes.subarray(0, bytesShown))
  const more = bytes.length > bytesShown ? ` … ${bytes.length - bytesShown} more` : ''
  const hex = part.toString('hex').replace(/(..)(?=.)/g, '$1 ')
  const text = showBytes(part, bytesShown)
  return `<li>${head} ${bytes.length} bytes<code>${escapeMarkup(text)}</code>${text === hex ? '' : `<code class="hex">${hex}${more}</code>`}</li>`
}
