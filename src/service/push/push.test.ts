/** Which devices are notified, and that a move waits for none of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { MemoryJournal } from '../../journal/index.ts'
import type { Limits } from '../../protocol/index.ts'
import { MemoryNodeBus } from '../cluster/node-bus.ts'
import { Play, settle } from '../testing/play.ts'
import { arrive, makeDevice, makePushParts } from '../testing/push.ts'
import type { Delivery } from './push-sender.ts'

/** Ann and Bob with a device each, in a game in which Ann is X. */
async function setUp(
  limits: Partial<Limits> = {},
  clock?: { readonly initialMs: number; readonly incrementMs: number },
) {
  const push = makePushParts()
  const play = await Play.open({ push, limits })
  const [ann, bob] = [play.sit(), play.sit()]
  const tokens = { ann: await arrive(ann, 'ann'), bob: await arrive(bob, 'bob') }
  await ann.ask('game.create', { game: 'g', ...(clock === undefined ? {} : { clock }) })
  await bob.ask('game.join', { game: 'g' })
  await play.pass(1_000)
  return { ...push, play, ann, bob, tokens }
}

test('[W53] the player to move is told on every device, if no connection shows the game', async () => {
  const { play, sender, ann, bob } = await setUp()
  await bob.ask('push.subscribe', makeDevice('tablet'))
  assert.deepEqual(sender.take(), [])
  await ann.ask('game.move', { game: 'g', x: 0, y: 0 })
  await bob.ask('game.move', { game: 'g', x: 1, y: 0 })
  await play.pass(1_000)
  assert.deepEqual(sender.take(), [])
  bob.leave()
  await play.pass(1_000)
  await ann.ask('game.offer', { game: 'g', what: 'draw' })
  assert.deepEqual(sender.take(), [])
  await ann.ask('game.move', { game: 'g', x: 0, y: 1 })
  await play.pass(0)
  assert.deepEqual(sender.take(), ['bob: turn g', 'tablet: turn g'])
})

test('[W53] each kind of note goes to the player who did not cause it', async () => {
  const { play, sender, ann, bob, tokens } = await setUp()
  const told = async (): Promise<readonly string[]> => {
    await play.pass(1_000)
    return sender.take()
  }
  bob.leave()
  await play.pass(1_000)
  await ann.ask('game.move', { game: 'g', x: 0, y: 0 })
  assert.deepEqual(await told(), ['bob: turn g'])
  await ann.ask('game.resign', { game: 'g' })
  assert.deepEqual(await told(), ['bob: over g'])
  await ann.ask('game.offer', { game: 'g', what: 'rematch' })
  assert.deepEqual(await told(), ['bob: rematch g'])
  ann.leave()
  const back = play.sit()
  await back.ask('hello', { token: tokens.bob })
  const { next } = await back.ask('game.answer', { game: 'g', what: 'rematch' })
  assert.deepEqual(await told(), [`ann: joined ${next}`])
  // A connection that does not watch the game shows nothing of it.
  const here = play.sit()
  await here.ask('hello', { token: tokens.ann })
  await here.ask('game.create', { game: 'h' })
  await here.ask('game.unwatch', { game: 'h' })
  await play.pass(1_000)
  await back.ask('game.join', { game: 'h' })
  assert.deepEqual(await told(), ['ann: joined h'])
})

test('[W53] when the server ends a game, both players are told; bots and open boards tell nobody', async () => {
  const { play, sender, ann, bob } = await setUp({}, { initialMs: 60_000, incrementMs: 0 })
  await ann.ask('game.move', { game: 'g', x: 0, y: 0 })
  ann.leave()
  bob.leave()
  for (let second = 0; second < 62; second++) await play.pass(1_000)
  assert.deepEqual(sender.take().toSorted(), ['ann: over g', 'bob: over g'])
  const eve = play.sit()
  await arrive(eve, 'eve')
  await eve.ask('game.create', { game: 'b', opponent: { bot: 'perfect' } })
  await eve.ask('game.move', { game: 'b', x: 0, y: 0 })
  await eve.ask('game.move', { game: 'main', x: 0, y: 0, player: 'X' })
  await play.pass(1_000)
  assert.deepEqual(sender.take(), [])
  await eve.ask('game.unwatch', { game: 'b' })
  await play.pass(1_000)
  await eve.ask('game.move', { game: 'b', x: 2, y: 2 })
  await play.pass(1_000)
  assert.deepEqual(sender.take(), ['eve: turn b'])
})

