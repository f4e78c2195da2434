/** What the server does by itself, and what it leaves to players. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { type Journal, JournalFault } from '../../journal/index.ts'
import { limits, parseBody } from '../../protocol/index.ts'
import type { BotRequest } from './bot-request.ts'
import { MemoryCatalogStore } from '../catalog/memory-catalog-store.ts'
import type { Choice } from '../../game/index.ts'
import type { Think } from '../context.ts'
import { Play, settle } from '../testing/play.ts'
import { firstFree } from '../testing/service.ts'

test('[S8] elapsed time is rounded down: nobody is charged for a millisecond that has not passed', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { initialMs: 10_000, incrementMs: 0 } })
  await bob.ask('game.join', { game })
  await play.pass(1_999.9)
  const moved = await ann.ask('game.move', { game, x: 0, y: 0 })
  assert.equal(moved.clock?.X, 8_001)
})

test('[S10] a bot declines draws and plays, and grants takebacks', async () => {
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

test('[G35] a bot grants a limited number of takebacks per game; more cannot be offered', async () => {
  let thoughts = 0
  const play = await Play.open({ think: (...asked) => (thoughts++, firstFree(...asked)) })
  const ann = play.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'random' } })
  const answers: string[] = []
  for (let round = 0; round < limits.takebacksPerGameMax + 20; round++) {
    await ann.refused('game.move', { game, x: 1, y: 1 })
    await settle()
    answers.push(await ann.refused('game.offer', { game, what: 'takeback' }))
    await settle()
  }
  assert.deepEqual([...new Set(answers.slice(0, limits.takebacksPerGameMax))], ['accepted'])
  assert.deepEqual([...new Set(answers.slice(limits.takebacksPerGameMax))], ['too-many'])
  assert.equal(thoughts, limits.takebacksPerGameMax + 1)
  assert.equal((await ann.ask('game.move', { game, x: 2, y: 2 })).outcome, null, 'the game is still live')
})

test('[S11] a player who comes back in time has not abandoned the game', async () => {
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

test('[S11] offers of the waiting player do not change when the absent player loses', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { public: true })
  await bob.ask('game.join', { game })
  await play.pass(1_000)
  ann.leave()
  await play.pass(1_000)
  const outcome = async () => (await bob.ask('game.get', { game })).outcome
  for (const accept of [true, false]) {
    if (accept) await bob.ask('game.offer', { game, what: 'draw' })
    else await bob.ask('game.answer', { game, what: 'draw', accept })
    await play.pass(limits.abandonMs / 3)
  }
  await play.pass(limits.abandonMs / 3 - 2_000)
  assert.equal(await outcome(), null)
  await play.pass(2_000)
  assert.deepEqual(await outcome(), { winner: 'O', by: 'abandonment' })
})

test('[S11] a player who acts without staying connected gets the full time again', async () => {
  const play = await Play.open()
  const [ann, bob, phone] = [play.sit(), play.sit(), play.sit()]
  const { token } = await ann.ask('hello', {})
  const { game } = await ann.ask('game.create', { public: true })
  await bob.ask('game.join', { game })
  await phone.ask('hello', { token })
  ann.leave()
  await play.pass(limits.abandonMs - 1_000)
  await phone.ask('game.offer', { game, what: 'draw' })
  await play.pass(limits.abandonMs - 1_000)
  assert.equal((await bob.ask('game.get', { game })).outcome, null)
  await play.pass(2_000)
  assert.equal((await bob.ask('game.get', { game })).outcome?.by, 'abandonment')
})

/** The last event of a game in the journal, read without a server. */
async function lastOf(journal: Journal, game: string) {
  return parseBody((await journal.read(game)).at(-1)?.body ?? '').event
}

test('[S12] [S33] a game with a running clock leaves memory, and its flag still falls in time', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const initialMs = 3 * limits.idleGameMs
  const { game } = await ann.ask('game.create', { clock: { initialMs, incrementMs: 0 } })
  await bob.ask('game.join', { game })
  ann.leave()
  bob.leave()
  for (let second = 0; second < (2 * limits.idleGameMs) / 1_000; second++) await play.pass(1_000)
  assert.equal(play.service.liveGames, 0)
  await play.pass(limits.idleGameMs - 1)
  assert.equal((await lastOf(play.journal, game)).type, 'joined')
  await play.pass(1)
  assert.deepEqual(await lastOf(play.journal, game), { type: 'flagged', player: 'X', elapsedMs: initialMs })
})

test('[S33] games whose time is over end after a start, without a request', async () => {
  for (const store of [new MemoryCatalogStore(), undefined]) {
    const clock = new VirtualClock(1_790_000_000_000)
    const before = await Play.open({ clock, ...(store === undefined ? {} : { store }) })
    const [ann, bob] = [before.sit(), before.sit()]
    const games: string[] = []
    for (const control of [{ initialMs: 5_000, incrementMs: 0 }, { perMoveMs: 5_000 }, { perMoveMs: 50_000 }]) {
      const { game } = await ann.ask('game.create', { clock: control })
      await bob.ask('game.join', { game })
      await ann.ask('game.move', { game, x: 0, y: 0 })
      games.push(game)
    }
    await before.pass(2_000)
    await before.service.close()
    clock.advance(10_000)
    const after = await Play.open({
      journal: before.journal,
      clock,
      seed: 2,
      ...(store === undefined ? {} : { store }),
    })
    await after.pass(1_100)
    await after.pass(100)
    const ends = await Promise.all(games.map((game) => lastOf(before.journal, game)))
    assert.deepEqual(
      ends.map(({ type }) => type),
      ['flagged', 'flagged', 'moved'],
    )
    await after.pass(40_000)
    assert.equal((await lastOf(before.journal, games[2] ?? '')).type, 'flagged')
  }
})

