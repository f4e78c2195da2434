/** The comparison that transcripts use: it accepts equal messages and detects every difference. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bindings, parseTranscript } from './transcript.ts'

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
  assert.throws(() => parseTranscript('# Title\ndoors: lines\nann => hello'), /line 3 is no step/)
})
