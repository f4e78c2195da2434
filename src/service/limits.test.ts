/** Each bound of the service, crossed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryJournal } from '../journal/index.ts'
import { limits } from '../protocol/index.ts'
import { Play, settle } from './testing/play.ts'

test('[S5] so many commands wait for a game, and no more', async () => {
  const gate = Promise.withResolvers<void>()
  const journal = new MemoryJournal()
  const append = journal.append.bind(journal)
  const play = await Play.open({ journal, limits: { commandsPerGame: 3 } })
  journal.append = (...entry) => gate.promise.then(() => append(...entry))
  const people = Array.from({ length: 6 }, () => play.sit())
  const moves = people.map((person, x) => person.refused('game.move', { game: 'main', player: 'X', x, y: 0 }))
  await settle()
  gate.resolve()
  // One is with the journal while three wait; what they come to is another matter.
  const said = await Promise.all(moves)
  assert.deepEqual(said.slice(4), ['unavailable', 'unavailable'])
  assert.deepEqual(said.slice(0, 4), ['accepted', 'not-your-turn', 'not-your-turn', 'not-your-turn'])
})

test('[S7] so many requests of one connection wait for their answers, and no more', async () => {
  const play = await Play.open({ limits: { requestsInFlight: 3 } })
  const ann = play.sit()
  const asked = [ann.ask('hello', {}), ...Array.from({ length: 4 }, () => ann.refused('ping', {}))]
  assert.deepEqual((await Promise.all(asked)).slice(1), ['accepted', 'accepted', 'rate-limited', 'rate-limited'])
  assert.equal(await ann.refused('ping', {}), 'accepted')
})

test('[S2] a connection hears of so many games, and of one more when one is over', async () => {
  const play = await Play.open({ limits: { watchedGamesMax: 2 } })
  const [ann, ben] = [play.sit(), play.sit()]
  for (const game of ['one', 'two', 'three']) await play.sit().ask('game.create', { game, seats: 'open' })
  await ann.ask('game.watch', { game: 'one' })
  await ann.ask('game.watch', { game: 'two' })
  assert.equal(await ann.refused('game.watch', { game: 'three' }), 'too-many')
  await ann.ask('game.watch', { game: 'two' })
  for (const cell of [0, 3, 1, 4, 2]) await ben.ask('game.move', { game: 'one', x: cell % 3, y: Math.floor(cell / 3) })
  assert.equal(await ann.refused('game.watch', { game: 'three' }), 'accepted')
})

test('[S12] so many games are in memory, and idle ones make room', async () => {
  const play = await Play.open({ limits: { liveGamesMax: 3, idleGameMs: 5_000 } })
  const ann = play.sit()
  const [one] = [await ann.ask('game.create', {}), await ann.ask('game.create', {})]
  assert.equal(await ann.refused('game.create', {}), 'unavailable')
  await ann.ask('game.unwatch', { game: one.game })
  await play.pass(6_000)
  assert.equal(await ann.refused('game.create', {}), 'accepted')
})

test('[S19] [S13] a lobby shows so many games, a page of a list so many rows', async () => {
  const play = await Play.open({ limits: { lobbyGamesMax: 2, pageRows: 2 } })
  const people = Array.from({ length: 3 }, () => play.sit())
  for (const person of people) await person.ask('game.create', { public: true })
  assert.equal((await people[0]?.ask('lobby.list', {}))?.games.length, 2)
  for (const game of ['one', 'two', 'three']) await people[0]?.ask('game.create', { game })
  await settle()
  const page = await people[0]?.ask('account.games', {})
  assert.equal(page?.games.length, 2)
  const rest = await people[0]?.ask('account.games', { cursor: page?.next ?? '' })
  assert.equal(rest?.games.length, 2)
})

test('[S11] an absence lasts as long as the table says', async () => {
  const play = await Play.open()
  const [ann, ben] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { public: true })
  await ben.ask('game.join', { game })
  ann.leave()
  await play.pass(limits.abandonMs - 2_000)
  assert.equal((await ben.ask('game.get', { game })).outcome, null)
  await play.pass(4_000)
  assert.equal((await ben.ask('game.get', { game })).outcome?.by, 'abandonment')
})
