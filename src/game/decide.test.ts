import assert from 'node:assert/strict'
import test from 'node:test'
import type { Command } from './command.ts'
import { decide } from './decide.ts'
import type { Game } from './game.ts'
import { presets } from './rules.ts'
import { ada, after, bo, eve, eventOf, invite, move, openCommand, verdict } from './testing/play.ts'

const waiting = invite({ players: { X: ada } })
const resign = { type: 'resign', by: 'bo' } as const
const both = invite({ players: { X: ada, O: ada } })
const five = { initialMs: 300_000, incrementMs: 0 }

/** A title, a game, a command, and the expected result. */
type Row = readonly [title: string, given: Game | null, when: Command, then: string]

const rows: readonly Row[] = [
  ['[G14] a game is created under a free id', null, invite(), 'created'],
  ['[G14] nothing but creation reaches a game that does not exist', null, move(1, 1), 'no-such-game'],
  ['[G14] the same creation again is done', after(invite()), invite(), 'done'],
  ['[G14] another creation is refused', after(invite()), invite({ public: true }), 'id-taken'],
  [
    '[G14] a creation with an additional member is another creation',
    after(invite()),
    invite({ clock: five }),
    'id-taken',
  ],
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
  ['[G14] a creation with one seat less is another creation', after(invite()), waiting, 'id-taken'],
  [
    '[G14] creation of a game with later events is refused',
    after(waiting, { type: 'join', account: bo }),
    waiting,
    'id-taken',
  ],
  ['[G1] rules out of range', null, invite({ rules: { ...presets.gomoku, width: 26 } }), 'bad-rules'],
  ['[G1] rules with half a column', null, invite({ rules: { ...presets.gomoku, width: 2.5 } }), 'bad-rules'],
  ['[G1] a clock without time', null, invite({ clock: { perMoveMs: 0 } }), 'bad-rules'],
  ['[G16] an open board with an owner', null, { ...openCommand(), players: { O: bo } }, 'bad-rules'],
  ['[G16] an open board with a clock', null, { ...openCommand(), clock: five }, 'bad-rules'],

  ['[G17] the free seat is taken', after(waiting), { type: 'join', account: bo }, 'joined'],
  ['[G17] a named seat that is free', after(waiting), { type: 'join', account: bo, player: 'O' }, 'joined'],
  ['[G17] a named seat that is taken', after(waiting), { type: 'join', account: bo, player: 'X' }, 'seat-taken'],
  ['[G17] no seat left', after(invite()), { type: 'join', account: eve }, 'seat-taken'],
  ['[G17] the owner of the seat joins again', after(invite()), { type: 'join', account: bo }, 'done'],
  [
    '[G17] the owner of the seat joins again under a new name',
    after(invite()),
    { type: 'join', account: { ...bo, name: 'B' } },
    'done',
  ],
  [
    '[G17] the owner of one seat takes the other',
    after(waiting),
    { type: 'join', account: ada, player: 'O' },
    'joined',
  ],
  ['[G17] an open board has no seats', after(openCommand()), { type: 'join', account: bo }, 'seat-taken'],
  ['[G17] a game that is over', after(invite(), resign), { type: 'join', account: eve }, 'game-over'],

  ['[G15] the owner of the seat moves', after(invite()), move(1, 1, 'ada'), 'moved'],
  ['[G15] another account does not move', after(invite()), move(1, 1, 'eve'), 'not-your-seat'],
  ['[G15] a command without an account does not move', after(invite()), move(1, 1), 'not-your-seat'],
  [
    '[G15] a player does not move for the opponent',
    after(invite()),
    { ...move(1, 1, 'bo'), player: 'X' },
    'not-your-seat',
  ],
  ['[G15] the owner of both seats moves for X', after(both), move(1, 1, 'ada'), 'moved'],
  ['[G15] the owner of both seats then moves for O', after(both, move(1, 1, 'ada')), move(0, 0, 'ada'), 'moved'],
  [
    '[G15] the owner of both seats names X out of turn',
    after(both, move(1, 1, 'ada')),
    { ...move(0, 0, 'ada'), player: 'X' },
    'not-your-turn',
  ],
  ['[G16] anybody moves on an open board', after(openCommand()), move(1, 1, 'eve'), 'moved'],
  [
    '[G16] a move on an open board that names the other player',
    after(openCommand()),
    { ...move(1, 1), player: 'O' },
    'not-your-turn',
  ],

  ['[G18] a move before the opponent joined', after(waiting), move(1, 1, 'ada'), 'not-started'],
  ['[G19] the seat is checked before the end', after(invite(), resign), move(1, 1, 'eve'), 'not-your-seat'],
  ['[G19] the end is checked before the turn', after(invite(), resign), move(1, 1, 'bo'), 'game-over'],
  ['[G19] the turn is checked before the place', after(invite()), move(9, 9, 'bo'), 'not-your-turn'],

  ['[G20] a resignation out of turn', after(invite()), resign, 'resigned'],
  ['[G34] withdrawing the own game that nobody has joined', after(waiting), { type: 'resign', by: 'ada' }, 'withdrawn'],
  ['[G34] withdrawing the game of another account', after(waiting), { type: 'resign', by: 'bo' }, 'not-your-seat'],
  [
    '[G34] withdrawing the own game, naming the free seat',
    after(waiting),
    { type: 'resign', by: 'ada', player: 'O' },
    'withdrawn',
  ],
  [
    '[G34] withdrawal by the creator, who owns no seat',
    after(invite({ players: {} })),
    { type: 'resign', by: 'ada' },
    'withdrawn',
  ],
  [
    '[G34] withdrawal by another account, if nobody owns a seat',
    after(invite({ players: {} })),
    { type: 'resign', by: 'bo' },
    'not-your-seat',
  ],
  [
    '[G34] withdrawing twice',
    after(waiting, { type: 'resign', by: 'ada' }),
    { type: 'resign', by: 'ada' },
    'game-over',
  ],
  [
    '[G34] joining a withdrawn game',
    after(waiting, { type: 'resign', by: 'ada' }),
    { type: 'join', account: bo },
    'game-over',
  ],
  [
    '[G34] a rematch of a withdrawn game',
    after(waiting, { type: 'resign', by: 'ada' }),
    { type: 'offer', what: 'rematch', by: 'ada' },
    'game-over',
  ],
  ['[G20] resigning twice', after(invite(), resign), { type: 'resign', by: 'ada' }, 'game-over'],
  ['[G20] a resignation by another account', after(invite()), { type: 'resign', by: 'eve' }, 'not-your-seat'],
  ['[G20] a resignation on an open board', after(openCommand()), { type: 'resign', by: null }, 'resigned'],

  ['[G16] restarting an open board', after(openCommand(), move(1, 1)), { type: 'restart', by: null }, 'restarted'],
  ['[G16] restarting a game whose seats have owners', after(invite()), { type: 'restart', by: 'ada' }, 'not-your-seat'],
  [
    '[G1] restarting with rules out of range',
    after(openCommand()),
    { type: 'restart', by: null, rules: { ...presets.wild, line: 4 } },
    'bad-rules',
  ],

  ['[G25] abandoning a public game', after(invite({ public: true })), { type: 'abandon' }, 'abandoned'],
  ['[G25] abandoning a private game', after(invite()), { type: 'abandon' }, 'bad-rules'],
  [
    '[G25] abandoning a game that waits for an opponent',
    after({ ...waiting, public: true }),
    { type: 'abandon' },
    'not-started',
  ],
  ['[G25] abandoning a game that is over', after(invite({ public: true }), resign), { type: 'abandon' }, 'game-over'],
]

