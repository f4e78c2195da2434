import assert from 'node:assert/strict'
import test from 'node:test'
import type { Command } from './command.ts'
import type { OfferKind } from './event.ts'
import { takebacksMax } from './index.ts'
import type { Game } from './game.ts'
import { ada, after, invite, move, openCommand, verdict } from './testing/play.ts'

const offer = (what: OfferKind, by: string): Command => ({ type: 'offer', what, by })
const answer = (what: OfferKind, by: string, accept: boolean): Command => ({ type: 'answer', what, by, accept })

/** Ada makes an offer, withdraws it and makes it again; Bo declines it. */
const twice = (what: OfferKind): readonly [Command, ...Command[]] => [
  invite(),
  offer(what, 'ada'),
  answer(what, 'ada', false),
  offer(what, 'ada'),
  answer(what, 'bo', false),
]

/** Ada moves and takes the move back, `times` times, then moves. */
const backAndForth = (times: number): readonly [Command, ...Command[]] => [
  invite(),
  ...Array.from({ length: times }, () => [
    move(1, 1, 'ada'),
    offer('takeback', 'ada'),
    answer('takeback', 'bo', true),
  ]).flat(),
  move(1, 1, 'ada'),
]

const fresh = after(invite())
const waiting = after(invite({ players: { X: ada } }))
const one = [invite(), move(1, 1, 'ada')] as const
const over = [invite(), { type: 'resign', by: 'bo' }] as const

type Row = readonly [title: string, given: Game, when: Command, then: string]

const rows: readonly Row[] = [
  ['[G21] offering a draw', fresh, offer('draw', 'bo'), 'offered'],
  ['[G21] offering a draw before the opponent joined', waiting, offer('draw', 'ada'), 'not-started'],
  ['[G21] offering a draw after the end', after(...over), offer('draw', 'ada'), 'game-over'],
  ['[G21] a takeback without a move', fresh, offer('takeback', 'ada'), 'not-started'],
  ['[G21] a takeback', after(...one), offer('takeback', 'ada'), 'offered'],
  ["[G21] a takeback of the opponent's only move", after(...one), offer('takeback', 'bo'), 'not-started'],
  ['[G21] a rematch before the end', fresh, offer('rematch', 'ada'), 'not-over'],
  ['[G21] a rematch', after(...over), offer('rematch', 'ada'), 'offered'],
  [
    '[G21] a second rematch',
    after(...over, offer('rematch', 'ada'), { ...answer('rematch', 'bo', true), next: 'another' } as Command),
    offer('rematch', 'ada'),
    'game-over',
  ],
  ['[G31] a third draw before the next move', after(...twice('draw')), offer('draw', 'ada'), 'too-many'],
  ['[G31] the first draw of the opponent', after(...twice('draw')), offer('draw', 'bo'), 'offered'],
  ['[G31] another kind of offer', after(...one, ...twice('draw').slice(1)), offer('takeback', 'ada'), 'offered'],
  ['[G31] a third draw after a move', after(...twice('draw'), move(1, 1, 'ada')), offer('draw', 'ada'), 'offered'],
  [
    '[G31] a third draw that accepts the opponent’s',
    after(...twice('draw'), offer('draw', 'bo')),
    offer('draw', 'ada'),
    'accepted',
  ],
  ['[G31] a third rematch', after(...over, ...twice('rematch').slice(1)), offer('rematch', 'ada'), 'too-many'],
  ['[G35] the last takeback', after(...backAndForth(takebacksMax - 1)), offer('takeback', 'ada'), 'offered'],
  ['[G35] one takeback too many', after(...backAndForth(takebacksMax)), offer('takeback', 'ada'), 'too-many'],
  [
    '[G35] one more, of the opponent',
    after(...backAndForth(takebacksMax), move(0, 0, 'bo')),
    offer('takeback', 'bo'),
    'too-many',
  ],
  ['[G35] another kind of offer', after(...backAndForth(takebacksMax)), offer('draw', 'ada'), 'offered'],
  ['[G15] a draw by a stranger', fresh, offer('draw', 'eve'), 'not-your-seat'],
  ['[G16] a rematch on an open board', after(openCommand()), offer('rematch', 'ada'), 'not-your-seat'],
  ['[G16] a draw on an open board', after(openCommand()), offer('draw', 'ada'), 'not-your-seat'],
  ['[G16] an answer on an open board', after(openCommand()), answer('draw', 'ada', true), 'not-your-seat'],
  ['[G22] one’s own offer again', after(invite(), offer('draw', 'ada')), offer('draw', 'ada'), 'done'],
  [
    '[G22] offering what the opponent has offered',
    after(invite(), offer('draw', 'ada')),
    offer('draw', 'bo'),
    'accepted',
  ],
  ['[G22] offering another kind', after(...one, offer('draw', 'bo')), offer('takeback', 'ada'), 'offered'],
  [
    '[G22] accepting after a move',
    after(invite(), offer('draw', 'bo'), move(1, 1, 'ada')),
    answer('draw', 'ada', true),
    'no-offer',
  ],
  [
    '[G22] accepting after the end',
    after(invite(), offer('draw', 'bo'), { type: 'resign', by: 'ada' }),
    answer('draw', 'ada', true),
    'no-offer',
  ],
  ['[G23] accepting', after(invite(), offer('draw', 'ada')), answer('draw', 'bo', true), 'accepted'],
  ['[G23] accepting one’s own', after(invite(), offer('draw', 'ada')), answer('draw', 'ada', true), 'no-offer'],
  ['[G23] declining', after(invite(), offer('draw', 'ada')), answer('draw', 'bo', false), 'declined'],
  ['[G23] withdrawing', after(invite(), offer('draw', 'ada')), answer('draw', 'ada', false), 'declined'],
  ['[G23] answering without an offer', fresh, answer('draw', 'bo', false), 'no-offer'],
  [
    '[G23] answering another kind of offer',
    after(...one, offer('takeback', 'ada')),
    answer('draw', 'bo', true),
    'no-offer',
  ],
  [
    '[G24] a rematch without an id',
    after(...over, offer('rematch', 'ada')),
    answer('rematch', 'bo', true),
    'bad-rules',
  ],
]

