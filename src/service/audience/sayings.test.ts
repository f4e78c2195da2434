/** What two people in a game say to each other: who may, who is told, and that it reaches another node. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { MemoryJournal } from '../../journal/index.ts'
import type { Limits } from '../../protocol/index.ts'
import { MemoryNodeBus } from '../cluster/node-bus.ts'
import { Play } from '../testing/play.ts'

async function setUp(limits: Partial<Limits> = {}) {
  const play = await Play.open({ limits })
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  await ann.ask('game.create', { game: 'g' })
  await bob.ask('game.join', { game: 'g' })
  await eve.ask('hello', {})
  await eve.ask('game.watch', { game: 'g' })
  return { play, ann, bob, eve }
}

test('[S54] a saying reaches the opponent, and no spectator', async () => {
  const { play, ann, bob, eve } = await setUp()
  const stored = (await play.journal.read('g')).length
  await ann.ask('game.say', { game: 'g', what: 'good-luck' })
  await bob.ask('game.say', { game: 'g', what: 'smile' })
  await play.pass(1_000)
  assert.deepEqual(bob.news('game.said'), [{ game: 'g', by: 'X', what: 'good-luck' }])
  assert.deepEqual(ann.news('game.said'), [{ game: 'g', by: 'O', what: 'smile' }])
  assert.deepEqual(eve.news('game.said'), [])
  assert.equal((await play.journal.read('g')).length, stored)
})

test('[S54] every other connection of the two players is told', async () => {
  const { play, ann, bob } = await setUp()
  const phone = play.sit()
  await phone.ask('hello', { token: (await ann.ask('hello', {})).token })
  await phone.ask('game.watch', { game: 'g' })
  await ann.ask('game.say', { game: 'g', what: 'heart' })
  for (const person of [phone, bob]) assert.equal(person.news('game.said').length, 1)
  assert.deepEqual(ann.news('game.said'), [])
})

test('[S54] the players may also talk when the game is over', async () => {
  const { ann, bob } = await setUp()
  await bob.ask('game.resign', { game: 'g' })
  await ann.ask('game.say', { game: 'g', what: 'good-game' })
  assert.equal(bob.news('game.said').length, 1)
})

test('[S54] nobody else may say anything, and nobody to a bot, to themselves or on an open board', async () => {
  const { play, ann, bob, eve } = await setUp()
  const hello = { what: 'hello' } as const
  assert.equal(await play.sit().refused('game.say', { game: 'g', ...hello }), 'not-your-seat')
  assert.equal(await eve.refused('game.say', { game: 'g', ...hello }), 'not-your-seat')
  assert.equal(await ann.refused('game.say', { game: 'main', ...hello }), 'not-your-seat')
  assert.equal(await ann.refused('game.say', { game: 'none', ...hello }), 'no-such-game')
  await ann.ask('game.create', { game: 'bot', opponent: { bot: 'random' } })
  assert.equal(await ann.refused('game.say', { game: 'bot', ...hello }), 'not-your-seat')
  await ann.ask('game.create', { game: 'both' })
  assert.equal(await ann.refused('game.say', { game: 'both', ...hello }), 'not-started')
  await ann.ask('game.join', { game: 'both', player: 'O' })
  assert.equal(await ann.refused('game.say', { game: 'both', ...hello }), 'not-your-seat')
  assert.equal(await ann.refused('game.say', { game: 'g', what: 'anything' as 'hello' }), 'invalid-params')
  assert.deepEqual(bob.news('game.said'), [])
})

test('[S54] a player says three things at once and then one a second, in all games together', async () => {
  const { play, ann, bob } = await setUp({ requestsPerSecond: 100 })
  await ann.ask('game.create', { game: 'other' })
  await bob.ask('game.join', { game: 'other' })
  const say = (game: string) => ann.refused('game.say', { game, what: 'hello' })
  assert.deepEqual(
    [await say('g'), await say('other'), await say('g'), await say('g'), await say('other')],
    ['accepted', 'accepted', 'accepted', 'rate-limited', 'rate-limited'],
  )
  assert.equal(await bob.refused('game.say', { game: 'g', what: 'hello' }), 'accepted')
  await play.pass(1_000)
  assert.deepEqual([await say('g'), await say('g')], ['accepted', 'rate-limited'])
  assert.equal(bob.news('game.said').length, 4)
})

test('[N10] a saying reaches a player on another node, and what no player can have said does not', async () => {
  const bus = new MemoryNodeBus()
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new MemoryJournal()
  const [one, two] = [
    await Play.open({ journal, clock, seed: 1, exchange: bus.join('n1') }),
    await Play.open({ journal, clock, seed: 2, exchange: bus.join('n2') }),
  ]
  const stranger = bus.join('n3')
  const [ann, bob, eve] = [one.sit(), two.sit(), two.sit()]
  await ann.ask('game.create', { game: 'g' })
  await bob.ask('game.join', { game: 'g' })
  await eve.ask('hello', {})
  await eve.ask('game.watch', { game: 'g' })
  await one.pass(1_000)
  await ann.ask('game.say', { game: 'g', what: 'hello' })
  await bob.ask('game.say', { game: 'g', what: 'laugh' })
  await one.pass(500)
  assert.deepEqual(bob.news('game.said'), [{ game: 'g', by: 'X', what: 'hello' }])
  assert.deepEqual(ann.news('game.said'), [{ game: 'g', by: 'O', what: 'laugh' }])
  assert.deepEqual(eve.news('game.said'), [])
  const said = { v: 1, type: 'said', from: 'n3', game: 'g', by: 'X', what: 'hello' }
  for (const wrong of [{ by: 'Z' }, { what: '<b>free text</b>' }, { game: '' }])
    stranger.tell(JSON.stringify({ ...said, ...wrong }))
  await one.pass(500)
  assert.equal(bob.news('game.said').length, 1)
  assert.equal(two.meter.counted.get('ignored_node_messages_total'), 3)
})