for (const [title, given, when, then] of rows) {
  test(`${title}: ${then}`, () => {
    assert.equal(verdict(given, when), then)
  })
}

test('[G11] a repeat of the last accepted command of any type is done', () => {
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
  ['another type of command', { type: 'resign', by: 'ada' }],
  ['a mark that the rules forbid', { ...move(1, 1, 'ada'), mark: 'O' }],
  ['a place off the board with the same number', move(-2, 2, 'ada')],
]
for (const [title, command] of stale) {
  test(`[G11] at the previous version, ${title} is stale`, () => {
    assert.equal(verdict(moved, { ...command, version: 1 }), 'stale')
  })
}

test('[G11] a future version is stale', () => {
  assert.equal(verdict(moved, { ...move(0, 0, 'bo'), version: 3 }), 'stale')
})

test('[G11] stale is checked before every other reason', () => {
  assert.equal(verdict(moved, { ...move(9, 9, 'eve'), version: 0 }), 'stale')
})

test('[G12] without a version nothing is a repeat', () => {
  assert.equal(verdict(moved, move(1, 1, 'ada')), 'not-your-turn')
})

test('[G13] a repeat may have another elapsed time', () => {
  assert.equal(verdict(moved, { ...move(1, 1, 'ada'), version: 1, elapsedMs: 7 }), 'done')
})

test('[G13] with gravity, every place of a column is the same move', () => {
  const game = after(openCommand(presets['connect-four']), move(3, 0))
  assert.equal(verdict(game, { ...move(3, 5), version: 1 }), 'done')
  assert.equal(verdict(game, { ...move(2, 5), version: 1 }), 'stale')
})

test('[G13] in a wild game, a move with another mark is another move', () => {
  const game = after(openCommand(presets.wild), { ...move(1, 1), mark: 'O' })
  assert.equal(verdict(game, { ...move(1, 1), mark: 'O', version: 1 }), 'done')
  assert.equal(verdict(game, { ...move(1, 1), version: 1 }), 'stale')
})

test('[G13] a restart with the same rules, named or not, is the same restart', () => {
  const game = after(openCommand(), { type: 'restart', by: null })
  assert.equal(verdict(game, { type: 'restart', by: null, rules: { ...presets.tictactoe }, version: 1 }), 'done')
  assert.equal(verdict(game, { type: 'restart', by: null, rules: presets.wild, version: 1 }), 'stale')
})

test('[G16] a restart clears everything but the seats and the version', () => {
  const game = after(
    openCommand(),
    move(1, 1),
    { type: 'resign', by: null },
    { type: 'restart', by: null, rules: presets.wild },
  )
  const { last: _, ...fresh } = after(openCommand(presets.wild))
  assert.deepEqual({ ...game, last: undefined }, { ...fresh, version: 4, last: undefined })
})

test('[G7] the event names the place where the mark landed', () => {
  const event = eventOf(after(openCommand(presets['connect-four'])), move(3, 0))
  assert.deepEqual(event, { type: 'moved', player: 'X', x: 3, y: 5 })
})

test('the message of a refusal names the details of the command', () => {
  assert.deepEqual(decide(moved, move(1, 1, 'ada')), {
    type: 'rejected',
    rejection: { name: 'not-your-turn', message: "it is O's move" },
  })
  assert.deepEqual(decide(moved, move(1, 1, 'bo')), {
    type: 'rejected',
    rejection: { name: 'cell-taken', message: '1 1 is taken' },
  })
  assert.deepEqual(decide(after(openCommand(), { type: 'resign', by: null }), move(1, 1)), {
    type: 'rejected',
    rejection: {
      name: 'game-over',
      message: 'the game is over; clear the board for a new one (`new`, or `game.restart`)',
    },
  })
})
