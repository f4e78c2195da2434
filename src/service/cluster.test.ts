import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../base/index.ts'
import { methodsOf } from '../journal/contract/methods.ts'
import { type Journal, JournalFault, MemoryJournal } from '../journal/index.ts'
import type { Limits } from '../protocol/index.ts'
import { MemoryNodeBus } from './cluster/node-bus.ts'
import type { Counter } from './meter.ts'
import { type Person, Play, settle } from './testing/play.ts'

interface Cluster {
  readonly exchange: MemoryNodeBus
  readonly journal: MemoryJournal
  readonly nodes: readonly [Play, Play, Play]
  readonly pass: (ms: number) => Promise<void>
}

/** Opens three nodes over one journal, on one clock, that know each other. */
async function openCluster(limits: Partial<Limits> = {}): Promise<Cluster> {
  const exchange = new MemoryNodeBus()
  const journal = new MemoryJournal()
  const clock = new VirtualClock(1_790_000_000_000)
  const open = (name: string, seed: number): Promise<Play> =>
    Play.open({ journal, clock, seed, exchange: exchange.join(name), limits })
  const nodes = [await open('n1', 1), await open('n2', 2), await open('n3', 3)] as const
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 500) await nodes[0].pass(Math.min(left, 500))
  }
  await pass(1_000)
  return { exchange, journal, nodes, pass }
}

