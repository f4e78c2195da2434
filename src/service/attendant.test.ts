/** What the server does by itself, and what it leaves alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../protocol/index.ts'
import { Play, settle } from './testing/play.ts'

test('[S8] elapsed time is rounded down: nobody pays for a millisecond that has not passed', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { initialMs: 10_000, incrementMs: 0 } })
  await bob.ask('game.join', { game })
  await play.pass(1_999.9)
  const moved = await ann.ask('game.move', { game, x: 0, y: 0 })
  assert.equal(moved.clock?.X, 8_001)
})

test('[S10] a bot declines draws and goes on, and grants takebacks', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'random' } })
  await ann.ask('game.move', { game, x: 1, y: 1 })
  await settle()
  await ann.ask('game.offer', { game, what: 'draw' })
  await settle()
  const declined = await ann.ask('game.get', { game })
  assert.deepEqual([declined.last?.type, declined.last?.player, declined.outcome], ['declined', 'O', null])
  await ann.ask('game.offer', { game, what: 'takeback' })
  await settle()
  const takenBack = await ann.ask('game.get', { game })
  assert.deepEqual([takenBack.last?.type, takenBack.board, takenBack.turn], ['accepted', '.........', 'X'])
})

test('[S11] who comes back in time has not abandoned the game', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { token } = await ann.ask('hello', {})
  const { game } = await ann.ask('game.create', { public: true })
  await bob.ask('game.join', { game })
  ann.leave()
  await play.pass(limits.abandonMs - 1_000)
  const back = play.sit()
  await back.ask('hello', { token })
  await back.ask('game.watch', { game })
  await play.pass(limits.abandonMs)
  assert.equal((await back.ask('game.move', { game, x: 0, y: 0 })).outcome, null)
})

test('[S12] a game with a running clock stays in memory though nobody looks, and its flag falls in time', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { initialMs: 3 * limits.idleGameMs, incrementMs: 0 } })
  await bob.ask('game.join', { game })
  ann.leave()
  bob.leave()
  for (let minute = 0; minute < 4; minute++) await play.pass(limits.idleGameMs)
  assert.deepEqual((await play.sit().ask('game.get', { game })).outcome, { winner: 'O', by: 'time' })
})
