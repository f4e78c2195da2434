/**
 * Each mistake of spec/homework/mutants.json is caught by exactly the checks that the table names. By default enough mutants are
 * tried that each check catches one; `OXO_HOMEWORK=whole` tries all checks on all mutants.
 */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { gradingChecks } from '../../src/grading/index.ts'
import { recordFinding } from '../lib/record.ts'
import { gradeCopy, isWhole, type Mutant, readMutants } from './submissions.ts'

const mutants = readMutants()
/** What such a mistake fails depends on the checks before: a game leaves something in the next one. */
const lingers = ({ caughtBy }: Mutant): boolean =>
  caughtBy.includes('new-game-is-empty') || caughtBy.includes('games-do-not-mix')

/** Few mutants of which each check catches one, those that fail least first. */
function chooseFew(): readonly Mutant[] {
  const missing = new Set(gradingChecks.map(({ id }) => id))
  const chosen: Mutant[] = []
  for (const mutant of mutants.toSorted((a, b) => a.caughtBy.length - b.caughtBy.length)) {
    if (!mutant.caughtBy.some((id) => missing.has(id))) continue
    chosen.push(mutant)
    for (const id of mutant.caughtBy) missing.delete(id)
  }
  return chosen
}

const tried = isWhole ? mutants : chooseFew()
/** A check that most mistakes pass: it must pass beside those that fail. */
const innocent = 'one-answer'

describe('each mutant is caught by exactly the checks named', { concurrency: 2 }, () => {
  for (const mutant of tried)
    it(`${mutant.of}/${mutant.name}: ${mutant.mistake}`, async () => {
      const { checks, impossible } = await gradeCopy(mutant.of, {
        mutant,
        ...(!isWhole && { only: [...mutant.caughtBy, innocent] }),
      })
      assert.equal(impossible, undefined)
      const failed = checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id)
      if (!isWhole && lingers(mutant)) return assert.ok(failed.length > 0)
      assert.deepEqual(
        failed.toSorted(),
        mutant.caughtBy.toSorted(),
        checks.map(({ id, reason }) => (failed.includes(id) ? `${id}: ${reason}\n` : '')).join(''),
      )
    })
})

after(() =>
  recordFinding('homework', {
    planted: `${tried.length} of ${mutants.length} mistakes of real homework in right submissions`,
    caughtAfter: 'one run, each by exactly the checks that spec/homework/mutants.json names',
  }),
)
