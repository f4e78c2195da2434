/**
 * Each mistake of spec/homework/mutants.json is caught by exactly the checks that the table names. By default a mutant is
 * tried with those checks and a few others; `OXO_MUTANTS=whole` tries all checks on all of them.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../src/base/index.ts'
import { gradingChecks } from '../../src/grading/index.ts'
import { recordFinding } from '../lib/record.ts'
import { gradeCopy, type Mutant, readMutants } from './submissions.ts'

const isWhole = process.env['OXO_MUTANTS'] === 'whole'
const others = 3
const mutants = readMutants()
/** Checks that wait: not among the few others. */
const slow = new Set([
  'pause-in-message',
  'idle-cpu',
  'memory',
  'never-reads',
  'after-sigterm',
  'after-sigkill',
  'endless-message',
])
const quick = gradingChecks.map(({ id }) => id).filter((id) => !slow.has(id))

/** What such a mistake fails depends on the checks before: a game leaves something in the next one. */
const lingers = ({ caughtBy }: Mutant): boolean =>
  caughtBy.includes('new-game-is-empty') || caughtBy.includes('games-do-not-mix')

describe('each mutant is caught by exactly the checks named', { concurrency: 4 }, () => {
  for (const [index, mutant] of mutants.entries())
    it(`${mutant.of}/${mutant.name}: ${mutant.mistake}`, async () => {
      const random = seededRandom(index)
      const more = Array.from({ length: others }, () => quick[random.below(quick.length)] ?? '')
      const isPart = !isWhole && !lingers(mutant)
      const { checks, impossible } = await gradeCopy(mutant.of, {
        mutant,
        ...(isPart && { only: [...mutant.caughtBy, ...more] }),
      })
      assert.equal(impossible, undefined)
      const failed = checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id)
      assert.deepEqual(
        failed.toSorted(),
        mutant.caughtBy.toSorted(),
        checks.map(({ id, reason }) => (failed.includes(id) ? `${id}: ${reason}\n` : '')).join(''),
      )
    })
})

recordFinding('homework', {
  planted: `${mutants.length} mistakes of real homework in right submissions`,
  caughtAfter: 'one run, each by exactly the checks that spec/homework/mutants.json names',
})
