import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { holdingClock, seededRandom, systemClock } from '../base/index.ts'
import { WorkerThread } from '../base/node/index.ts'
import { evolve, type Game, parseRules, presets, type Rules } from '../game/index.ts'
import { limits } from '../protocol/index.ts'
import { BotRequest } from '../service/index.ts'
import type { SearchMethods } from './bot-worker.ts'
import { Bots } from './bots.ts'

function begin(rules: Rules): Game {
  return evolve(null, { type: 'created', rules, seats: 'open', public: false, players: {} })
}

/** A loaded machine. */
const lateMs = 2_500

/** A thread with this source text as its search. */
function threadOf(search: string): WorkerThread<SearchMethods> {
  const module = `import { serveCalls } from '${import.meta.resolve('../base/node/index.ts')}'; serveCalls({ search: ${search} })`
  return new WorkerThread(new URL(`data:text/javascript,${encodeURIComponent(module)}`), { name: 'test' })
}

test('a quick search runs at once, without a thread', async () => {
  const bots = new Bots(seededRandom(1), () => assert.fail('no thread is needed'))
  assert.notEqual(await bots.think(begin(presets.tictactoe), 'perfect', new BotRequest('ann')), null)
  await bots.close()
})

test('a long search runs in a thread', async () => {
  const bots = new Bots(seededRandom(1))
  const choices = await Promise.all(
    [1, 2].map(() => bots.think(begin({ ...presets.gomoku, width: 25 }), 'casual', new BotRequest('ann'))),
  )
  for (const choice of choices) assert.ok(choice !== null && choice.x < 25 && choice.y < 15)
  await bots.close()
})

test('a thread that ends loses its search, but not the game or the next search', async () => {
  const large = begin({ ...presets.gomoku, width: 25 })
  let started = 0
  const bots = new Bots(seededRandom(1), () =>
    started++ === 0
      ? threadOf(`() => { setImmediate(() => { throw new Error('bug') }); return new Promise(() => {}) }`)
      : threadOf('() => ({ x: 7, y: 7 })'),
  )
  const choice = await bots.think(large, 'casual', new BotRequest('ann'))
  assert.ok(choice !== null && choice.x < 25 && choice.y < 15)
  assert.deepEqual(await bots.think(large, 'casual', new BotRequest('ann')), { x: 7, y: 7 })
  assert.equal(started, 2)
  await bots.close()
})

test('[S42] closed bots run no further search, also if requests wait', async (t) => {
  stayAwake(t)
  let started = 0
  const bots = new Bots(seededRandom(1), () => {
    started++
    return threadOf('() => new Promise(() => {})')
  })
  const thoughts = Array.from({ length: 3 }, () => bots.think(beginLong(), 'perfect', new BotRequest('ann')))
  await bots.close()
  assert.deepEqual(await Promise.all(thoughts), [null, null, null])
  assert.equal(started, 1)
})

/** A board on which an exhaustive search takes seconds. */
function beginLong(): Game {
  const rules = parseRules('4,4,3+wild+misere')
  assert.ok(typeof rules !== 'string')
  return begin(rules)
}

/** Keeps the process alive, because the threads of the bots do not. */
function stayAwake(t: TestContext): void {
  const timer = holdingClock.after(60_000, () => {})
  t.after(() => timer.cancel())
}

const tictactoe4 = begin({ ...presets.tictactoe, width: 4, height: 4, line: 4 })

test('[S42] a hundred long searches of one address do not delay others, and each runs in its turn', async (t) => {
  stayAwake(t)
  const bots = new Bots(seededRandom(1))
  t.after(() => bots.close())
  const requests = Array.from({ length: 100 }, () => new BotRequest('eve'))
  const long = requests.map((request) => bots.think(beginLong(), 'perfect', request))
  let done = 0
  for (const thought of long) void thought.then(() => done++)
  // Requests above the limit do not wait.
  await new Promise(setImmediate)
  const refused = done
  for (let thought = 0; thought < 5; thought++)
    assert.notEqual(await bots.think(tictactoe4, 'perfect', new BotRequest('ann')), null)
  // In each of the two threads, one search of the other address runs before each of ann's.
  assert.ok(done - refused <= 10, `${done - refused} searches of the other address ran before five searches`)
  for (const request of requests) request.drop()
  assert.ok((await Promise.all(long)).filter((choice) => choice === null).length > 90)
})

test('[S42] a short search queued after a long one waits shortThoughtMs, and no longer', async (t) => {
  stayAwake(t)
  const bots = new Bots(seededRandom(1))
  t.after(() => bots.close())
  const large = begin({ ...presets.gomoku, width: 25 })
  const think = (): Promise<unknown> => bots.think(large, 'casual', new BotRequest('ann'))
  // The thread has started.
  await think()
  const alone = systemClock.now()
  await think()
  const aloneMs = systemClock.now() - alone
  const eve = new BotRequest('eve')
  const long = bots.think(beginLong(), 'perfect', eve)
  const began = systemClock.now()
  assert.notEqual(await think(), null)
  const tookMs = systemClock.now() - began
  const waitedMs = tookMs - aloneMs
  t.diagnostic(`${tookMs.toFixed(0)} ms, alone ${aloneMs.toFixed(0)} ms`)
  assert.ok(
    tookMs >= limits.shortThoughtMs - 5 && waitedMs < limits.shortThoughtMs + lateMs,
    `it waited ${waitedMs} ms`,
  )
  eve.drop()
  assert.equal(await long, null)
})

test('[S42] a dropped search ends at once, also if it is running', async (t) => {
  stayAwake(t)
  const bots = new Bots(seededRandom(1))
  t.after(() => bots.close())
  const request = new BotRequest('eve')
  const thought = bots.think(beginLong(), 'perfect', request)
  await new Promise<void>((resolve) => void holdingClock.after(200, resolve))
  const began = systemClock.now()
  request.drop()
  assert.equal(await thought, null)
  assert.notEqual(await bots.think(tictactoe4, 'perfect', new BotRequest('eve')), null)
  assert.ok(systemClock.now() - began < 10_000)
})

test('[S42] only thoughtsPerAddress searches of one address wait; the bot asks again for a refused one', async (t) => {
  stayAwake(t)
  const bots = new Bots(seededRandom(1))
  t.after(() => bots.close())
  const requests = Array.from({ length: 80 }, () => new BotRequest('eve'))
  const thoughts = requests.map((request) => bots.think(beginLong(), 'perfect', request))
  assert.equal(await thoughts[79], null)
  assert.equal(requests[79]?.isDropped, false)
  for (const request of requests) request.drop()
  await Promise.all(thoughts)
})
