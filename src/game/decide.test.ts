import assert from 'node:assert/strict'
import test from 'node:test'
import type { Command } from './command.ts'
import { decide } from './decide.ts'
import type { Game } from './game.ts'
import { presets } from './rules.ts'
import { ada, after, bo, eve, eventOf, invite, move, open, verdict } from './testing/play.ts'

const waiting = invite({ players: { X: ada } })
const resign = { type: 'resign', by: 'bo' } as const
const both = invite({ players: { X: ada, O: ada } })
const five = { initialMs: 300_000, incrementMs: 0 }

/** A rule, and what came of a command given a game. */
type Row = readonly [title: string, given: Game | null, when: Command, then: string]

const rows: readonly Row[] = [
  ['[G14] a game is created under a free id', null, invite(), 'created'],
  ['[G14] nothing but creation reaches a game that does not exist', null, move(1, 1), 'no-such-game'],
  ['[G14] the same creation again is done', after(invite()), invite(), 'done'],
  ['[G14] another creation is refused', after(invite()), invite({ public: true }), 'id-taken'],
  ['[G14] a creation with more is another', after(invite()), invite({ clock: five }), 'id-taken'],
  [
    '[G14] the same creation under a new name is done',
    after(invite()),
    invite({ players: { X: { ...ada, name: 'Adele' }, O: bo } }),
    'done',
  ],
  [
    '[G14] the same creation for somebody else of that name is refused',
    after(invite()),
    invite({ players: { X: { ...eve, name: ada.name }, O: bo } }),
    'id-taken',
  ],
  ['[G14] a creation with a seat less is another', after(invite()), waiting, 'id-taken'],
  [
    '[G14] creation of a game that went on is refused',
    after(waiting, { type: 'join', account: bo }),
    waiting,
    'id-taken',
  ],
  ['[G1] rules out of range', null, invite({ rules: { ...presets.gomoku, width: 26 } }), 'bad-rules'],
  ['[G1] rules of half a column', null, invite({ rules: { ...presets.gomoku, width: 2.5 } }), 'bad-rules'],
  ['[G1] no time at all', null, invite({ clock: { perMoveMs: 0 } }), 'bad-rules'],
  ['[G16] an open board with an owner', null, { ...open(), players: { O: bo } }, 'bad-rules'],
  ['[G16] an open board with a clock', null, { ...open(), clock: five }, 'bad-rules'],

  ['[G17] the free seat is taken', after(waiting), { type: 'join', account: bo }, 'joined'],
  ['[G17] the seat one asks for', after(waiting), { type: 'join', account: bo, player: 'O' }, 'joined'],
  ['[G17] the seat of another', after(waiting), { type: 'join', account: bo, player: 'X' }, 'seat-taken'],
  ['[G17] no seat left', after(invite()), { type: 'join', account: eve }, 'seat-taken'],
  ['[G17] who sits there is done', after(invite()), { type: 'join', account: bo }, 'done'],
  ['[G17] who sits there under a new name', after(invite()), { type: 'join', account: { ...bo, name: 'B' } }, 'done'],
  ['[G17] the other seat as well', after(waiting), { type: 'join', account: ada, player: 'O' }, 'joined'],
  ['[G17] an open board has no seats', after(open()), { type: 'join', account: bo }, 'seat-taken'],
  ['[G17] a game that is over', after(invite(), resign), { type: 'join', account: eve }, 'game-over'],

  ['[G15] the owner of the seat moves', after(invite()), move(1, 1, 'ada'), 'moved'],
  ['[G15] a stranger does not', after(invite()), move(1, 1, 'eve'), 'not-your-seat'],
  ['[G15] nobody does not', after(invite()), move(1, 1), 'not-your-seat'],
  ['[G15] for the opponent', after(invite()), { ...move(1, 1, 'bo'), player: 'X' }, 'not-your-seat'],
  ['[G15] who owns both moves for X', after(both), move(1, 1, 'ada'), 'moved'],
  ['[G15] and then for O', after(both, move(1, 1, 'ada')), move(0, 0, 'ada'), 'moved'],
  ['[G15] unless it names X', after(both, move(1, 1, 'ada')), { ...move(0, 0, 'ada'), player: 'X' }, 'not-your-turn'],
  ['[G16] anybody moves on an open board', after(open()), move(1, 1, 'eve'), 'moved'],
  ['[G16] for the player to move', after(open()), { ...move(1, 1), player: 'O' }, 'not-your-turn'],

  ['[G18] nobody moves alone', after(waiting), move(1, 1, 'ada'), 'not-started'],
  ['[G19] the seat before the end', after(invite(), resign), move(1, 1, 'eve'), 'not-your-seat'],
  ['[G19] the end before the turn', after(invite(), resign), move(1, 1, 'bo'), 'game-over'],
  ['[G19] the turn before the place', after(invite()), move(9, 9, 'bo'), 'not-your-turn'],

  ['[G20] out of turn', after(invite()), resign, 'resigned'],
  ['[G34] the own game that nobody has joined', after(waiting), { type: 'resign', by: 'ada' }, 'withdrawn'],
  ['[G34] the game of somebody else', after(waiting), { type: 'resign', by: 'bo' }, 'not-your-seat'],
  ['[G34] the own game, for the free seat', after(waiting), { type: 'resign', by: 'ada', player: 'O' }, 'withdrawn'],
  [
    '[G34] by its creator, who owns no seat',
    after(invite({ players: {} })),
    { type: 'resign', by: 'ada' },
    'withdrawn',
  ],
  [
    '[G34] without a seat by somebody else',
    after(invite({ players: {} })),
    { type: 'resign', by: 'bo' },
    'not-your-seat',
  ],
  ['[G34] twice', after(waiting, { type: 'resign', by: 'ada' }), { type: 'resign', by: 'ada' }, 'game-over'],
  ['[G34] to join it', after(waiting, { type: 'resign', by: 'ada' }), { type: 'join', account: bo }, 'game-over'],
  [
    '[G34] a rematch of it',
    after(waiting, { type: 'resign', by: 'ada' }),
    { type: 'offer', what: 'rematch', by: 'ada' },
    'game-over',
  ],
  ['[G20] twice', after(invite(), resign), { type: 'resign', by: 'ada' }, 'game-over'],
  ['[G20] as a stranger', after(invite()), { type: 'resign', by: 'eve' }, 'not-your-seat'],
  ['[G20] on an open board', after(open()), { type: 'resign', by: null }, 'resigned'],

  ['[G16] to restart', after(open(), move(1, 1)), { type: 'restart', by: null }, 'restarted'],
  ['[G16] to restart what belongs to somebody', after(invite()), { type: 'restart', by: 'ada' }, 'not-your-seat'],
  [
    '[G1] to restart with rules out of range',
    after(open()),
    { type: 'restart', by: null, rules: { ...presets.wild, line: 4 } },
    'bad-rules',
  ],

  ['[G25] a public game', after(invite({ public: true })), { type: 'abandon' }, 'abandoned'],
  ['[G25] a private one', after(invite()), { type: 'abandon' }, 'bad-rules'],
  ['[G25] one that waits', after({ ...waiting, public: true }), { type: 'abandon' }, 'not-started'],
  ['[G25] one that is over', after(invite({ public: true }), resign), { type: 'abandon' }, 'game-over'],
]

