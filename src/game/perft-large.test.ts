/** Facts with millions of positions. They are counted by symmetry class; `line.test.ts` shows that all directions are equal. */
import assert from 'node:assert/strict'
import test from 'node:test'
import facts from '../../spec/perft-large.json' with { type: 'json' }
import { countPositions } from './perft.ts'
import { parseRules, type Rules } from './rules.ts'

for (const fact of facts.facts) {
  test(`[G3] [G4] [G5] ${fact.rules} has ${fact.positions} positions`, () => {
    const counts = countPositions(parseRules(fact.rules) as Rules, { isFolded: true })
    assert.equal(
      counts.reduce((total, count) => total + count, 0),
      fact.positions,
    )
  })
}
