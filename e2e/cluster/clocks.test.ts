/** Clocks in a cluster: what each node shows, the cost of a journal outage, and flags in games that nobody watches. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Client } from '../../src/client/node/index.ts'
import { openJetStreamJournal } from '../../src/journal/jetstream/index.ts'
import { eventually } from '../lib/wait.ts'
import { Nodes } from './nodes.ts'

const starting = Nodes.start()
after(async () => (await starting)[Symbol.asyncDispose]())

/** The most that the same clock may differ between nodes, in ms: offsets of their wall clocks, plus a request. */
const differenceMsMax = 400

interface View {
  readonly version: number
  readonly clock?: { readonly X: number; readonly O: number; readonly running: boolean }
  readonly outcome: { readonly by: string } | null
}

async function readView(nodes: Nodes, place: number, game: string): Promise<View> {
  const { host, port } = nodes.at(place)
  const response = await fetch(`http://${host}:${port}/games/${game}`, { headers: { accept: 'application/json' } })
  return (await response.json()) as View
}

/** Starts a game with a clock between players at two nodes. Resolves with its id. */
async function begin(ann: Client, bob: Client, initialMs: number): Promise<string> {
  const { id } = await ann.create({ clock: { initialMs, incrementMs: 0 } })
  // The clock of a player who seems to be away waits for them, so the node of the other one must know where they are.
  const watched = await bob.game(id)
  await eventually(() => watched.presence?.online.X === true || watched.presence?.online.O === true)
  await bob.join(id)
  return id
}

test('[S30] every node shows the same clock, and a move through any of them is charged the same', async () => {
  const nodes = await starting
  using ann = nodes.connect(0)
  using bob = nodes.connect(1)
  const game = await begin(ann, bob, 60_000)
  await setTimeout(6_000)
  const read = await Promise.all(
    [0, 1, 2].map(async (place) => {
      const from = performance.now()
      const ms = (await readView(nodes, place, game)).clock?.X ?? NaN
      // The node looked at its clock at some moment of the request: so much was left when this process started, at least
      // and at most.
      return { ms, least: ms + from, most: ms + performance.now() }
    }),
  )
  const shown = read.map(({ ms }) => ms).join(', ')
  const difference = Math.max(...read.map(({ least }) => least)) - Math.min(...read.map(({ most }) => most))
  assert.ok(difference < differenceMsMax, `the nodes show ${shown}`)
  assert.ok((read[0]?.ms ?? 0) < 55_000, `after six seconds the nodes show ${shown}`)
})

test('[S50] players who move while the journal has no leader keep their games', async () => {
  const nodes = await starting
  using ann = nodes.connect(0)
  using bob = nodes.connect(1)
  const budgets = Array.from({ length: 10 }, (_, index) => 2_000 + 1_000 * index)
  const games = await Promise.all(budgets.map((initialMs) => begin(ann, bob, initialMs)))
  const leader = await nodes.nats.leaderOf('OXO_0')
  await leader.stop('SIGKILL')
  await setTimeout(100)
  const moved = await Promise.allSettled(
    games.map(async (game) => (await ann.game(game)).move(0, 0).then(({ clock }) => clock?.X ?? NaN)),
  )
  await leader.start()
  await nodes.nats.ready()
  assert.deepEqual(
    moved.map(({ status }) => status),
    games.map(() => 'fulfilled'),
  )
})

test('[S33] a flag falls although nobody watches, every node has restarted, and one of them is killed', async () => {
  const nodes = await starting
  const game = await (async () => {
    using ann = nodes.connect(0)
    using bob = nodes.connect(1)
    return await begin(ann, bob, 12_000)
  })()
  const began = performance.now()
  await setTimeout(1_000)
  for (const place of [0, 1, 2]) {
    await nodes.at(place).kill('SIGTERM')
    await nodes.startAgain(place)
  }
  await setTimeout(1_000)
  await nodes.at(0).kill()
  await setTimeout(Math.max(0, 24_000 - (performance.now() - began)))
  // Reads the journal directly: a request to a node would make it load the game.
  const journal = await openJetStreamJournal({ url: nodes.nats.url })
  const [last] = await journal.readBack(game, Infinity, 1)
  await journal.close()
  await nodes.startAgain(0)
  assert.match(last?.body ?? '', /"type":"flagged"/)
})
