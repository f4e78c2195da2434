/** Each limit of the service, exceeded. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryJournal } from '../journal/index.ts'
import { limits } from '../protocol/index.ts'
import { Arbiter } from './games/arbiter.ts'
import { type Person, Play, settle } from './testing/play.ts'

test('[S5] only commandsPerGame commands wait for a game', async () => {
  const gate = Promise.withResolvers<void>()
  const journal = new MemoryJournal()
  const append = journal.append.bind(journal)
  const play = await Play.open({ journal, limits: { commandsPerGame: 3 } })
  journal.append = (...entry) => gate.promise.then(() => append(...entry))
  const people = Array.from({ length: 6 }, () => play.sit())
  const moves = people.map((person, x) => person.refused('game.move', { game: 'main', player: 'X', x, y: 0 }))
  await settle()
  gate.resolve()
  // One command is being stored while three wait; whether they succeed does not matter here.
  const answers = await Promise.all(moves)
  assert.deepEqual(answers.slice(4), ['unavailable', 'unavailable'])
  assert.deepEqual(answers.slice(0, 4), ['accepted', 'not-your-turn', 'not-your-turn', 'not-your-turn'])
})

test('[S7] only requestsInFlight requests of one connection wait for their answers', async () => {
  const play = await Play.open({ limits: { requestsInFlight: 3 } })
  const ann = play.sit()
  const asked = [ann.ask('hello', {}), ...Array.from({ length: 4 }, () => ann.refused('ping', {}))]
  assert.deepEqual((await Promise.all(asked)).slice(1), ['accepted', 'accepted', 'rate-limited', 'rate-limited'])
  assert.equal(await ann.refused('ping', {}), 'accepted')
})

test('[S2] a connection watches watchedGamesMax games, and another one when one is over', async () => {
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

test('[S12] memory holds liveGamesMax games, and idle games make room', async () => {
  const play = await Play.open({ limits: { liveGamesMax: 3, idleGameMs: 5_000 } })
  const ann = play.sit()
  const [one] = [await ann.ask('game.create', {}), await ann.ask('game.create', {})]
  assert.equal(await ann.refused('game.create', {}), 'unavailable')
  await ann.ask('game.unwatch', { game: one.game })
  await play.pass(6_000)
  assert.equal(await ann.refused('game.create', {}), 'accepted')
})

const weeks = { initialMs: limits.clockMsMax, incrementMs: 0 }

/** Creates a game that never becomes idle: its clock runs. */
function makeBusy(person: Person): Promise<string> {
  return person.refused('game.create', { clock: weeks, opponent: { bot: 'random' }, seat: 'X' })
}

test('[S44] each address has its own number of live games, and a game that it leaves makes room', async () => {
  const play = await Play.open({ limits: { liveGamesPerAddress: 3, idleGameMs: 5_000 } })
  const [ann, neighbour, ben] = [play.sit(), play.sit(), play.sit('lines', '192.0.2.9')]
  assert.deepEqual([await makeBusy(ann), await makeBusy(neighbour)], ['accepted', 'accepted'])
  const { game } = await ann.ask('game.create', {})
  assert.equal(await makeBusy(neighbour), 'unavailable')
  assert.equal(await ann.refused('game.get', { game: 'any' }), 'unavailable')
  assert.equal(await ann.refused('game.get', { game }), 'accepted', 'a live game stays')
  assert.equal(await ann.refused('game.get', { game: 'main' }), 'accepted', 'a game that others loaded counts for them')
  assert.equal(await makeBusy(ben), 'accepted')
  await ann.ask('game.unwatch', { game })
  await play.pass(6_000)
  assert.equal(await makeBusy(neighbour), 'accepted')
})

test('[S44] a rematch counts for the address that loaded the first game', async () => {
  const play = await Play.open({ limits: { liveGamesPerAddress: 2 } })
  const [ann, ben] = [play.sit(), play.sit('lines', '192.0.2.9')]
  const { game } = await ann.ask('game.create', {})
  const { version } = await ben.ask('game.join', { game })
  await ben.ask('game.resign', { game, version })
  await ann.ask('game.offer', { game, what: 'rematch' })
  await ben.ask('game.answer', { game, what: 'rematch' })
  assert.equal(await ann.refused('game.create', {}), 'unavailable')
  assert.equal(await ben.refused('game.create', {}), 'accepted')
})

