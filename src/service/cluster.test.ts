import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../base/index.ts'
import { type Journal, JournalFault, MemoryJournal } from '../journal/index.ts'
import { MemoryExchange } from './exchange.ts'
import { Play, settle } from './testing/play.ts'

interface Cluster {
  readonly exchange: MemoryExchange
  readonly journal: MemoryJournal
  readonly nodes: readonly [Play, Play, Play]
  readonly pass: (ms: number) => Promise<void>
}

/** Three nodes over one journal, on one clock, that have heard of each other. */
async function openCluster(): Promise<Cluster> {
  const exchange = new MemoryExchange()
  const journal = new MemoryJournal()
  const clock = new VirtualClock(1_790_000_000_000)
  const open = (name: string, seed: number): Promise<Play> =>
    Play.open({ journal, clock, seed, exchange: exchange.join(name) })
  const nodes = [await open('n1', 1), await open('n2', 2), await open('n3', 3)] as const
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 500) await nodes[0].pass(Math.min(left, 500))
  }
  await pass(1_000)
  return { exchange, journal, nodes, pass }
}

test('[N1] a game is played with every request on a different node, and watched on all of them', async () => {
  const { nodes, pass } = await openCluster()
  const [one, two, three] = nodes
  const [ann, bob, eve] = [one.sit(), two.sit(), three.sit()]
  const { game } = await ann.ask('game.create', {})
  await bob.ask('game.join', { game })
  await eve.ask('game.watch', { game })
  const { token } = await ann.ask('hello', {})
  for (const [version, x] of [0, 0, 1, 1, 2].entries()) {
    const [player, y] = version % 2 === 0 ? [ann, 0] : [bob, 1]
    const node = nodes[version % 3] ?? one
    const person = node.sit()
    await person.ask('hello', { token: player === ann ? token : (await bob.ask('hello', {})).token })
    await person.ask('game.move', { game, x, y, version: version + 2 })
    await settle()
  }
  await pass(500)
  assert.deepEqual(
    eve.news('game.changed').map(({ version }) => version),
    [3, 4, 5, 6, 7],
  )
  for (const node of nodes) assert.equal((await node.sit().ask('game.get', { game })).outcome?.winner, 'X')
})

test('[N1] a bot moves once, and a flag falls once, however many nodes notice', async () => {
  const { nodes, journal, pass } = await openCluster()
  const [ann, ...others] = nodes.map((node) => node.sit())
  assert.ok(ann !== undefined)
  const { game } = await ann.ask('game.create', { opponent: { bot: 'perfect' }, clock: { perMoveMs: 5_000 } })
  for (const other of others) await other.ask('game.watch', { game })
  await ann.ask('game.move', { game, x: 1, y: 1, version: 1 })
  await pass(1_000)
  const moved = (await journal.read(game)).map(
    ({ body }) => (JSON.parse(body) as { event: { type: string } }).event.type,
  )
  assert.deepEqual(moved, ['created', 'moved', 'moved'])
  await pass(6_000)
  assert.equal((await journal.read(game)).length, 4)
  for (const node of nodes) assert.equal((await node.sit().ask('game.get', { game })).outcome?.by, 'time')
})

test('[N2] presence counts who is on any node', async () => {
  const { nodes, pass } = await openCluster()
  const [ann, bob, eve] = [nodes[0].sit(), nodes[1].sit(), nodes[2].sit()]
  const { game } = await ann.ask('game.create', {})
  await eve.ask('game.watch', { game })
  await bob.ask('game.join', { game })
  await pass(1_000)
  const expected = { game, online: { X: true, O: true }, watching: 1 }
  for (const person of [ann, bob, eve]) assert.deepEqual(person.news('game.presence').at(-1), expected)
  bob.leave()
  await pass(1_000)
  for (const person of [ann, eve])
    assert.deepEqual(person.news('game.presence').at(-1), { ...expected, online: { X: true, O: false } })
})

test('[N3] [N5] the lobby is that of all nodes, without those that are gone', async () => {
  const { exchange, nodes, pass } = await openCluster()
  const [ann, bob, eve] = [nodes[0].sit(), nodes[1].sit(), nodes[2].sit()]
  await eve.ask('lobby.watch', {})
  const { game } = await ann.ask('game.create', { public: true })
  await pass(500)
  assert.deepEqual(
    (await bob.ask('lobby.list', {})).games.map((row) => row.game),
    [game],
  )
  assert.equal(eve.news('lobby.changed').length, 1)

  exchange.cut('n1')
  await pass(7_000)
  assert.deepEqual((await bob.ask('lobby.list', {})).games, [])
  assert.deepEqual(eve.news('lobby.changed').at(-1), { game, summary: null })

  exchange.mend('n1')
  await pass(2_000)
  assert.deepEqual(
    (await bob.ask('lobby.list', {})).games.map((row) => row.game),
    [game],
  )
})

test('[N4] strangers on different nodes who wish the same at once are paired', async () => {
  const { nodes } = await openCluster()
  const wishes = nodes.flatMap((node) => [node.sit(), node.sit()]).map((person) => person.ask('lobby.play', {}))
  let isDone = false
  const all = Promise.all(wishes).finally(() => (isDone = true))
  while (!isDone) await nodes[0].pass(50)
  const games = (await all).map(({ game }) => game)
  for (const game of games) assert.equal(games.filter((other) => other === game).length, 2, `${game} has two players`)
})

test('[N4] a node decides by itself while the one whose turn it is does not answer', async () => {
  const { exchange, nodes } = await openCluster()
  exchange.cut('n1')
  const wish = nodes[1].sit().ask('lobby.play', {})
  await settle()
  await nodes[0].pass(600)
  assert.equal((await wish).version, 1)
})

test('[N6] a node that is cut off, and reads what is old, never calls a newer command stale', async () => {
  const exchange = new MemoryExchange()
  const journal = new MemoryJournal()
  const clock = new VirtualClock(1_790_000_000_000)
  let isCut = false
  // As of a server that was the leader once, and does not know that it is no more.
  const old: Journal = {
    id: journal.id,
    durability: 'quorum',
    append: (game, after, body) =>
      isCut ? Promise.reject(new JournalFault('outcome-unknown', 'no answer')) : journal.append(game, after, body),
    read: async (...page) => (await journal.read(...page)).filter(({ version }) => !isCut || version <= 2),
    readBack: async (...page) => (await journal.readBack(...page)).filter(({ version }) => !isCut || version <= 2),
    follow: (after, hear) => journal.follow(after, (entries) => !isCut && hear(entries)),
    close: () => journal.close(),
  }
  const there = await Play.open({ journal, clock, exchange: exchange.join('n1') })
  const here = await Play.open({ journal: old, clock, seed: 2, exchange: exchange.join('n2') })
  const [ann, bob] = [there.sit(), here.sit()]
  await bob.ask('game.move', { game: 'main', x: 0, y: 0, player: 'X', version: 1 })
  await settle()
  isCut = true
  await ann.ask('game.move', { game: 'main', x: 1, y: 1, player: 'O', version: 2 })
  assert.equal(await bob.refused('game.move', { game: 'main', x: 2, y: 2, player: 'X', version: 3 }), 'unavailable')
  isCut = false
  assert.equal((await bob.ask('game.move', { game: 'main', x: 2, y: 2, player: 'X', version: 3 })).version, 4)
})
