/** Networks are cut while games are played on both sides: the minority refuses by name, and nothing is lost. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { leaveOut } from '../lib/left-out.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedServer } from '../lib/server-process.ts'
import { League } from './many-games.ts'
import { Networks, sayWhyNoNetworks } from './networks.ts'
import { Nodes } from './nodes.ts'

const games = Number(process.env['OXO_CLUSTER_GAMES'] ?? 6)
/** The shortest time that a network stays cut, in ms: longer than any client waits for an answer. */
const cutMs = Number(process.env['OXO_CUT_MS'] ?? 5_000)
/** Delay between a player's moves, in ms: no board may be full before a network heals. */
const thinkMs = 100
/** How long the cut-off side may take to recover, in ms. */
const healMsMax = 10_000 * (process.env['OXO_QUIET'] === '1' ? 1 : 2)

interface Setup extends AsyncDisposable {
  readonly nodes: Nodes
  readonly networks: Networks
}

const placesOf = (networks: Networks) => ({
  host: (index: number) => networks.address(index),
  inside: (index: number) => networks.inside(index),
})

async function open(): Promise<Setup> {
  await using held = new AsyncDisposableStack()
  const networks = held.use(Networks.open(3))
  const places = placesOf(networks)
  const servers = { address: places.host, inside: places.inside }
  const nodes = held.use(await Nodes.start({ servers, ...places }))
  const all = held.move()
  return { nodes, networks, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

interface Answer {
  readonly version: number
  /** The name of the refusal, or 'none'. */
  readonly refusal: string
}

async function request(nodes: Nodes, place: number, method: string, params: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(`${nodes.at(place).url}/rpc`, { method: 'POST', headers, body })
  const { result, error } = (await response.json()) as {
    readonly result?: { readonly version: number }
    readonly error?: { readonly data?: { readonly name?: string } }
  }
  return { version: result?.version ?? 0, refusal: error === undefined ? 'none' : (error.data?.name ?? '') }
}

/**
 * Asserts that the cut-off node still shows a game, refuses a new one, and refuses a move at a version it has not seen.
 */
async function probe(nodes: Nodes, place: number, league: League): Promise<void> {
  // Its players are at this node and at the next one.
  const game = league.matches[place]?.game ?? ''
  const here = await request(nodes, place, 'game.get', { game })
  assert.ok(here.version > 0, 'the cut-off node must still show the game')
  const late = performance.now() + healMsMax
  let there = here
  while (there.version <= here.version) {
    assert.ok(performance.now() < late, 'the majority does not continue')
    await setTimeout(50)
    there = await request(nodes, place + 1, 'game.get', { game })
  }
  const [created, moved] = await Promise.all([
    request(nodes, place, 'game.create', { seats: 'open' }),
    request(nodes, place, 'game.move', { game, x: 12, y: 12, version: there.version }),
  ])
  for (const { refusal } of [created, moved]) assert.match(refusal, /^(?:unavailable|outcome-unknown)$/)
}

/** The time from now until a game can be created at the node, in ms. */
async function healingOf(nodes: Nodes, place: number): Promise<number> {
  const from = performance.now()
  while ((await request(nodes, place, 'game.create', { seats: 'open' })).refusal !== 'none') {
    assert.ok(performance.now() - from < healMsMax, 'the node does not recover')
    await setTimeout(50)
  }
  return Math.round(performance.now() - from)
}

interface Cut {
  readonly name: string
  readonly promise: string
  readonly place: (nodes: Nodes) => Promise<number>
  readonly strike: (networks: Networks, place: number) => Promise<void>
  /** True if the node certainly has no majority at the end of the strike. */
  readonly isMinority: boolean
}

const leader = async (nodes: Nodes): Promise<number> => nodes.nats.servers.indexOf(await nodes.nats.leaderOf('OXO_0'))
/** A server that does not lead. */
const follower = async (nodes: Nodes): Promise<number> => ((await leader(nodes)) + 1) % 3
const hold = async (networks: Networks, place: number, direction: 'both' | 'in'): Promise<void> => {
  networks.cut(place, direction)
  await setTimeout(cutMs)
}

const cuts: readonly Cut[] = [
  {
    name: 'cut-node',
    promise: 'a node and its server are cut off',
    place: follower,
    strike: (networks, place) => hold(networks, place, 'both'),
    isMinority: true,
  },
  {
    name: 'cut-leader',
    promise: 'the leader of the stream and its node are cut off',
    place: leader,
    strike: (networks, place) => hold(networks, place, 'both'),
    isMinority: true,
  },
  {
    name: 'cut-one-way',
    promise: 'nothing comes in at the leader and its node',
    place: leader,
    strike: (networks, place) => hold(networks, place, 'in'),
    isMinority: true,
  },
  {
    name: 'cut-flapping',
    promise: 'the network of the leader and its node comes and goes',
    place: leader,
    strike: (networks, place) => networks.flap(place, 4, cutMs / 8),
    isMinority: false,
  },
]

async function play({ nodes, networks }: Setup, cut: Cut): Promise<void> {
  await using league = await League.start(nodes, games, thinkMs)
  await league.progress(3)
  const place = await cut.place(nodes)
  const from = performance.now()
  try {
    await cut.strike(networks, place)
    if (cut.isMinority) await probe(nodes, place, league)
  } finally {
    networks.heal(place)
  }
  const healedMs = await healingOf(nodes, place)
  await league.progress(3)
  const gapMs = league.longestGaps(from).at(-1) ?? 0
  assert.deepEqual(await league.findings(nodes), [])
  const figure = `${league.acknowledged} moves in ${games} games, 0 lost, 0 doubled, longest gap ${gapMs} ms, healed in ${healedMs} ms`
  console.log(`${cut.promise}: ${figure}`)
  recordFinding(`cluster-${cut.name}`, {
    promise: `${cut.promise}: it refuses, shows what it has, and heals within 10 s`,
    figure,
    planted: 'see `cluster-checks-cut`',
    caughtAfter: 'see `cluster-checks-cut`',
    test: 'e2e/cluster/partition.test.ts',
    command: 'OXO_CLUSTER_GAMES=20 OXO_CUT_MS=15000 node --test e2e/cluster/partition.test.ts',
  })
}

async function playPlanted({ nodes: beside, networks }: Setup): Promise<void> {
  const script = [plantedServer, '--plant', 'sent-is-stored']
  await using nodes = await Nodes.start({ beside, script, ...placesOf(networks) })
  await using league = await League.start(nodes, 3, thinkMs)
  await league.progress(3)
  networks.cut(0)
  const before = league.acknowledged
  await setTimeout(cutMs)
  networks.heal(0)
  assert.notDeepEqual(await league.findings(nodes, 5_000), [])
  recordFinding('cluster-checks-cut', {
    promise: 'the tests that cut networks notice a move that was acknowledged and is lost',
    figure: 'one network cut, once',
    test: 'e2e/cluster/partition.test.ts',
    command: 'node --test e2e/cluster/partition.test.ts',
    planted: 'what was sent is taken for stored',
    caughtAfter: `${league.acknowledged - before} moves`,
  })
}

interface Step {
  readonly title: string
  readonly run: (place: Setup) => Promise<void>
}

const playStep = (cut: Cut): Step => ({
  title: `[J4] [N1] [N6] ${cut.promise}: nothing is lost`,
  run: (place) => play(place, cut),
})
const planted: Step = { title: 'nodes that treat sent entries as stored are detected', run: playPlanted }
/**
 * Each row runs in sequence on its own networks, servers and nodes. The rows run at once: they mostly wait for
 * elections.
 */
const rows: readonly (readonly Step[])[] = [cuts.slice(0, 2).map(playStep), [...cuts.slice(2).map(playStep), planted]]

async function runRow(t: TestContext, steps: readonly Step[]): Promise<void> {
  await using place = await open()
  for (const { title, run } of steps) await t.test(title, () => run(place))
}

test('networks are cut, on two sets of servers at once', { concurrency: rows.length }, async (t) => {
  if (leaveOut(t, sayWhyNoNetworks())) return
  await Promise.all(rows.map((steps, index) => t.test(`set ${index + 1}`, (each) => runRow(each, steps))))
})
