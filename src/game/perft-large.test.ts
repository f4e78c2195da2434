/** The facts of millions of positions: counted by classes, for `line.test.ts` shows that no direction differs. */
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