test('[N1] a game is played with each request on another node, and watched on all nodes', async () => {
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

test('an event is counted once in a cluster, however many nodes watch its game', async () => {
  const { nodes, pass } = await openCluster()
  const [ann, bob, eve] = nodes.map((node) => node.sit()) as [Person, Person, Person]
  const { game } = await ann.ask('game.create', {})
  await bob.ask('game.join', { game })
  await eve.ask('game.watch', { game })
  await bob.ask('game.resign', { game })
  await pass(500)
  const sum = (counter: Counter): number => nodes.reduce((all, { meter }) => all + (meter.counted.get(counter) ?? 0), 0)
  assert.deepEqual([sum('games_created_total'), sum('games_finished_total')], [2, 1])
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

test('[N2] presence counts the clients of all nodes', async () => {
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

test('[N2] a watcher that replaces another is sent the current presence', async () => {
  const { nodes, pass } = await openCluster()
  const [ann, bob, eve] = [nodes[0].sit(), nodes[1].sit(), nodes[1].sit()]
  const { game } = await ann.ask('game.create', {})
  await bob.ask('game.watch', { game })
  await pass(1_000)
  const before = ann.news('game.presence').length
  bob.leave()
  await eve.ask('game.watch', { game })
  await pass(1_000)
  assert.deepEqual(eve.news('game.presence'), [{ game, online: { X: true, O: false }, watching: 1 }])
  assert.equal(ann.news('game.presence').length, before)
})

test('[N3] [N5] the lobby shows the games of all nodes, except nodes that are gone', async () => {
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

  exchange.reconnect('n1')
  await pass(2_000)
  assert.deepEqual(
    (await bob.ask('lobby.list', {})).games.map((row) => row.game),
    [game],
  )
})

test('[N4] strangers on different nodes with the same wish at the same time are paired', async () => {
  const { nodes } = await openCluster()
  const wishes = nodes.flatMap((node) => [node.sit(), node.sit()]).map((person) => person.ask('lobby.play', {}))
  let isDone = false
  const all = Promise.all(wishes).finally(() => (isDone = true))
  while (!isDone) await nodes[0].pass(50)
  const games = (await all).map(({ game }) => game)
  for (const game of games) assert.equal(games.filter((other) => other === game).length, 2, `${game} has two players`)
})

test('[N4] a node decides by itself while the deciding node does not answer', async () => {
  const { exchange, nodes } = await openCluster()
  exchange.cut('n1')
  const wish = nodes[1].sit().ask('lobby.play', {})
  await settle()
  await nodes[0].pass(600)
  assert.equal((await wish).version, 1)
})

test('[N6] a node that is partitioned away and reads old entries never calls a newer command stale', async () => {
  const exchange = new MemoryNodeBus()
  const journal = new MemoryJournal()
  const clock = new VirtualClock(1_790_000_000_000)
  let isCut = false
  // As from a server that was the leader once and does not know that it no longer is.
  const old: Journal = {
    ...methodsOf(journal),
    durability: 'quorum',
    append: (game, after, body) =>
      isCut ? Promise.reject(new JournalFault('outcome-unknown', 'no answer')) : journal.append(game, after, body),
    read: async (...page) => (await journal.read(...page)).filter(({ version }) => !isCut || version <= 2),
    readBack: async (...page) => (await journal.readBack(...page)).filter(({ version }) => !isCut || version <= 2),
    follow: (after, hear) => journal.follow(after, (entries) => !isCut && hear(entries)),
    listen: (game, hear) => journal.listen(game, (...heard) => !isCut && hear(...heard)),
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

async function tokenOf(person: Person): Promise<string> {
  return (await person.ask('hello', {})).token
}

/** Makes a public game without a clock: the account on `there` is to move and the account on `here` waits. */
async function openHalf(here: Play, there: Play) {
  const [ann, bob] = [here.sit(), there.sit()]
  const { game } = await ann.ask('game.create', { public: true, seat: 'X' })
  await bob.ask('game.join', { game })
  await ann.ask('game.move', { game, x: 0, y: 0, version: 2 })
  return { game, ann, bob }
}

test('[N5] [S11] a player on a node that is silent for a while is not taken for gone', async () => {
  for (const ms of [2_500, 3_500, 4_500, 6_000, 20_000]) {
    const { exchange, nodes, pass } = await openCluster({ abandonMs: 1_000 })
    const { game, ann } = await openHalf(nodes[2], nodes[0])
    await pass(1_000)
    exchange.cut('n1')
    await pass(ms)
    exchange.reconnect('n1')
    await pass(5_000)
    assert.equal((await nodes[1].sit().ask('game.get', { game })).outcome, null, `away for ${ms} ms`)
    assert.deepEqual(ann.news('game.presence').at(-1)?.['online'], { X: true, O: true })
  }
})

test('[N5] [S11] a node that was disconnected waits for the presence of others before it ends a game', async () => {
  const { exchange, nodes, pass } = await openCluster({ abandonMs: 10_000 })
  const { game, ann, bob } = await openHalf(nodes[2], nodes[0])
  const token = await tokenOf(bob)
  bob.leave()
  await pass(9_000)
  // Bob comes back to a node from which the waiting node receives nothing.
  exchange.cut('n3')
  const again = nodes[1].sit()
  await again.ask('hello', { token })
  await again.ask('game.watch', { game })
  await pass(1_900)
  exchange.reconnect('n3')
  await pass(12_000)
  assert.equal((await nodes[1].sit().ask('game.get', { game })).outcome, null)
  assert.deepEqual(ann.news('game.presence').at(-1)?.['online'], { X: true, O: true })
})

test('[N5] [S11] a player on a node that never comes back loses by abandonment in the end', async () => {
  const { exchange, nodes, pass } = await openCluster({ abandonMs: 1_000 })
  const { game } = await openHalf(nodes[2], nodes[0])
  exchange.cut('n1')
  await pass(28_000)
  assert.equal((await nodes[1].sit().ask('game.get', { game })).outcome, null)
  await pass(8_000)
  assert.equal((await nodes[1].sit().ask('game.get', { game })).outcome?.by, 'abandonment')
})

test('[N8] invalid messages are counted, and a node that sends other rows still counts as a node', async () => {
  const { exchange, nodes, pass } = await openCluster()
  const [ann, eve] = [nodes[0].sit(), nodes[1].sit()]
  const { game } = await ann.ask('game.create', { public: true })
  await eve.ask('lobby.watch', {})
  await eve.ask('game.watch', { game })
  await pass(1_000)
  const newer = exchange.join('newer')
  const say = (message: object): void => newer.tell(JSON.stringify({ v: 1, from: 'newer', ...message }))
  const beat = { type: 'beat', at: 1, version: 5, heard: {}, mood: 'a member of tomorrow' }
  const good = { ...(await eve.ask('lobby.list', {})).games[0], game: 'theirs' }
  const rows = [
    ['here', game, 4],
    ['here', 'main', { x: 1 }],
    ['lobby', 'g1', { status: 'open' }],
    ['lobby', 'theirs', good],
    ['mood', 'today', 'good'],
    ['wish', 'w', {}],
    ['wish', 'v', { to: 'n1', account: 'z', not: [] }],
    ['match', 'm', { games: 7 }],
  ]
  say({ type: 'rows', after: 0, version: 5, whole: 5, rows })
  say(beat)
  const strange = ['', 'x', 'null', '{}', '[]', '[[1]]', '{"type":"beat"}', '{"v":2,"type":"beat","from":"a"}']
  for (const text of [...strange, JSON.stringify({ v: 1, type: 'rows', from: 'a', after: 'b', version: 1, rows: 3 })])
    exchange.intrude(text)
  await pass(1_000)
  const { games } = await eve.ask('lobby.list', {})
  assert.deepEqual(games.map((row) => row.game).toSorted(), [game, 'theirs'].toSorted())
  assert.equal(eve.news('game.presence').at(-1)?.['watching'], 2)
  assert.equal(nodes[1].meter.counted.get('ignored_node_messages_total'), 6 + 9)
  assert.equal((await nodes[2].sit().ask('lobby.play', {})).version, 2)
})

test('[N4] two players who wait side by side are brought together by the next wish of one of them', async () => {
  for (const clock of [undefined, { initialMs: 60_000, incrementMs: 0 }]) {
    const { exchange, nodes, pass } = await openCluster()
    const [ann, bob] = [nodes[1].sit(), nodes[2].sit()]
    for (const name of ['n1', 'n2', 'n3']) exchange.cut(name)
    const wish = clock === undefined ? {} : { clock }
    const both = Promise.all([ann.ask('lobby.play', wish), bob.ask('lobby.play', wish)])
    await settle()
    await pass(1_100)
    const [one, other] = await both
    assert.notEqual(one.game, other.game)
    for (const name of ['n1', 'n2', 'n3']) exchange.reconnect(name)
    await pass(2_000)
    const again = ann.ask('lobby.play', wish)
    await settle()
    await pass(600)
    assert.equal((await again).game, other.game)
    await pass(1_000)
    assert.equal((await nodes[0].sit().ask('game.get', { game: one.game })).outcome?.by, 'withdrawal')
    assert.deepEqual(
      (await nodes[0].sit().ask('lobby.list', {})).games.map(({ game, status }) => [game, status]),
      [[other.game, 'live']],
    )
  }
})

test('[N4] a wish is answered though the deciding node is silent, and its late decision does no harm', async () => {
  const { exchange, nodes, pass } = await openCluster()
  const [ann, bob, cat, dan] = [nodes[1].sit(), nodes[2].sit(), nodes[1].sit(), nodes[2].sit()]
  exchange.cut('n1')
  const wishes = [ann, bob].map((person) => person.ask('lobby.play', {}))
  await settle()
  await pass(600)
  const [one, other] = await Promise.all(wishes)
  assert.equal(one?.game, other?.game)
  exchange.reconnect('n1')
  await pass(1_000)
  const later = [cat, dan].map((person) => person.ask('lobby.play', {}))
  await settle()
  await pass(600)
  const [third, fourth] = await Promise.all(later)
  assert.equal(third?.game, fourth?.game)
})

test('[S11] [N5] a node that a player has left does not end the game when they are back on another node', async () => {
  const { nodes, pass } = await openCluster({ abandonMs: 3_000 })
  const { game, ann, bob } = await openHalf(nodes[2], nodes[0])
  const token = await tokenOf(bob)
  await pass(1_000)
  bob.leave()
  await pass(1_500)
  const again = nodes[1].sit()
  await again.ask('hello', { token })
  await again.ask('game.watch', { game })
  await pass(10_000)
  assert.equal((await nodes[1].sit().ask('game.get', { game })).outcome, null)
  assert.deepEqual(ann.news('game.presence').at(-1)?.['online'], { X: true, O: true })
  again.leave()
  await pass(8_000)
  assert.equal((await nodes[1].sit().ask('game.get', { game })).outcome?.by, 'abandonment')
})
