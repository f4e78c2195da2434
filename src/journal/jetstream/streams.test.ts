import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { systemClock } from '../../base/index.ts'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { Cluster, type ClusterJournal, openJetStreamJournal } from './index.ts'
import { planLeaders, type StreamReport } from './leaders.ts'
import { makeNames } from './names.ts'
import { parseUrl } from './open.ts'
import { makeStream } from './stream.ts'

const starting = NatsCluster.start()
after(async () => (await starting)[Symbol.asyncDispose]())

/** Opens the journal `name` on the one server. */
async function open(name: string, partitions?: number, makes?: boolean): Promise<ClusterJournal> {
  const { url } = await starting
  return openJetStreamJournal({ url: `${url}/${name}`, replicas: 1, partitions, makes })
}

const streamsOf = (journal: ClusterJournal): readonly string[] => journal.names.map(({ stream }) => stream)

async function refuse(opening: Promise<ClusterJournal>, sentence: RegExp): Promise<void> {
  await assert.rejects(
    async () => (await opening).close(),
    (cause) => {
      assert.ok(cause instanceof Error)
      assert.match(cause.message, sentence)
      assert.equal('fault' in cause && cause.fault, 'unavailable')
      return true
    },
  )
}

/** Runs `run` with a manager of the servers, as an operator would. */
async function manage(run: (manager: JetStreamManager, connection: NatsConnection) => Promise<void>): Promise<void> {
  const { servers, user } = parseUrl((await starting).url)
  const connection = await connect({ servers: [...servers], ...user })
  try {
    await run(await jetstreamManager(connection), connection)
  } finally {
    await connection.close()
  }
}

test('[J10] a journal keeps its number of streams, and a node that gives no number uses them all', async () => {
  const made = await open('three', 3)
  assert.deepEqual(streamsOf(made), ['THREE_0', 'THREE_1', 'THREE_2'])
  const games = Array.from({ length: 30 }, (_, index) => `game-${index}`)
  await Promise.all(games.map((game) => made.append(game, 0, game)))
  await made.close()
  const again = await open('three')
  assert.deepEqual(streamsOf(again), ['THREE_0', 'THREE_1', 'THREE_2'])
  for (const game of games) assert.equal((await again.read(game))[0]?.body, game)
  await manage(async (manager) => {
    for (const [partition, stream] of streamsOf(again).entries()) {
      const { config, state } = await manager.streams.info(stream, { subjects_filter: '>' })
      assert.deepEqual(config.subjects, [`three.game.${partition}.>`])
      assert.equal(config.metadata?.['oxo-partitions'], partition === 0 ? '3' : undefined)
      assert.ok(state.messages >= 5 && state.messages <= 15, `${state.messages} games in ${stream}`)
    }
  })
  await again.close()
})

test('[J10] a node has one connection for any number of streams', async () => {
  const journal = await open('connected', 8)
  const { monitor } = (await starting).servers[0] ?? { monitor: '' }
  const { connections } = (await (await fetch(`${monitor}/connz`)).json()) as { connections: { name?: string }[] }
  assert.equal(connections.filter(({ name }) => name === 'oxo').length, 1)
  await journal.close()
})

test('[J10] another number of streams than the journal has is refused', async () => {
  await (await open('fixed', 2)).close()
  await refuse(open('fixed', 3), /^the journal has 2 partitions, as its stream FIXED_0 says, not 3: .*`partitions`/)
  await refuse(open('fixed', 1), /^the journal has 2 partitions, .* not 1/)
  await (await open('fixed', 2)).close()
})

test('[J10] opening a missing journal for reading is refused and creates nothing', async () => {
  await refuse(open('nowhere', undefined, false), /^there is no journal nowhere on these NATS servers/)
  await manage(async (manager) => {
    await assert.rejects(manager.streams.info('NOWHERE_0'), /not found/)
  })
  await (await open('nowhere')).close()
  await (await open('nowhere', undefined, false)).close()
})

test('[J10] a stream without a number of partitions in its metadata, as in old journals, is the only one', async () => {
  await manage(async (manager) => {
    await makeStream(manager, makeNames('unmarked', 0), { replicas: 1, hasBatches: true })
  })
  const journal = await open('unmarked')
  assert.deepEqual(streamsOf(journal), ['UNMARKED_0'])
  assert.equal(await journal.append('a', 0, 'one'), 'stored')
  const [entry] = await journal.read('a')
  assert.equal(entry?.position, '1')
  await journal.close()
  await refuse(open('unmarked', 3), /^the journal has 1 partition, as its stream UNMARKED_0 says, not 3/)
})

