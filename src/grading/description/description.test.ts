/** A description that is wrong in any way is one sentence with line and column. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DocumentMistake } from '../document/document.ts'
import { readDescription } from './description.ts'

const right = `start:
  command: python3 server.py {port}
framing: line
send:
  move: MOVE {player} {row1} {col1}
  reset: RESET
read:
  error: ^ERROR
  win: ^WIN (?<player>[XO])
  draw: ^DRAW
`

test('a short description gets its defaults', () => {
  const description = readDescription(right, 'homework.yaml')
  assert.equal(description.connect, 'shared')
  assert.equal(description.newGame, 'reset')
  assert.equal(description.afterEnd, 'stays')
  assert.deepEqual(description.players, { X: 'X', O: 'O' })
  assert.equal(readDescription(right.replace('  reset: RESET\n', ''), '').newGame, 'restart')
})

test('`extends: oxo-text` needs three lines', () => {
  const description = readDescription('extends: oxo-text\nstart:\n  command: ./server {port}\n', 'homework.yaml')
  assert.equal(description.protocol.type, 'patterns')
})

test('a player at the keyboard leaves one connection, and steps may differ by player', () => {
  const more = "keyboard: { player: O, input: ['{cell1}'] }\njoin: { X: [{ expect: ^you }] }\n"
  const { connect, keyboard, join } = readDescription(`${right}${more}`, 'homework.yaml')
  assert.deepEqual([connect, keyboard?.player, keyboard?.isRead], ['player', 'O', false])
  assert.deepEqual(join, { X: [{ expect: '^you' }], O: [] })
})

const mistakes: readonly (readonly [what: string, from: string | RegExp, to: string, message: RegExp])[] = [
  ['broken YAML', 'framing: line', 'framing: [line', /^h\.yaml:\d+:\d+: this is not YAML/],
  [
    'an unknown key',
    'framing: line',
    'framing: line\nframming: line',
    /^h\.yaml:4:1: there is no key `framming` in the description; expected .*framing/,
  ],
  ['an unknown key inside', '  draw: ^DRAW', '  drawn: ^DRAW', /^h\.yaml:\d+:\d+: .*`drawn?`/],
  [
    'a wrong value',
    'framing: line',
    'framing: lines',
    /^h\.yaml:3:1: framing must be how messages end: line, blank-line/,
  ],
  [
    'a wrong type',
    'framing: line',
    'framing: line\nconnect: 7',
    /^h\.yaml:4:1: connect must be one connection .*shared, player, move/,
  ],
  ['no framing', 'framing: line\n', '', /framing is missing: how messages end/],
  ['no way to send', /send:\n {2}move.*\n {2}reset.*\n/, '', /send is missing/],
  ['no move', /  move.*\n/, '', /^h\.yaml:4:1: send has no `move`, which is needed/],
  ['a command without a port', ' {port}', '', /^h\.yaml:2:3: start\.command has no \{port\}/],
  ['a port out of range', ' {port}', '\n  port: 70000', /^h\.yaml:3:3: start\.port must be the port/],
  ['an unknown field', '{row1}', '{rwo}', /^h\.yaml:5:3: \{rwo\} is no field; the fields are player, row/],
  ['a move without a place', '{row1} {col1}', '', /^h\.yaml:5:3: send\.move does not say where/],
  [
    'a key without a place',
    'framing: line',
    'framing: line\nkeyboard: { player: X, input: [go] }',
    /^h\.yaml:4:24: keyboard\.input does not say where/,
  ],
  [
    'silence to who has moved, on one connection',
    'framing: line',
    'framing: line\nanswers: { move: 0 }',
    /^h\.yaml:4:12: a server that does not answer who has moved needs connect: player/,
  ],
  ['a broken expression', '^ERROR', '"("', /^h\.yaml:8:3: this is no regular expression/],
  ['a win without a player', '(?<player>[XO])', '', /^h\.yaml:9:3: read\.win does not say who won/],
  [
    'a row of two groups',
    '  draw: ^DRAW',
    '  draw: ^DRAW\n  board: {rows: "(.) (.)"}',
    /^h\.yaml:11:11: read\.board\.rows needs three groups/,
  ],
  ['a broken path', '  draw: ^DRAW', '  draw: {json: "a..b"}', /^h\.yaml:10:10: this is no path/],
  ['reset without a request', /  reset.*\n/, '', /^h\.yaml:3:1: new-game is reset, but there is no send\.reset/],
  ['HTTP without a method', 'framing: line', 'framing: http', /^h\.yaml:5:3: with framing http a request is/],
  [
    'a width that does not exist',
    'MOVE {player} {row1} {col1}',
    '{bytes: [{u64: "{row}"}, {u8: "{col}"}]}',
    /^h\.yaml:5:/,
  ],
  ['an adapter beside a framing', 'framing: line', 'framing: line\nadapter: ./a', /^h\.yaml:3:1: there is an adapter/],
  [
    'a client without answers',
    '  draw: ^DRAW',
    '  draw: ^DRAW\nclient: {command: "./c {port}", input: ["{cell}"], prints: {error: e, win: "(?<player>.)", draw: d, board: {cells: "."}}}',
    /^h\.yaml:11:1: client has no `answers`/,
  ],
  [
    'a client without a place',
    '  draw: ^DRAW',
    '  draw: ^DRAW\nclient: {command: "./c {port}", input: [go], prints: {error: e, win: "(?<player>.)", draw: d, board: {cells: "."}}, answers: {board: "{board}", error: e, win: w, draw: d}}',
    /^h\.yaml:11:\d+: client\.input does not say where/,
  ],
  [
    'an unknown field of an answer',
    '  draw: ^DRAW',
    '  draw: ^DRAW\nclient: {command: "./c {port}", input: ["{cell}"], prints: {error: e, win: "(?<player>.)", draw: d, board: {cells: "."}}, answers: {board: "{bord}", error: e, win: w, draw: d}}',
    /^h\.yaml:11:\d+: \{bord\} is no field of an answer/,
  ],
  ['nothing', /[^]+/, '', /^h\.yaml:1:1: a description is a list/],
]

for (const [what, from, to, message] of mistakes)
  test(`a mistake in a description has its place: ${what}`, () => {
    const text = right.replace(from, () => to)
    assert.notEqual(text, right)
    const before = what === 'reset without a request' ? text.replace('framing', 'new-game: reset\nframing') : text
    assert.throws(
      () => readDescription(before, 'h.yaml'),
      (cause) => {
        assert.ok(cause instanceof DocumentMistake, String(cause))
        assert.match(cause.message, message)
        assert.ok(!cause.message.includes('\n'), 'one sentence on one line')
        return true
      },
    )
  })