test('[S44] an account has liveGamesPerAccount live games over all its addresses', async () => {
  const own = { requestsPerSecond: 1e6, requestBurst: 1e6, accountUnitBurst: 1e6, liveGamesPerAccount: 3 }
  const play = await Play.open({ limits: own })
  const { token } = await play.sit().ask('hello', {})
  const answers: string[] = []
  for (let device = 0; device < 5; device++) {
    const ann = play.sit('lines', `192.0.2.${device}`)
    await ann.ask('hello', { token })
    answers.push(await makeBusy(ann))
  }
  assert.deepEqual(answers, ['accepted', 'accepted', 'accepted', 'unavailable', 'unavailable'])
  assert.equal(await makeBusy(play.sit('lines', '192.0.2.1')), 'accepted')
})

test('[S44] at the limit a request checks a few games only, and readiness reports the limit', async (t) => {
  const count = 300
  const play = await Play.open({ limits: { liveGamesMax: count, liveGamesPerAddress: 0 } })
  const ann = play.sit()
  while (play.service.liveGames < count) assert.equal(await makeBusy(ann), 'accepted')
  const idleChecks = t.mock.method(Arbiter.prototype, 'isIdle')
  for (let index = 0; index < 20; index++)
    assert.equal(await ann.refused('game.get', { game: `n${index}` }), 'unavailable')
  assert.ok(idleChecks.mock.callCount() <= 20 * 32, `${idleChecks.mock.callCount()} checks`)
  const { ready, checks } = await play.service.readiness()
  assert.equal(ready, false)
  assert.match(checks['games'] ?? '', /^300 games are live, the most/)
})

test('[S49] running clocks of games that are not in memory are bounded, by address and in total', async () => {
  const bounds = { clocksPerAddress: 5, liveGamesPerAddress: 3, clocksMax: 12, idleGameMs: 5_000 }
  const play = await Play.open({ limits: bounds })
  const { deadlines } = play.service.shared
  const [ann, ben] = [play.sit(), play.sit('lines', '192.0.2.9')]
  const flood = async (person: Person, rounds: number): Promise<string | undefined> => {
    let last: string | undefined
    for (let round = 0; round < rounds; round++) {
      last = await makeBusy(person)
      for (const { game: own } of (await person.ask('account.games', {})).games)
        await person.ask('game.unwatch', { game: own })
      await play.pass(7_000)
      await play.pass(30_000)
    }
    return last
  }
  assert.equal(await flood(ann, 40), 'unavailable')
  assert.equal(play.service.liveGames, 0)
  assert.equal(deadlines.size, bounds.clocksPerAddress)
  const { game } = await ann.ask('game.create', {})
  assert.equal(await ben.refused('game.join', { game }), 'accepted', 'a game without a clock is not affected')
  assert.equal(await makeBusy(ben), 'accepted', 'another address has its own limit')
  const open = await ben.ask('game.create', { clock: weeks })
  assert.equal(await ann.refused('game.join', { game: open.game }), 'unavailable')
  assert.equal(await ann.refused('lobby.play', { clock: weeks }), 'unavailable')
  await flood(ben, 1)
  // When their flags have fallen there is room again, though nobody has read the games.
  await play.pass(limits.clockMsMax)
  await play.pass(10_000)
  assert.equal(deadlines.size, 0)
  assert.equal(await makeBusy(ann), 'accepted')
})

test('[S49] a running clock counts for the address that had the game last, and for nobody once the game is over', async () => {
  const play = await Play.open({ limits: { clocksPerAddress: 1, idleGameMs: 5_000 } })
  const [ann, ben] = [play.sit(), play.sit('lines', '192.0.2.9')]
  const { game } = await ann.ask('game.create', { clock: weeks, opponent: { bot: 'random' }, seat: 'X' })
  await ann.ask('game.unwatch', { game })
  await play.pass(7_000)
  await play.pass(30_000)
  assert.equal(await makeBusy(ann), 'unavailable')
  await ben.ask('game.get', { game })
  assert.equal(await makeBusy(ann), 'accepted')
  await ann.ask('game.resign', { game })
  await play.pass(7_000)
  await play.pass(30_000)
  assert.equal(await makeBusy(ben), 'accepted')
})

test('[S44] a game that does not exist takes no memory', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const before = play.service.liveGames
  for (let index = 0; index < 20; index++) await ann.refused('game.get', { game: `n${index}` })
  assert.equal(play.service.liveGames, before)
})

test('[S19] [S13] a lobby shows lobbyGamesMax games, a page of a list pageRows rows', async () => {
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

test('[S11] a player may be absent for abandonMs', async () => {
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