for (const [title, given, when, then] of rows) {
  test(`${title}: ${then}`, () => {
    assert.equal(verdict(given, when), then)
  })
}

test('[G11] a repeat of the last accepted command is done, whatever it was', () => {
  const line: readonly Command[] = [
    { type: 'join', account: bo, version: 1 },
    { ...move(1, 1, 'ada'), version: 2 },
    { type: 'offer', what: 'draw', by: 'ada', version: 3 },
    { type: 'answer', what: 'draw', accept: false, by: 'bo', version: 4 },
    { type: 'offer', what: 'takeback', by: 'ada', version: 5 },
    { type: 'answer', what: 'takeback', accept: true, by: 'bo', version: 6 },
    { type: 'resign', by: 'ada', version: 7 },
    { type: 'offer', what: 'rematch', by: 'ada', version: 8 },
    { type: 'offer', what: 'rematch', by: 'bo', next: 'another', version: 9 },
  ]
  for (let end = 1; end <= line.length; end++) {
    const game = after(waiting, ...line.slice(0, end))
    const verdicts = line.slice(0, end).map((command) => verdict(game, command))
    assert.deepEqual(verdicts, [...Array.from({ length: end - 1 }, () => 'stale'), 'done'])
  }
})

const moved = after(invite(), move(1, 1, 'ada'))
const stale: readonly (readonly [string, Exclude<Command, { type: 'create' }>])[] = [
  ['another place', move(0, 0, 'ada')],
  ['another account', move(1, 1, 'bo')],
  ['another kind', { type: 'resign', by: 'ada' }],
  ['a mark that the rules forbid', { ...move(1, 1, 'ada'), mark: 'O' }],
  ['a place off the board with the same number', move(-2, 2, 'ada')],
]
for (const [title, command] of stale) {
  test(`[G11] at the version before, ${title} is stale`, () => {
    assert.equal(verdict(moved, { ...command, version: 1 }), 'stale')
  })
}

