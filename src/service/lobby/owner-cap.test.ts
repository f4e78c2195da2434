import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../base/index.ts'
import { OwnerCap } from './owner-cap.ts'
import { Play } from '../testing/play.ts'

test('[S19] the oldest games of an owner have places; one that leaves makes room for the next', () => {
  const places = new OwnerCap(2)
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'b'].map((game) => places.enter(game, 'ann')),
    [true, true, false, false, true],
  )
  assert.ok(places.enter('e', 'bob'))
  assert.equal(places.leave('d'), undefined)
  assert.equal(places.leave('a'), 'c')
  assert.ok(places.enter('c', 'ann'))
  assert.equal(places.leave('b'), undefined)
  assert.equal(places.leave('never'), undefined)
})

test('[S19] many games of one owner are added, checked and removed without a search for each', () => {
  const places = new OwnerCap(10)
  const games = Array.from({ length: 60_000 }, (_, index) => `g${index}`)
  const began = systemClock.now()
  for (const game of games) places.enter(game, 'ann')
  for (const game of games.toReversed()) assert.equal(places.enter(game, 'ann'), Number(game.slice(1)) < 10)
  for (const game of games.slice(1_000)) places.leave(game)
  for (const game of games.slice(0, 1_000)) places.leave(game)
  const tookMs = systemClock.now() - began
  // With a search for each this would take a minute.
  assert.ok(tookMs < 10_000, `${tookMs} ms`)
  assert.ok(places.enter('g9', 'ann'))
})

test('[S19] one owner cannot fill the lobby: only a limited number of open games is shown and reported', async () => {
  const play = await Play.open({ limits: { lobbyGamesPerOwnerMax: 3 } })
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  await eve.ask('lobby.watch', {})
  const games: string[] = []
  for (let count = 0; count < 8; count++) games.push((await ann.ask('game.create', { public: true })).game)
  const own = (await bob.ask('game.create', { public: true })).game
  await play.pass(100)
  const shown = async (): Promise<readonly string[]> =>
    (await eve.ask('lobby.watch', {})).games.filter(({ status }) => status === 'open').map(({ game }) => game)
  assert.deepEqual(await shown(), [...games.slice(0, 3), own])
  assert.equal(eve.news('lobby.changed').length, 4)
  // One is joined, so the next one is shown. Games that are not shown can be joined all the same.
  await bob.ask('game.join', { game: games[1] ?? '' })
  assert.deepEqual(await shown(), [games[0], games[2], own, games[3]])
  await bob.ask('game.join', { game: games[7] ?? '' })
  ann.leave()
  await play.pass(60_000)
  assert.deepEqual(await shown(), [own])
})
