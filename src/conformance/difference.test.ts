/** The comparison that transcripts use: it accepts equal messages, detects every difference, and names the rule. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bindings, rulesOf } from './difference.ts'
import { parseTranscript } from './transcript.ts'

const view = { game: 'abc', version: 3, players: { X: { id: 'ann' }, O: null }, line: [[0, 1]] }

test('a transcript that matches the received messages holds', () => {
  const bindings = new Bindings()
  const expected = { game: '$game', version: 3, players: { X: { id: '$ann' }, O: null }, line: [[0, 1]] }
  assert.equal(bindings.compare(expected, view), null)
  assert.equal(bindings.compare('* BOARD $game version 3', '* BOARD abc version 3'), null)
  assert.equal(bindings.compare({ version: 3, '*': '*' }, view), null)
  assert.equal(bindings.fill('join $game'), 'join abc')
})

for (const [what, expected] of [
  ['another value', { ...view, version: 4 }],
  ['another type', { ...view, version: '3' }],
  ['a missing member', { ...view, turn: 'X' }],
  ['an additional member', { game: 'abc', version: 3, players: '*' }],
  ['null for an object', { ...view, players: null }],
  ['an object for null', { ...view, players: { X: { id: 'ann' }, O: { id: 'bob' } } }],
  ['another order', { ...view, line: [[1, 0]] }],
  [
    'a longer list',
    {
      ...view,
      line: [
        [0, 1],
        [0, 2],
      ],
    },
  ],
] as const)
  test(`a transcript with ${what} does not hold`, () => {
    assert.notEqual(new Bindings().compare(expected, view), null)
  })

test('a placeholder stands for one value', () => {
  const bindings = new Bindings()
  assert.equal(bindings.compare('$game', 'abc'), null)
  assert.match(bindings.compare('$game', 'abd') ?? '', /should be "abc" and is "abd"/)
})

test('a line that is not a step is an error', () => {
  assert.throws(() => parseTranscript('# Title\nprotocols: lines\nann => hello'), /line 3 is no step/)
})

test('the rules of a title hold for every step, those of a comment until the next comment', () => {
  const { rules, title, steps } = parseTranscript(
    '# Title [G4]\nprotocols: lines\na > {}\n# Then [S3]\na < {}\n# Last\na -\n',
  )
  assert.deepEqual([title, rules], ['Title', ['G4']])
  assert.deepEqual(
    steps.map((step) => step.rules),
    [['G4'], ['G4', 'S3'], ['G4']],
  )
})

const answer = '{"id":1,"result":{}}'
const notification = '{"method":"game.changed","params":{}}'

for (const [what, expected, received, difference, rules] of [
  ['another error', '{"id":1,"error":{}}', '{"id":1,"error":{}}', '.error.code should be 1 and is 2', ['P3']],
  ['a refusal', answer, '{"id":1,"error":{}}', '.result is missing', ['P3']],
  ['another version', answer, answer, '.result.version should be 2 and is 1', ['G9']],
  ['another member', answer, answer, '.result.debug is not expected: true', ['P5']],
  ['an answer before a notification', notification, answer, '.method is missing', ['S2', 'W8']],
  ['a notification before an answer', answer, notification, '.id is missing', ['W8']],
] as const)
  test(`${what} breaks ${rules.join(' and ')}`, () => {
    assert.deepEqual(rulesOf(expected, received, difference), rules)
  })