test('[G11] a version that is still to come is stale', () => {
  assert.equal(verdict(moved, { ...move(0, 0, 'bo'), version: 3 }), 'stale')
})

test('[G11] stale comes before every other reason', () => {
  assert.equal(verdict(moved, { ...move(9, 9, 'eve'), version: 0 }), 'stale')
})

test('[G12] without a version nothing is a repeat', () => {
  assert.equal(verdict(moved, move(1, 1, 'ada')), 'not-your-turn')
})

test('[G13] the time that a move took does not make it another', () => {
  assert.equal(verdict(moved, { ...move(1, 1, 'ada'), version: 1, elapsedMs: 7 }), 'done')
})

test('[G13] where marks fall, every place of the column is the same move', () => {
  const game = after(open(presets['connect-four']), move(3, 0))
  assert.equal(verdict(game, { ...move(3, 5), version: 1 }), 'done')
  assert.equal(verdict(game, { ...move(2, 5), version: 1 }), 'stale')
})

test('[G13] in a wild game the mark belongs to the move', () => {
  const game = after(open(presets.wild), { ...move(1, 1), mark: 'O' })
  assert.equal(verdict(game, { ...move(1, 1), mark: 'O', version: 1 }), 'done')
  assert.equal(verdict(game, { ...move(1, 1), version: 1 }), 'stale')
})

test('[G13] a restart with the same rules, named or not, is the same restart', () => {
  const game = after(open(), { type: 'restart', by: null })
  assert.equal(verdict(game, { type: 'restart', by: null, rules: { ...presets.tictactoe }, version: 1 }), 'done')
  assert.equal(verdict(game, { type: 'restart', by: null, rules: presets.wild, version: 1 }), 'stale')
})

test('[G16] a restart clears everything but the seats and the version', () => {
  const game = after(
    open(),
    move(1, 1),
    { type: 'resign', by: null },
    { type: 'restart', by: null, rules: presets.wild },
  )
  const { last: _, ...fresh } = after(open(presets.wild))
  assert.deepEqual({ ...game, last: undefined }, { ...fresh, version: 4, last: undefined })
})

test('[G7] the event names the place where the mark landed', () => {
  const event = eventOf(after(open(presets['connect-four'])), move(3, 0))
  assert.deepEqual(event, { type: 'moved', player: 'X', x: 3, y: 5 })
})

test('a refusal names what was asked, for a person', () => {
  assert.deepEqual(decide(moved, move(1, 1, 'ada')), {
    type: 'rejected',
    rejection: { name: 'not-your-turn', message: "it is O's move" },
  })
  assert.deepEqual(decide(moved, move(1, 1, 'bo')), {
    type: 'rejected',
    rejection: { name: 'cell-taken', message: '1 1 is taken' },
  })
  assert.deepEqual(decide(after(open(), { type: 'resign', by: null }), move(1, 1)), {
    type: 'rejected',
    rejection: {
      name: 'game-over',
      message: 'the game is over; clear the board for a new one (`new`, or `game.restart`)',
    },
  })
})