test('[W53] a note about a turn lives as long as the time of its player, another one a day', async () => {
  const { play, sender, ann, bob } = await setUp({}, { initialMs: 90_000, incrementMs: 0 })
  await ann.ask('game.move', { game: 'g', x: 0, y: 0 })
  await play.pass(10_000)
  await bob.ask('game.move', { game: 'g', x: 1, y: 0 })
  bob.leave()
  await play.pass(1_000)
  await ann.ask('game.move', { game: 'g', x: 1, y: 1 })
  await ann.ask('game.resign', { game: 'g' })
  await play.pass(1_000)
  assert.deepEqual(
    sender.sent.map(({ note }) => [note.kind, note.ttlSeconds]),
    [
      ['turn', 80],
      ['over', 86_400],
    ],
  )
})

test('[W53] in a cluster the node that stored the event tells, unless any node has a connection of the player', async () => {
  const [clock, journal, bus] = [new VirtualClock(1_790_000_000_000), new MemoryJournal(), new MemoryNodeBus()]
  const push = makePushParts()
  const nodes = await Promise.all(
    [1, 2].map((seed) => Play.open({ ...{ clock, journal, push, seed }, exchange: bus.join(`n${seed}`) })),
  )
  const [one, two] = nodes
  assert.ok(one !== undefined && two !== undefined)
  const [ann, bob] = [one.sit(), two.sit()]
  const token = await arrive(ann, 'ann')
  await arrive(bob, 'bob')
  await ann.ask('game.create', { game: 'g' })
  await one.pass(2_500)
  await bob.ask('game.join', { game: 'g' })
  for (let second = 0; second < 5; second++) await one.pass(1_000)
  await ann.ask('game.move', { game: 'g', x: 0, y: 0 })
  await one.pass(1_000)
  assert.deepEqual(push.sender.take(), [])
  ann.leave()
  for (let second = 0; second < 5; second++) await one.pass(1_000)
  await bob.ask('game.move', { game: 'g', x: 1, y: 1 })
  for (let second = 0; second < 5; second++) await one.pass(1_000)
  assert.deepEqual(push.sender.take(), ['ann: turn g'])
  // Nobody watches on the node that stores the move, but Bob does on the other one.
  const again = one.sit()
  await again.ask('hello', { token })
  await again.ask('game.move', { game: 'g', x: 2, y: 0 })
  await one.pass(1_000)
  assert.deepEqual(push.sender.take(), [])
})

test('[W54] a move is answered while the push service hangs and the queue is full; the newest notes are kept', async () => {
  const limits = { pushesAtOnce: 2, pushWaiting: 3, pushBurst: 100 }
  const { play, sender, ann, bob, tokens } = await setUp(limits)
  const hanging = Promise.withResolvers<Delivery>()
  sender.answer = () => hanging.promise
  bob.leave()
  await play.pass(1_000)
  for (let number = 0; number < 8; number++) {
    await ann.ask('game.create', { game: `g${number}` })
    const back = play.sit()
    await back.ask('hello', { token: tokens.bob })
    await back.ask('game.join', { game: `g${number}` })
    back.leave()
    await play.pass(1_000)
    const { turn } = await ann.ask('game.move', { game: `g${number}`, x: 0, y: 0 })
    assert.equal(turn, 'O')
  }
  await play.pass(1_000)
  assert.deepEqual(sender.take(), ['bob: turn g0', 'bob: turn g1'])
  assert.equal(play.meter.counted.get('pushes_dropped_total'), 3)
  hanging.resolve('sent')
  await settle()
  assert.deepEqual(sender.take(), ['bob: turn g5', 'bob: turn g6', 'bob: turn g7'])
  assert.equal(play.meter.counted.get('pushes_sent_total'), 5)
})