test('[S33] a bot that is to move in a game with a clock moves after a start', async () => {
  const clock = new VirtualClock(1_790_000_000_000)
  const store = new MemoryCatalogStore()
  const before = await Play.open({ clock, store, think: () => new Promise(() => {}) })
  const ann = before.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'random' }, clock: { perMoveMs: 60_000 } })
  await ann.ask('game.move', { game, x: 1, y: 1 })
  await before.pass(2_000)
  await before.service.close()
  const after = await Play.open({ journal: before.journal, clock, seed: 2, store })
  await after.pass(10)
  assert.equal((await lastOf(before.journal, game)).type, 'moved')
})

test('[S33] what is due in a game that cannot be read is done once it can be read', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { initialMs: 2 * limits.idleGameMs, incrementMs: 0 } })
  await bob.ask('game.join', { game })
  ann.leave()
  bob.leave()
  for (let second = 0; second < limits.idleGameMs / 500; second++) await play.pass(1_000)
  const read = play.journal.read.bind(play.journal)
  play.journal.read = () => Promise.reject(new JournalFault('unavailable', 'no answer'))
  await play.pass(5_000)
  play.journal.read = read
  await play.pass(1_000)
  assert.equal((await lastOf(play.journal, game)).type, 'flagged')
})

test('[S42] a bot does not compute for a player who has left, and does when they are back', async () => {
  const asked: BotRequest[] = []
  const answers: ((choice: Choice | null) => void)[] = []
  const think: Think = (_game, _level, request) => {
    asked.push(request)
    return new Promise((resolve) => answers.push(resolve))
  }
  const play = await Play.open({ think })
  const ann = play.sit('lines', '192.0.2.1')
  const { token } = await ann.ask('hello', {})
  const { game } = await ann.ask('game.create', { opponent: { bot: 'perfect' } })
  await ann.ask('game.move', { game, x: 0, y: 0 })
  assert.deepEqual(
    asked.map(({ key, isDropped }) => [key, isDropped]),
    [['192.0.2.1', false]],
  )
  ann.leave()
  assert.equal(asked[0]?.isDropped, true)
  answers[0]?.(null)
  await play.pass(5_000)
  assert.equal(asked.length, 1)
  const back = play.sit('lines', '192.0.2.2')
  await back.ask('hello', { token })
  await back.ask('game.watch', { game })
  assert.equal(asked.length, 2)
  answers[1]?.({ x: 1, y: 1 })
  await settle()
  assert.equal((await back.ask('game.get', { game })).version, 3)
})

test('[S42] a request for the game restarts a dropped bot computation; with a running clock none is dropped', async () => {
  let asked = 0
  const think: Think = (_game, _level, request) => {
    asked++
    return new Promise((resolve) => request.onDrop(() => resolve(null)))
  }
  const play = await Play.open({ think })
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { opponent: { bot: 'perfect' }, seat: 'O' })
  const timed = await bob.ask('game.create', { opponent: { bot: 'perfect' }, seat: 'O', clock: { perMoveMs: 5_000 } })
  assert.equal(asked, 2)
  ann.leave()
  bob.leave()
  await settle()
  await play.sit().ask('game.get', { game })
  assert.equal(asked, 3)
  await play.pass(6_000)
  assert.equal((await play.sit().ask('game.get', { game: timed.game })).outcome?.by, 'time')
})

test('[S42] a refused bot computation is tried again later', async () => {
  let isFull = true
  const play = await Play.open({
    think: (game, level, request) => (isFull ? Promise.resolve(null) : firstFree(game, level, request)),
  })
  const ann = play.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'perfect' }, seat: 'O' })
  await play.pass(3_000)
  isFull = false
  await play.pass(1_000)
  assert.equal((await ann.ask('game.get', { game })).version, 2)
})

test('[S10] an outdated bot computation does not replace what the bot has to do now', async () => {
  const thoughts: ((choice: Choice | null) => void)[] = []
  const play = await Play.open({ think: () => new Promise((resolve) => thoughts.push(resolve)) })
  const ann = play.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'random' } })
  await ann.ask('game.move', { game, x: 1, y: 1 })
  const append = play.journal.append.bind(play.journal)
  let refusals = 1
  play.journal.append = (id, after, body) =>
    body.includes('"accepted"') && refusals-- > 0
      ? Promise.reject(new JournalFault('unavailable', 'not now'))
      : append(id, after, body)
  await ann.ask('game.offer', { game, what: 'takeback' })
  await settle()
  assert.equal(refusals, 0)
  for (const think of thoughts) think({ x: 2, y: 2 })
  await settle()
  await play.pass(1_500)
  assert.equal((await lastOf(play.journal, game)).type, 'accepted')
})