test('[J10] of nodes that create a journal at once one decides; the others use its number or are refused', async () => {
  const wishes = [2, 3, undefined, 3, 2]
  for (let round = 0; round < 10; round++) {
    const name = `race-${round}`
    const openings = await Promise.allSettled(wishes.map((asked) => open(name, asked)))
    const opened = openings.filter((opening) => opening.status === 'fulfilled').map(({ value }) => value)
    const [first] = opened
    assert.ok(first !== undefined)
    for (const each of opened) assert.deepEqual(streamsOf(each), streamsOf(first))
    for (const [index, opening] of openings.entries()) {
      const asked = wishes[index]
      const fits: boolean = asked === undefined || asked === streamsOf(first).length
      assert.equal(opening.status, fits ? 'fulfilled' : 'rejected', `round ${round}: asked for ${asked}`)
      if (opening.status === 'rejected') assert.match(String(opening.reason), /the number is fixed/)
    }
    for (const each of opened) await each.close()
  }
})

test('[J10] the streams left by a node that stopped while creating them are not a journal', async () => {
  await manage(async (manager) => {
    const wish = { replicas: 1, hasBatches: true }
    for (const partition of [1, 2]) await makeStream(manager, makeNames('stopped', partition), wish)
  })
  const journal = await open('stopped', 2)
  assert.deepEqual(streamsOf(journal), ['STOPPED_0', 'STOPPED_1'])
  await journal.close()
})

test('[J10] a journal that has lost a stream is refused, and no empty stream replaces it', async () => {
  for (const lost of [0, 2]) {
    const name = `lost-${lost}`
    const journal = await open(name, 3)
    await Promise.all(Array.from({ length: 20 }, (_, index) => journal.append(`game-${index}`, 0, '')))
    await journal.close()
    const stream = `LOST-${lost}_${lost}`
    await manage(async (manager) => {
      await manager.streams.delete(stream)
    })
    for (const asked of [undefined, 3, 1])
      if (lost === 0 || asked !== 1) await refuse(open(name, asked), new RegExp(`^the stream ${stream} .* is missing`))
    await manage(async (manager) => {
      await assert.rejects(manager.streams.info(stream), /not found/)
    })
  }
})

test('[J10] servers that cannot store the number of streams allow only one', async () => {
  await using old = await NatsCluster.start({ kind: 'racing' })
  const options = { url: old.url, replicas: 1, allowOld: true }
  await refuse(
    openJetStreamJournal({ ...options, partitions: 2 }),
    /^nats-server 2\.9\.10 is older than 2\.10 and cannot store the number of partitions/,
  )
  await (await openJetStreamJournal(options)).close()
})

type Led = Pick<StreamReport, 'name' | 'cluster'>

const led = (name: string, leader: string | undefined, others: readonly string[], isOffline = false): Led => ({
  name,
  cluster: {
    ...(leader === undefined ? {} : { leader }),
    replicas: others.map((other) => ({ name: other, current: !isOffline, offline: isOffline })),
  },
})

test('[J14] each server leads its share of the streams, and no stream is moved without need', () => {
  const plan = (...streams: readonly Led[]) => Object.fromEntries(planLeaders(streams))
  const [abc, ac, bc] = [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ]
  assert.ok(abc !== undefined && ac !== undefined && bc !== undefined)
  assert.deepEqual(plan(led('0', 'a', bc), led('1', 'a', bc), led('2', 'a', bc)), { 1: 'b', 2: 'c' })
  assert.deepEqual(plan(led('0', 'b', ac), led('1', 'a', bc), led('2', 'c', abc)), {})
  assert.deepEqual(plan(led('0', 'b', ac), led('1', 'b', ac), led('2', 'a', bc)), { 1: 'c' })
  assert.deepEqual(plan(led('0', 'a', bc)), {})
  assert.deepEqual(plan(led('0', 'a', bc), led('1', undefined, bc)), {})
  assert.deepEqual(plan(led('0', 'a', bc, true), led('1', 'a', bc, true)), {})
  assert.deepEqual(plan({ name: '0' }, { name: '1' }), {})
})

test('[J14] nodes make different servers lead the streams', async () => {
  await using cluster = await NatsCluster.start({ servers: 3 })
  for (let round = 0; round < 4; round++) {
    const journal = await openJetStreamJournal({ url: `${cluster.url}/spread-${round}`, partitions: 3 })
    const nodes = [1, 2, 3].map(() => new Cluster(journal, async () => ''))
    await Promise.all(nodes.map((node) => node.spreadLeaders()))
    const readLeaders = () => Promise.all(streamsOf(journal).map((stream) => cluster.leaderOf(stream)))
    let leaders = await readLeaders()
    const late = systemClock.now() + 20_000
    while (new Set(leaders).size < 3 && systemClock.now() < late) leaders = await readLeaders()
    await journal.close()
    assert.equal(new Set(leaders).size, 3, leaders.map(({ name }) => name).join())
  }
})