test('[W54] an account gets so many notes at once and then a few a minute', async () => {
  const { play, sender, ann, bob } = await setUp({ pushBurst: 1, pushesPerMinute: 6 })
  bob.leave()
  await play.pass(1_000)
  const offerAgain = async (): Promise<readonly string[]> => {
    await ann.ask('game.offer', { game: 'g', what: 'rematch' })
    await ann.ask('game.answer', { game: 'g', what: 'rematch', accept: false })
    await play.pass(0)
    return sender.take()
  }
  await ann.ask('game.resign', { game: 'g' })
  assert.deepEqual(await offerAgain(), ['bob: over g'])
  await play.pass(10_000)
  assert.deepEqual(await offerAgain(), ['bob: rematch g'])
  assert.equal(play.meter.counted.get('pushes_dropped_total'), 1)
})

test('[W52] a device that is gone is removed, and a busy push service is asked again, a few times', async () => {
  const { play, sender, ann, bob } = await setUp()
  await bob.ask('push.subscribe', makeDevice('tablet'))
  bob.leave()
  await play.pass(1_000)
  sender.answer = ({ endpoint }) =>
    Promise.resolve(endpoint.endsWith('tablet') ? 'gone' : { laterMs: sender.sent.length < 3 ? 7_000 : null })
  await ann.ask('game.move', { game: 'g', x: 0, y: 0 })
  await play.pass(0)
  assert.deepEqual(sender.take(), ['bob: turn g', 'tablet: turn g'])
  await play.pass(6_900)
  assert.deepEqual(sender.take(), [])
  await play.pass(200)
  assert.deepEqual(sender.take(), ['bob: turn g'])
  for (let second = 0; second < 60; second++) await play.pass(1_000)
  assert.deepEqual(sender.take(), ['bob: turn g'])
  sender.answer = () => Promise.resolve({ laterMs: 3_600_000 })
  await ann.ask('game.resign', { game: 'g' })
  await play.pass(0)
  assert.deepEqual(sender.take(), ['bob: over g'])
  assert.equal(play.clock.waiting < 20, true)
  assert.equal(play.meter.counted.get('push_devices_gone_total'), 1)
  assert.equal(play.meter.counted.get('pushes_dropped_total'), 2)
})

test('[W52] an account has a bounded number of devices, each once, and the one renewed least recently goes', async () => {
  const { play, sender, ann, bob } = await setUp({ pushDevices: 3 })
  for (const name of ['a', 'b', 'bob', 'c', 'c']) await bob.ask('push.subscribe', makeDevice(name))
  await bob.ask('push.unsubscribe', { endpoint: makeDevice('c').endpoint })
  await bob.ask('push.unsubscribe', { endpoint: makeDevice('unknown').endpoint })
  bob.leave()
  await play.pass(1_000)
  await ann.ask('game.move', { game: 'g', x: 0, y: 0 })
  await play.pass(0)
  assert.deepEqual(sender.take(), ['b: turn g', 'bob: turn g'])
})

test('[W52] a device of another push service, one with another key, and a text that is no key are refused', async () => {
  const { ann } = await setUp()
  const device = makeDevice('x')
  assert.deepEqual(await ann.ask('push.key', {}), { key: device.key })
  for (const wrong of [
    { ...device, endpoint: 'https://169.254.169.254/latest' },
    { ...device, endpoint: 'file:///etc/passwd' },
    { ...device, endpoint: `https://push.example/${'x'.repeat(1_100)}` },
    { ...device, key: device.p256dh },
    { ...device, p256dh: 'B' },
    { ...device, auth: 'x' },
  ])
    assert.equal(await ann.refused('push.subscribe', wrong), 'invalid-params', JSON.stringify(wrong))
})

test('[W52] a service without push says so', async () => {
  const play = await Play.open()
  const ann = play.sit()
  await ann.ask('hello', {})
  assert.deepEqual(await ann.ask('push.key', {}), {})
  assert.equal(await ann.refused('push.subscribe', makeDevice('x')), 'method-not-found')
  assert.equal(await ann.refused('push.unsubscribe', { endpoint: makeDevice('x').endpoint }), 'method-not-found')
})