for (const [title, given, when, then] of rows) {
  test(`${title}: ${then}`, () => {
    assert.equal(verdict(given, when), then)
  })
}

test('[G22] an offer of another kind replaces the current one, of either player', () => {
  const game = after(...one, offer('draw', 'bo'), offer('takeback', 'ada'))
  assert.deepEqual(game.offer, { player: 'X', what: 'takeback' })
})

test('[G24] an accepted draw has no winner', () => {
  const game = after(invite(), offer('draw', 'ada'), answer('draw', 'bo', true))
  assert.deepEqual([game.outcome, game.turn, game.offer], [{ winner: null, by: 'agreement' }, null, null])
})

test('[G24] a takeback that the opponent has not answered yet removes one move', () => {
  const game = after(...one, offer('takeback', 'ada'), answer('takeback', 'bo', true))
  assert.deepEqual([game.board, game.turn, game.moves, game.offer], ['.........', 'X', [], null])
})

test('[G24] a takeback that the opponent has answered removes two', () => {
  const moves = [...one, move(0, 0, 'bo'), move(2, 2, 'ada'), move(0, 2, 'bo')]
  const game = after(...moves, offer('takeback', 'ada'), answer('takeback', 'bo', true))
  assert.deepEqual([game.board, game.turn, game.moves.length, game.version], ['O...X....', 'X', 2, 7])
})

test('[G24] a rematch by two offers names the new game', () => {
  const second = { type: 'offer', what: 'rematch', by: 'bo', next: 'another' } as const
  const game = after(...over, offer('rematch', 'ada'), second)
  assert.deepEqual([game.next, game.offer, game.outcome?.by], ['another', null, 'resignation'])
})
