import fc from 'fast-check'
import assert from 'node:assert/strict'
import test from 'node:test'
import { checkRules, isSameRules, makeRules, markRules, parseRules, presets, type Rules } from './rules.ts'

const anyRules: fc.Arbitrary<Rules> = fc
  .record(
    {
      width: fc.integer({ min: 1, max: 25 }),
      height: fc.integer({ min: 1, max: 25 }),
      line: fc.integer({ min: 1, max: 25 }),
      gravity: fc.boolean(),
      misere: fc.boolean(),
      marks: fc.constantFrom(...markRules),
      exact: fc.boolean(),
    },
    { noNullPrototype: true },
  )
  .filter((rules) => checkRules(rules) === undefined)

test('rules read back as they were written', () => {
  fc.assert(
    fc.property(anyRules, (rules) => {
      assert.deepEqual(parseRules(makeRules(rules)), rules)
    }),
    { seed: 1952, numRuns: 2000 },
  )
})

for (const [name, rules] of Object.entries(presets)) {
  test(`makeRules writes the name of ${name}, and no other preset equals it`, () => {
    assert.equal(makeRules({ ...rules }), name)
    assert.deepEqual(parseRules(` ${name.toUpperCase()} `), rules)
    assert.equal(Object.values(presets).filter((other) => isSameRules(other, rules)).length, 1)
  })
}

const texts = [
  ['3,3,3', 'tictactoe'],
  ['3,3,3+shared+misere', 'notakto'],
  ['5,4,4+EXACT+gravity', '5,4,4+gravity+exact'],
  ['25,1,25', '25,1,25'],
] as const
for (const [text, canonical] of texts) {
  test(`${text} is ${canonical}`, () => {
    assert.equal(makeRules(parseRules(text) as Rules), canonical)
  })
}

const bad = [
  ['', /^rules are one of tictactoe, gomoku/],
  ['chess', /^rules are one of/],
  ['3,3', /^rules are one of/],
  ['3,3,3+', /^rules are one of/],
  ['3,3,3+wild+shared', /^rules are one of/],
  ['3,3,3+exact+exact', /^rules are one of/],
  ['3,3,3+own', /^rules are one of/],
  ['-3,3,3', /^rules are one of/],
  ['0,3,3', /^the width must be a whole number from 1 to 25$/],
  ['3,26,3', /^the height must be a whole number from 1 to 25$/],
  ['4,3,5', /^the line must be a whole number from 1 to the longer side, 4$/],
  ['3,3,0', /^the line must/],
] as const
for (const [text, problem] of bad) {
  test(`[G1] "${text}" is refused in a sentence`, () => {
    const answer = parseRules(text)
    assert.ok(typeof answer === 'string')
    assert.match(answer, problem)
  })
}

test('[G1] a width of half a column is refused', () => {
  assert.match(checkRules({ ...presets.tictactoe, width: 2.5 }) ?? '', /^the width must/)
  assert.match(checkRules({ ...presets.tictactoe, line: Number.NaN }) ?? '', /^the line must/)
})
