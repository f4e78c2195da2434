import assert from 'node:assert/strict'
import test from 'node:test'
import type { Command } from './command.ts'
import { evolve } from './evolve.ts'
import { bo, ada, after, eventOf, invite, move, verdict } from './testing/play.ts'

const blitz = { initialMs: 1000, incrementMs: 100 }
const daily = { perMoveMs: 1000 }

const at = (elapsedMs: number, command: Command): Command => ({ ...command, elapsedMs }) as Command
const flag = (elapsedMs: number): Command => ({ type: 'flag', elapsedMs })

test('[G26] without a clock no event carries time', () => {
  assert.deepEqual(eventOf(after(invite()), at(5, move(1, 1, 'ada'))), { type: 'moved', player: 'X', x: 1, y: 1 })
})

test('[G26] time does not run before both seats are taken', () => {
  const game = after(invite({ clock: blitz, players: { X: ada } }), { type: 'join', account: bo })
  assert.deepEqual(game.clocks, { X: 1000, O: 1000 })
  assert.equal(verdict(after(invite({ clock: blitz, players: { X: ada } })), flag(5000)), 'not-started')
})

test('[G26] time is charged to the player to move, also if the opponent acts', () => {
  const game = after(
    invite({ clock: blitz }),
    at(200, { type: 'offer', what: 'draw', by: 'bo' }),
    at(300, { type: 'answer', what: 'draw', accept: false, by: 'ada' }),
  )
  assert.deepEqual(game.clocks, { X: 500, O: 1000 })
})

test('[G26] the clock stops when the game is over', () => {
  const game = after(invite({ clock: blitz }), at(200, { type: 'resign', by: 'bo' }))
  assert.deepEqual(eventOf(game, at(900, { type: 'offer', what: 'rematch', by: 'bo' })), {
    type: 'offered',
    player: 'O',
    what: 'rematch',
  })
  assert.deepEqual(game.clocks, { X: 800, O: 1000 })
})

test('[G26] elapsed time is whole milliseconds and never negative', () => {
  const game = after(invite({ clock: blitz }), at(1.9, move(1, 1, 'ada')), at(-5, move(0, 0, 'bo')))
  assert.deepEqual(game.clocks, { X: 1099, O: 1100 })
})

test('[G27] a move adds the increment', () => {
  const game = after(invite({ clock: blitz }), at(400, move(1, 1, 'ada')), at(999, move(0, 0, 'bo')))
  assert.deepEqual(game.clocks, { X: 700, O: 101 })
})

test('[G27] the time per move is reset with every turn, and not before', () => {
  const game = after(
    invite({ clock: daily }),
    at(400, move(1, 1, 'ada')),
    at(900, { type: 'offer', what: 'draw', by: 'bo' }),
  )
  assert.deepEqual(game.clocks, { X: 1000, O: 100 })
  assert.equal(verdict(game, at(100, move(0, 0, 'bo'))), 'flagged')
  assert.deepEqual(after(invite({ clock: daily }), at(999, move(1, 1, 'ada'))).clocks, { X: 1000, O: 1000 })
})

const takeback: readonly Command[] = [
  at(400, move(1, 1, 'ada')),
  at(300, { type: 'offer', what: 'takeback', by: 'ada' }),
  at(200, { type: 'answer', what: 'takeback', accept: true, by: 'bo' }),
]

test('[G30] a takeback removes the increment, and the opponent gets their earlier time back', () => {
  assert.deepEqual(after(invite({ clock: blitz }), ...takeback).clocks, { X: 600, O: 1000 })
})

test('[G30] a takeback restores what was left of the time per move', () => {
  assert.deepEqual(after(invite({ clock: daily }), ...takeback).clocks, { X: 600, O: 1000 })
})

