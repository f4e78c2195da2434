import assert from 'node:assert/strict'
import test from 'node:test'
import type { Command } from './command.ts'
import type { Event } from './event.ts'
import { evolve } from './evolve.ts'
import type { Game } from './game.ts'
import { presets } from './rules.ts'
import { makeSheet, parseSheet } from './sheet.ts'
import { eventOf, invite, move, openCommand } from './testing/play.ts'

function eventsOf(...commands: readonly Command[]): readonly Event[] {
  const events: Event[] = []
  let game: Game | null = null
  for (const command of commands) {
    const event = eventOf(game, command)
    events.push(event)
    game = evolve(game, event)
  }
  return events
}

const won = eventsOf(
  invite(),
  move(1, 1, 'ada'),
  move(0, 0, 'bo'),
  move(0, 1, 'ada'),
  move(0, 2, 'bo'),
  move(2, 1, 'ada'),
)

test('a sheet is headers and numbered moves', () => {
  assert.equal(
    makeSheet(won),
    [
      'Rules: tictactoe',
      'X: Ada',
      'O: Bo',
      'Outcome: X wins by line',
      '',
      '1. 1,1 0,0',
      '2. 0,1 0,2',
      '3. 2,1',
      '',
    ].join('\n'),
  )
})

const games = {
  'a game won by a line': won,
  'a draw by agreement': eventsOf(
    invite(),
    { type: 'offer', what: 'draw', by: 'ada' },
    { type: 'offer', what: 'draw', by: 'bo' },
  ),
  'a resignation': eventsOf(invite(), move(1, 1, 'ada'), { type: 'resign', by: 'bo' }),
  'a takeback': eventsOf(
    invite(),
    move(1, 1, 'ada'),
    { type: 'offer', what: 'takeback', by: 'ada' },
    { type: 'answer', what: 'takeback', accept: true, by: 'bo' },
    move(0, 0, 'ada'),
  ),
  'a wild game': eventsOf(openCommand(presets.wild), { ...move(1, 1), mark: 'O' }, move(0, 0)),
  'falling marks': eventsOf(openCommand(presets['connect-four']), move(3, 0), move(3, 0)),
  'a restart with other rules': eventsOf(openCommand(), move(1, 1), {
    type: 'restart',
    by: null,
    rules: presets.gomoku,
  }),
}
for (const [name, events] of Object.entries(games)) {
  test(`the sheet of ${name} reads back`, () => {
    const game = events.reduce<Game | null>(evolve, null)
    assert.deepEqual(parseSheet(makeSheet(events)), { rules: game?.rules, moves: game?.moves, outcome: game?.outcome })
  })
}

test('a display name cannot add a line to the sheet', () => {
  const name = 'Ada\nOutcome: O wins by time\u2028'
  const sheet = makeSheet(eventsOf(invite({ players: { X: { id: 'ada', name } } })))
  assert.equal(sheet, 'Rules: tictactoe\nX: Ada Outcome: O wins by time\nO: ?\nOutcome: unfinished\n\n')
})

test('a sheet may have CRLF line ends, and its moves on one line', () => {
  assert.deepEqual(parseSheet(makeSheet(won).replaceAll('\n', '\r\n')), parseSheet(makeSheet(won)))
  assert.deepEqual(parseSheet('Outcome: unfinished\n\n1. 1,1 0,0 2. 2,2'), {
    rules: presets.tictactoe,
    moves: [
      { cell: 4, mark: 'X' },
      { cell: 0, mark: 'O' },
      { cell: 8, mark: 'X' },
    ],
    outcome: null,
  })
})

const wrong = [
  ['', /^"" is not a header$/],
  ['1. 1,1 0,0', /^"1. 1,1 0,0" is not a header$/],
  ['Rules: chess\n\n1. 1,1', /^rules are one of/],
  ['Outcome: X wins\n\n1. 1,1', /^"X wins" is not an outcome$/],
  ['Outcome: draw by line', /^"draw by line" is not an outcome$/],
  ['Outcome: O wins by full', /^"O wins by full" is not an outcome$/],
  ['Rules: tictactoe\n\n1. e4 e5', /^"e4" is not a move$/],
  ['Rules: tictactoe\n\n1. 1,1 1,1', /^move 2, 1,1: 1 1 is taken$/],
  ['Rules: tictactoe\n\n1. O@1,1', /^move 1, O@1,1: these rules do not let you choose the mark$/],
  ['Outcome: X wins by line\n\n1. 1,1', /^the moves do not end the game by line$/],
  ['Outcome: O wins by time\n\n1. 0,0 1,1 2. 0,1 2,2 3. 0,2', /^the moves end the game otherwise: X wins by line$/],
  ['Rules: tictactoe\n\n1. 0,0 1,1 2. 0,1 2,2 3. 0,2', /^the moves end the game otherwise/],
] as const
for (const [text, problem] of wrong) {
  test(`a wrong sheet is refused in a sentence: ${problem.source}`, () => {
    const answer = parseSheet(text)
    assert.ok(typeof answer === 'string')
    assert.match(answer, problem)
  })
}
