import assert from 'node:assert/strict'
import test from 'node:test'
import facts from '../../spec/perft.json' with { type: 'json' }
import { countClasses, countGames, countPositions } from './perft.ts'
import { parseRules, type Rules } from './rules.ts'

for (const fact of facts.facts) {
  const rules = parseRules(fact.rules) as Rules
  test(`[G3] [G4] [G5] ${fact.rules} allows what spec/perft.json says`, () => {
    const perPly = countPositions(rules, fact.plies === undefined ? {} : { plies: fact.plies })
    if (fact.perPly !== undefined) assert.deepEqual(perPly, fact.perPly)
    if (fact.positions !== undefined) assert.equal(sum(perPly), fact.positions)
    if (fact.classes !== undefined) assert.equal(countClasses(rules), fact.classes)
    if (fact.games !== undefined) assert.deepEqual(countGames(rules), fact.games)
  })
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