test('[G30] the time spent since a move stays spent if the move and its reply are taken back', () => {
  const twoPlies: readonly Command[] = [
    at(400, move(1, 1, 'ada')),
    at(300, move(0, 0, 'bo')),
    at(150, { type: 'offer', what: 'takeback', by: 'ada' }),
    at(50, { type: 'answer', what: 'takeback', accept: true, by: 'bo' }),
  ]
  assert.deepEqual(after(invite({ clock: blitz }), ...twoPlies).clocks, { X: 400, O: 1000 })
  assert.deepEqual(after(invite({ clock: daily }), ...twoPlies).clocks, { X: 400, O: 1000 })
})

test('[G30] repeated takebacks gain nobody time', () => {
  const round: readonly Command[] = [
    at(10, move(1, 1, 'ada')),
    at(70, move(0, 0, 'bo')),
    at(20, { type: 'offer', what: 'takeback', by: 'ada' }),
    at(10, { type: 'answer', what: 'takeback', accept: true, by: 'bo' }),
  ]
  const rounds = (count: number): readonly Command[] => Array.from({ length: count }, () => round).flat()
  for (const clock of [blitz, daily]) {
    assert.deepEqual(after(invite({ clock }), ...rounds(24)).clocks, { X: 1000 - 24 * 40, O: 1000 })
    assert.equal(after(invite({ clock }), ...rounds(25)).clocks?.X, 0)
  }
})

test('[G28] a flag falls when no time is left, not a millisecond earlier', () => {
  const game = after(invite({ clock: blitz }))
  assert.equal(verdict(game, flag(999)), 'stale')
  assert.equal(verdict(game, flag(1000)), 'flagged')
  assert.equal(verdict(after(invite()), flag(1000)), 'stale')
})

test('[G28] a move that comes too late lets the flag fall, and its repeat is done', () => {
  const late = at(1000, { ...move(1, 1, 'ada'), version: 1 })
  const game = after(invite({ clock: blitz }), late)
  assert.deepEqual(game.outcome, { winner: 'O', by: 'time' })
  assert.deepEqual([game.board, game.turn, game.clocks], ['.........', null, { X: 0, O: 1000 }])
  assert.equal(verdict(game, late), 'done')
  assert.equal(verdict(game, { ...flag(1000), version: 1 } as Command), 'done')
  assert.equal(verdict(game, { ...move(1, 1, 'bo'), version: 1 }), 'stale')
})

test('[G28] a late move that is invalid anyway is refused for that reason, also as a repeat', () => {
  const wrong = at(5000, { ...move(3, 3, 'ada'), version: 1 })
  assert.equal(verdict(after(invite({ clock: blitz })), wrong), 'off-board')
  assert.equal(verdict(after(invite({ clock: blitz }), flag(1000)), wrong), 'stale')
})

test('[G25] a player who abandons a game loses it, and is charged the time', () => {
  const game = after(invite({ clock: blitz, public: true }), at(600, { type: 'abandon' }))
  assert.deepEqual(
    [game.outcome, game.clocks],
    [
      { winner: 'O', by: 'abandonment' },
      { X: 400, O: 1000 },
    ],
  )
})

test('[G29] any timed command of either player after a flag has fallen lets it fall, and its repeat is done', () => {
  const offered = after(invite({ clock: blitz }), at(100, { type: 'offer', what: 'draw', by: 'ada' }))
  const late: readonly Command[] = [
    { type: 'resign', by: 'ada' },
    { type: 'resign', by: 'bo' },
    { type: 'offer', what: 'draw', by: 'bo' },
    { type: 'answer', what: 'draw', accept: true, by: 'bo' },
    { type: 'answer', what: 'draw', accept: false, by: 'ada' },
  ]
  for (const command of late) {
    const timed = at(900, { ...command, version: 2 } as Command)
    assert.equal(verdict(offered, at(899, timed)) === 'flagged', false, command.type)
    const game = evolve(offered, eventOf(offered, timed))
    assert.deepEqual([game.outcome, game.offer], [{ winner: 'O', by: 'time' }, null])
    assert.equal(verdict(game, timed), 'done')
  }
  assert.equal(verdict(offered, at(900, { type: 'offer', what: 'takeback', by: 'ada' })), 'not-started')
})
