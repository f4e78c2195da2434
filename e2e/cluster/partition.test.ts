/** Networks are cut while games are played on both sides: the smaller side refuses, and says so; nothing is lost. */
import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { leaveOut } from '../lib/left-out.ts'
import { record } from '../lib/record.ts'
import { League } from './league.ts'
import { Networks, sayWhyNoNetworks } from './networks.ts'
import { Nodes } from './nodes.ts'

const games = Number(process.env['OXO_CLUSTER_GAMES'] ?? 6)
/** How long a network stays cut, in ms: longer than an election. */
const cutMs = Number(process.env['OXO_CUT_MS'] ?? 6_000)
/** How long the healed side may take, in ms. */
const healMsMax = 10_000 * (process.env['OXO_QUIET'] === '1' ? 1 : 3)

interface Place extends AsyncDisposable {
  readonly nodes: Nodes
  readonly networks: Networks
}

async function open(): Promise<Place> {
  await using held = new AsyncDisposableStack()
  const networks = held.use(Networks.open(3))
  const address = (index: number): string => networks.address(index)
  const inside = (index: number): readonly string[] => networks.inside(index)
  const nodes = held.use(await Nodes.start({ servers: { address, inside }, host: address, inside }))
  const all = held.move()
  return { nodes, networks, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

let opening: Promise<Place> | null = null
after(async () => (await opening)?.[Symbol.asyncDispose]())

/** What a node cut off answers to a move, by name, and the version that it shows. */
async function probe(nodes: Nodes, place: number): Promise<{ readonly refusal: string; readonly version: number }> {
  const { url } = nodes.at(place)
  const headers = { 'content-type': 'application/json' }
  const ask = async (
    method: string,
    params: object,
  ): Promise<{ result?: { version: number }; error?: { data?: { name?: string } } }> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const response = await fetch(`${url}/rpc`, { method: 'POST', headers, body })
    return (await response.json()) as { result?: { version: number }; error?: { data?: { name?: string } } }
  }
  const refused = await ask('game.create', { seats: 'open' })
  const shown = await ask('game.get', { game: 'main' })
  return { refusal: refused.error?.data?.name ?? 'none', version: shown.result?.version ?? 0 }
}

/** From now until a game can be made at the node, in ms. */
async function healingOf(nodes: Nodes, place: number): Promise<number> {
  const from = performance.now()
  while ((await probe(nodes, place)).refusal !== 'none') {
    assert.ok(performance.now() - from < healMsMax, 'it does not heal')
    await setTimeout(50)
  }
  return Math.round(performance.now() - from)
}

interface Cut {
  readonly name: string
  readonly promise: string
  readonly place: (nodes: Nodes) => Promise<number>
  readonly strike: (networks: Networks, place: number) => Promise<void>
  /** Whether the node is surely without a majority at the end of the strike. */
  readonly isMinority: boolean
}

const leader = async (nodes: Nodes): Promise<number> => nodes.nats.servers.indexOf(await nodes.nats.leaderOf('OXO_0'))
/** One that does not lead. */
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

async function play(t: TestContext, cut: Cut): Promise<void> {
  if (leaveOut(t, sayWhyNoNetworks())) return
  const { nodes, networks } = await (opening ??= open())
  await using league = await League.start(nodes, games)
  await league.progress(3)
  const place = await cut.place(nodes)
  const from = performance.now()
  await cut.strike(networks, place)
  if (cut.isMinority) {
    const { refusal, version } = await probe(nodes, place)
    assert.match(refusal, /^(?:unavailable|outcome-unknown)$/)
    assert.ok(version > 0, 'it still shows a game')
  }
  networks.mend(place)
  const healedMs = await healingOf(nodes, place)
  await league.progress(3)
  const gapMs = Math.round(league.longestGap(from))
  assert.deepEqual(await league.findings(nodes), [])
  const figure = `${league.acknowledged} moves in ${games} games, 0 lost, 0 doubled, longest gap ${gapMs} ms, healed in ${healedMs} ms`
  console.log(`${cut.promise}: ${figure}`)
  record(`cluster-${cut.name}`, {
    promise: `${cut.promise}: it refuses, shows what it has, and heals within 10 s`,
    figure,
    test: 'e2e/cluster/partition.test.ts',
    command: 'OXO_CLUSTER_GAMES=20 OXO_CUT_MS=15000 node --test e2e/cluster/partition.test.ts',
  })
}

for (const cut of cuts) test(`[J4] [N1] ${cut.promise}: nothing is lost`, (t) => play(t, cut))
