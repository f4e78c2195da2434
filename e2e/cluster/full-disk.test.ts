/** Disks of NATS servers fill up and get space again while games are played on all nodes. */
import assert from 'node:assert/strict'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { parseUrl } from '../../src/journal/jetstream/open.ts'
import { leaveOut } from '../lib/left-out.ts'
import { MemoryFolder, sayWhyNotMount } from '../lib/mounts.ts'
import { recordFinding } from '../lib/record.ts'
import { eventually } from '../lib/wait.ts'
import { League } from './many-games.ts'
import { Nodes } from './nodes.ts'

const games = 6
/** Delay between a player's moves, in ms: no board may be full before the disks have space again. */
const thinkMs = 60
const stream = 'OXO_0'
const kibibytes = 16 * 1_024
/** Timeout of every wait, in ms; generous for a busy machine. */
const timeoutMs = 30_000

/** One disk per server. */
class Disks implements Disposable {
  readonly #folders = [0, 1, 2].map(() => new MemoryFolder(kibibytes))

  store(index: number): string {
    return join(this.#path(index), 'store')
  }

  /** Fills the disk to the last byte. */
  fill(index: number): void {
    const file = openSync(join(this.#path(index), 'filler'), 'w')
    try {
      for (const size of [1 << 16, 1 << 12, 1]) fillUp(file, Buffer.alloc(size))
    } finally {
      closeSync(file)
    }
  }

  empty(index: number): void {
    rmSync(join(this.#path(index), 'filler'))
  }

  [Symbol.dispose](): void {
    for (const folder of this.#folders) folder[Symbol.dispose]()
  }

  #path(index: number): string {
    return this.#folders[index]?.path ?? ''
  }
}

function fillUp(file: number, piece: Buffer): void {
  try {
    while (writeSync(file, piece) === piece.length);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause
  }
}

interface Setup extends AsyncDisposable {
  readonly disks: Disks
  readonly nodes: Nodes
  readonly manager: JetStreamManager
}

async function open(): Promise<Setup> {
  await using held = new AsyncDisposableStack()
  const disks = held.use(new Disks())
  const nodes = held.use(await Nodes.start({ servers: { store: (index) => disks.store(index) } }))
  const { servers, user } = parseUrl(nodes.nats.url)
  const connection = held.adopt(await connect({ servers: [...servers], ...user }), (each) => each.close())
  const manager = await jetstreamManager(connection)
  const all = held.move()
  return { disks, nodes, manager, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

let opening: Promise<Setup> | null = null
after(async () => (await opening)?.[Symbol.asyncDispose]())

/** The name of the refusal of a new game by a node; 'none' if the game was created. */
async function refusalAt(nodes: Nodes, place: number): Promise<string> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'game.create', params: { seats: 'open' } })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${nodes.at(place).url}/rpc`, { method: 'POST', headers, body }).catch(async (cause) => {
    await setTimeout(200)
    const node = nodes.at(place)
    throw new Error(node.isRunning ? 'the node does not answer' : `the node ended: ${node.complaints}`, { cause })
  })
  const { error } = (await response.json()) as { readonly error?: { readonly data?: { readonly name?: string } } }
  return error === undefined ? 'none' : (error.data?.name ?? '')
}

/** Resolves with the time it took, in ms. */
const until = (what: string, claim: () => Promise<boolean>): Promise<number> => eventually(claim, timeoutMs, what)

/** Asserts that every node runs, still shows games, is not ready, and refuses commands with one of `names`. */
async function assertRefusing({ nodes }: Setup, league: League, names: RegExp): Promise<void> {
  const refuses = async (place: number): Promise<void> => {
    let refusal = 'none'
    await until('a node refuses', async () => (refusal = await refusalAt(nodes, place)) !== 'none')
    assert.match(refusal, names)
    assert.ok(nodes.at(place).isRunning)
    const read = await fetch(`${nodes.at(place).url}/games/${league.matches[place]?.game}`)
    assert.equal(read.status, 200)
    await until('it is not ready', async () => (await fetch(`${nodes.at(place).url}/readyz`)).status === 503)
  }
  await Promise.all([0, 1, 2].map(refuses))
}

const limit = (manager: JetStreamManager, bytes: number) => manager.streams.update(stream, { max_bytes: bytes })

test('[J9] a stream has reached its byte limit: moves are refused by name, and continue after the limit is raised', async (t) => {
  if (leaveOut(t, sayWhyNotMount('tmpfs'))) return
  const place = await (opening ??= open())
  const { nodes, manager } = place
  await using league = await League.start(nodes, games, thinkMs)
  await league.progress(3)
  await limit(manager, (await manager.streams.info(stream)).state.bytes)
  await assertRefusing(place, league, /^storage-full$/)
  await limit(manager, -1)
  const backMs = await until('a game is made', async () => (await refusalAt(nodes, 0)) === 'none')
  await league.progress(3)
  assert.deepEqual(await league.findings(nodes), [])
  assert.ok(backMs <= 5_000, `${backMs} ms`)
  recordFinding('cluster-full-stream', {
    promise: 'a stream at its size limit loses no move, and continues when the limit is raised',
    figure: `${league.acknowledged} moves in ${games} games, 0 lost, 0 doubled; back in ${backMs} ms`,
    planted: 'see `cluster-checks`',
    caughtAfter: 'see `cluster-checks`',
    test: 'e2e/cluster/full-disk.test.ts',
    command: 'node --test e2e/cluster/full-disk.test.ts',
  })
})

test('[J4] the disk of the leader is full: the other servers continue; all disks are full: nothing is lost', async (t) => {
  if (leaveOut(t, sayWhyNotMount('tmpfs'))) return
  const place = await (opening ??= open())
  const { nodes, disks } = place
  const { servers } = nodes.nats
  await using league = await League.start(nodes, games, thinkMs)
  await league.progress(3)
  const from = performance.now()
  const leader = servers.indexOf(await nodes.nats.leaderOf(stream))
  disks.fill(leader)
  await until('its server notices', async () => !(await servers[leader]?.isHealthy()))
  await league.progress(3)
  const gapMs = league.longestGaps(from).at(-1) ?? 0
  const others = [0, 1, 2].filter((index) => index !== leader)
  for (const index of others) disks.fill(index)
  const areAllUnhealthy = async () => !(await Promise.all(servers.map((server) => server.isHealthy()))).includes(true)
  await until('the other servers notice', areAllUnhealthy)
  await assertRefusing(place, league, /^(?:storage-full|unavailable|outcome-unknown)$/)

  for (const index of [leader, ...others]) disks.empty(index)
  // A server that met a full disk has disabled JetStream until its next start.
  for (const server of servers) {
    await server.stop('SIGTERM')
    await server.start()
  }
  await nodes.nats.ready()
  const backMs = await until('a game is made', async () => (await refusalAt(nodes, 0)) === 'none')
  // A match ends only when its players have their answers, so this also shows that they continue.
  assert.deepEqual(await league.findings(nodes), [])
  recordFinding('cluster-full-disk', {
    promise: 'a full disk of one NATS server is survived by the others, and full disks of all cost no move',
    figure: `${league.acknowledged} moves in ${games} games, 0 lost, 0 doubled; one full: longest gap ${gapMs} ms; all full, and started again: back in ${backMs} ms`,
    planted: 'see `cluster-checks`',
    caughtAfter: 'see `cluster-checks`',
    test: 'e2e/cluster/full-disk.test.ts',
    command: 'node --test e2e/cluster/full-disk.test.ts',
  })
})
