/** Messages are read as the patterns say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Player } from '../../game/index.ts'
import type { ReadPatterns } from '../description/schema.ts'
import { isMeaningful, makeReader, type Meaning } from './meaning.ts'

const codes = { X: 1, O: 2 }
const patterns: ReadPatterns = { error: '^ERR', win: '^WIN (?<player>\\w)', draw: '^DRAW' }

function read(change: Partial<ReadPatterns>, text: string, self: Player | null = null, status?: number): Meaning {
  return makeReader({ ...patterns, ...change }, codes)(Buffer.from(text, 'latin1'), self, status)
}

test('a message without a meaning has none', () => {
  assert.equal(isMeaningful(read({}, 'Your turn')), false)
})

test('a win names its player by code, by symbol, or by whose connection it is', () => {
  assert.equal(read({}, 'WIN 2').win, 'O')
  assert.equal(read({}, 'WIN x').win, 'X')
  assert.equal(read({}, 'WIN ?').win, null)
  assert.equal(read({ win: { self: 'You win', other: 'You lose' } }, 'You lose', 'X').win, 'O')
  assert.equal(read({ win: { X: 'crosses', O: 'noughts' } }, 'noughts win').win, 'O')
  assert.equal(read({ win: { when: { json: 'over' }, player: 'by[0]' } }, '{"over":true,"by":[1]}').win, 'X')
  assert.equal(read({ win: { when: { json: 'over' }, player: 'by[0]' } }, '{"over":false,"by":[1]}').win, null)
})

test('a status of HTTP is a meaning', () => {
  assert.equal(read({ error: { status: 409 } }, '', null, 409).error, true)
  assert.equal(read({ error: { status: '4..' } }, '', null, 400).error, true)
  assert.equal(read({ error: { status: '4..' } }, '', null, 200).error, false)
})

const boards: readonly (readonly [string, Partial<ReadPatterns>, string, string | null])[] = [
  ['cells in reading order', { board: { cells: '[XO.]' } }, 'X.O/.X./..O', 'X.O.X...O'],
  ['a part of the message', { board: { cells: '[XO.]', in: 'BOARD (.*)' } }, 'OX BOARD X.O.X...O', 'X.O.X...O'],
  [
    'rows with bars',
    { board: { rows: '^ (.) \\| (.) \\| (.)' } },
    ' X |   | O\n---+---+---\n   | X |  \n---+---+---\n   |   | O',
    'X.O.X...O',
  ],
  [
    'numbers of free cells',
    { board: { rows: '(.)\\|(.)\\|(.)' }, symbols: { X: 'X', O: 'O', empty: 'any' } },
    'X|2|O\n4|X|6\n7|8|O',
    'X.O.X...O',
  ],
  [
    'a JSON list',
    { board: { json: 'board' }, symbols: { X: 1, O: 2, empty: [0, null] } },
    '{"board":[1,0,2,null,1,0,0,0,2]}',
    'X.O.X...O',
  ],
  ['JSON rows', { board: { json: 'b' } }, '{"b":[["X","","O"],["","X",""],["","","O"]]}', 'X.O.X...O'],
  ['a JSON text', { board: { json: 'b' } }, '{"b":"X.O/.X./..O"}', 'X.O.X...O'],
  [
    'bytes',
    {
      board: { cells: '[\\0-\\x02]', in: '^\\x01(.{9})' },
      symbols: { X: '\x01', O: '\x02', empty: '\0' },
      encoding: 'latin1',
    },
    '\x01\x01\0\x02\0\x01\0\0\0\x02',
    'X.O.X...O',
  ],
  ['no board', { board: { cells: '[XO.]', in: 'BOARD (.*)' } }, 'Welcome', null],
]

for (const [what, change, text, board] of boards)
  test(`a board is read: ${what}`, () => assert.equal(read(change, text).board, board))

test('a board that is none is told', () => {
  assert.equal(read({ board: { json: 'b' } }, '{"b":["X"]}').badBoard, '1 cells instead of 9')
  assert.match(read({ board: { json: 'b' } }, '{"b":"XXXXXXXX?"}').badBoard ?? '', /the cell "\?"/)
})
