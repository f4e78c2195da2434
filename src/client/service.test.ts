/** The client against the service itself, in one process. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Random, seededRandom } from '../base/index.ts'
import { type Event, presets } from '../game/index.ts'
import type { Service } from '../service/index.ts'
import { Play, settle } from '../service/testing/play.ts'
import { type Client, connect, type Dial, type GameHandle, OxoError, verifyRecord } from './index.ts'

/** A transport to the service. When `isLast` says so, a message in either direction is lost and the connection ends. */
function makeDial(service: Service, isLast: () => boolean): Dial {
  return (_url, listener) => {
    let isUp = true
    const hangUp = (): void => {
      isUp = false
      session.end()
    }
    const carry = (deliver: () => void): void =>
      queueMicrotask(() => {
        if (!isUp) return
        if (!isLast()) return deliver()
        hangUp()
        listener.closed('cut')
      })
    const say = (message: string): void => carry(() => listener.heard(message))
    const session = service.connect({
      protocol: 'websocket',
      address: '127.0.0.1',
      send: say,
      notify: ({ message }) => say(message),
      close: () => carry(hangUp),
    })
    carry(() => listener.opened())
    return { send: (message) => carry(() => session.hear(message)), close: hangUp }
  }
}

function join(play: Play, random: Random, isLast: () => boolean): Client {
  return connect('ws://service', {
    transport: makeDial(play.service, isLast),
    clock: play.clock,
    random,
    giveUpMs: 1e9,
  })
}

/** Plays random free cells to the end; resolves with the number of confirmed moves. */
async function playOut(game: GameHandle, random: Random): Promise<number> {
  let confirmed = 0
  for await (const view of game) {
    if (view.outcome !== null) break
    if (!game.myTurn) continue
    const free = [...view.board].flatMap((mark, cell) => (mark === '.' ? [cell] : []))
    const cell = free[random.below(free.length)] ?? 0
    const { width } = view.rules
    try {
      await game.move(cell % width, Math.floor(cell / width), { version: view.version })
      confirmed++
    } catch (error) {
      // A newer view may arrive between any two steps, so `view` may be outdated.
      if (!(error instanceof OxoError && error.name === 'stale')) throw error
    }
  }
  return confirmed
}

/** Advances the time until `work` has settled. */
async function pass<T>(play: Play, work: Promise<T>): Promise<T> {
  let isDone = false
  const end = work.finally(() => (isDone = true))
  for (let turn = 0; turn < 5_000 && !isDone; turn++) await play.pass(100)
  assert.ok(isDone, 'the work settles in time')
  return end
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`[C10] [C20] over a lossy connection every move is stored exactly once (seed ${seed})`, async () => {
    const play = await Play.open()
    const random = seededRandom(seed)
    let cuts = 0
    const isLast = (): boolean => random.below(8) === 0 && ++cuts > 0
    const [ada, bob] = [join(play, random, isLast), join(play, random, isLast)]
    const story = async (): Promise<readonly [GameHandle, number]> => {
      const mine = await ada.create({ seat: 'X' })
      const theirs = await bob.join(mine.id)
      const [x, o] = await Promise.all([playOut(mine, random), playOut(theirs, random)])
      assert.deepEqual(mine.view, theirs.view)
      return [mine, x + o]
    }
    const [game, confirmed] = await pass(play, story())
    const record = await pass(play, game.record())
    const moves = record.entries.filter(({ event }) => (event as Event).type === 'moved')
    assert.equal(moves.length, confirmed)
    assert.equal(record.entries.length, game.view.version)
    assert.equal(await verifyRecord(record), null)
    assert.ok(cuts > 0, 'some connections were cut')
    ada.close()
    bob.close()
    await play.service.close()
  })
}

test('two strangers meet, offer, decline and play again', async () => {
  const play = await Play.open()
  const random = seededRandom(9)
  const [ada, bob] = [join(play, random, () => false), join(play, random, () => false)]
  const first = await ada.play({ rules: 'gomoku' })
  const lobby = await bob.lobby()
  assert.deepEqual(
    lobby.games.map(({ game }) => game),
    [first.id],
  )
  const second = await bob.play({ rules: 'gomoku' })
  assert.equal(second.id, first.id)
  assert.deepEqual(second.view.rules, presets.gomoku)
  await first.until(({ players }) => players.O !== null)
  const [x, o] = first.myPlayer === 'X' ? [first, second] : [second, first]
  await x.move(7, 7)
  await o.until(({ turn }) => turn === 'O')
  await o.offer('draw')
  await x.until(({ offer }) => offer !== undefined)
  await x.answer('draw', false)
  await assert.rejects(x.move(7, 7), { name: 'not-your-turn', retry: 'refresh' })
  await x.resign()
  await o.until(({ outcome }) => outcome?.by === 'resignation')
  await o.offer('rematch')
  await x.until(({ offer }) => offer?.what === 'rematch')
  const { next } = await x.answer('rematch')
  assert.equal((await ada.game(next ?? '')).view.outcome, null)
  await settle()
  const games: string[] = []
  for await (const { game } of ada.games()) games.push(game)
  assert.deepEqual(new Set(games), new Set([first.id, next]))
  await play.service.close()
})

test('[C30] a game opened again while its handle is being closed is watched, whatever the timing', async () => {
  for (let turns = 0; turns < 16; turns++) {
    const play = await Play.open()
    const random = seededRandom(turns)
    const [ada, bob, eve] = [0, 1, 2].map(() => join(play, random, () => false)) as [Client, Client, Client]
    const game = await ada.create({ seat: 'X' })
    await bob.join(game.id)
    const first = await eve.game(game.id)
    const opening = eve.game(game.id)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    first.close()
    const second = await opening
    await settle()
    // If the answer came before the close, both are the same handle, and it is closed.
    if (second !== first) {
      const { version } = await game.move(0, 0)
      await settle()
      assert.equal(second.view.version, version, `closed ${turns} turns after it was opened again`)
    }
    await play.service.close()
  }
})

test('a whole game against a bot', async () => {
  const play = await Play.open()
  const client = join(play, seededRandom(3), () => false)
  const game = await client.create({ opponent: { bot: 'random' } })
  await pass(play, playOut(game, seededRandom(4)))
  assert.notEqual(game.view.outcome, null)
  await play.service.close()
})

test('[C10] [S9] each quick match over a lossy connection makes exactly one game', async () => {
  const play = await Play.open()
  const random = seededRandom(7)
  let isLossy = true
  const clients = [1, 2].map((seed) => join(play, seededRandom(seed), () => isLossy && random.below(9) === 0))
  const [ann, bob] = clients
  assert.ok(ann !== undefined && bob !== undefined)
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    let isDone = false
    const done = work.finally(() => (isDone = true))
    while (!isDone) await play.pass(50)
    return done
  }
  const rounds = 30
  for (let round = 0; round < rounds; round++) {
    const opened: GameHandle = await inTime(ann.play())
    // An open game is matched only while its owner is connected: keep the connection up until the server knows that she
    // is.
    isLossy = false
    await inTime(ann.call('ping', {}))
    await play.pass(300)
    isLossy = true
    const joined: GameHandle = await inTime(bob.play())
    assert.equal(joined.id, opened.id)
    await inTime(joined.resign())
    joined.close()
    opened.close()
  }
  isLossy = false
  for (const client of clients) {
    const games = new Set<string>()
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = await inTime(client.call('account.games', cursor === undefined ? {} : { cursor }))
      for (const { game } of page.games) games.add(game)
      cursor = page.next
    }
    assert.equal(games.size, rounds)
    client.close()
  }
})
