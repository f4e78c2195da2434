/** The NATS permissions of a node: all of them are sufficient, and a node names any one that is missing. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { systemRandom } from '../../src/base/index.ts'
import { connect as connectClient } from '../../src/client/node/index.ts'
import { Cluster, explainDenied, makePermissions, openJetStreamJournal } from '../../src/journal/jetstream/index.ts'
import type { ProjectionMark } from '../../src/service/catalog/projection-store.ts'
import {
  NatsNodeBus,
  openNatsProjectionStore,
  openNatsSubscriptionStore,
  shareProjection,
} from '../../src/service/nats/index.ts'
import { openTestService } from '../../src/service/testing/service.ts'
import { replaceOnce } from '../../src/cli/demo/nats-config.ts'
import { NatsCluster } from '../lib/nats-cluster.ts'
import { Nodes } from './nodes.ts'

const usersLine = /^ {2}users: \[.*\n/m
const whole = makePermissions('oxo', 1)
/** Every permission; {@link without} gives the permissions without one of them. */
const lines = whole.split('\n').filter((line) => /^ {4}"|allow_responses/.test(line))
const without = (line: string): string => whole.replace(`${line}\n`, '')

const userOf = (name: string, permissions: string): string => `{ user: "${name}", password: p, ${permissions} }`
const users = [
  '{ user: admin, password: p }',
  userOf('whole', whole),
  ...lines.map((line, index) => userOf(`lacks-${index}`, without(line))),
]
const starting = NatsCluster.start({
  servers: 3,
  edit: (config) => config.replace(usersLine, `  users: [\n${users.join('\n')}\n  ]\n`),
})
const asking = starting.then(({ servers }) =>
  connect({ servers: servers.map(({ address }) => `${address}:4222`), user: 'admin', pass: 'p' }),
)
after(async () => {
  await (await asking).close()
  await (await starting)[Symbol.asyncDispose]()
})

async function urlOf(user: string): Promise<string> {
  return (await starting).url.replace(/\/\/[^@]*@/, `//${user}:p@`)
}

/** Does everything that a node does. @throws the error that would end the node */
async function actAsNode(user: string): Promise<void> {
  const journal = await openJetStreamJournal({ url: await urlOf(user) })
  const books = await openNatsProjectionStore(journal).catch(async (cause: unknown) => {
    await journal.close()
    throw explainDenied(cause) ?? cause
  })
  const service = await openTestService({
    journal,
    random: systemRandom,
    store: shareProjection(await openNatsProjectionStore(journal)),
    exchange: new NatsNodeBus(journal.connection, journal.prefix),
  })
  try {
    const cluster = new Cluster(journal, () => Promise.resolve('here'))
    const failed = journal.failed.then((fault) => {
      throw fault
    })
    const work = async (): Promise<void> => {
      const game = crypto.randomUUID()
      journal.listen(game, () => {})
      assert.equal(await journal.append(game, 0, '{}'), 'stored')
      assert.equal((await journal.read(game)).length, 1)
      // The admin user requests the status as another node would; it does not answer itself.
      assert.deepEqual(await cluster.callRoll(), [])
      assert.equal((await (await asking).request(`${journal.prefix}.node.status`)).string(), 'here')
      assert.equal((await cluster.readStreams()).length, 1)
      for (const shelf of books.partitions) {
        const { mark } = await shelf.state()
        const none = { journal: journal.id, position: 0, keeper: '' }
        await shelf.write([], { ...none, ...mark } as ProjectionMark, mark?.token ?? 0)
        await shelf.forget(1)
      }
      const devices = await openNatsSubscriptionStore(journal)
      try {
        const { revision } = await devices.read('nobody')
        assert.equal(await devices.write('nobody', [], revision), true)
      } finally {
        await devices.close()
      }
    }
    const done = work()
    await Promise.race([failed, done.catch(() => {})])
    // The servers report a refused permission later than its consequences.
    await Promise.race([failed, setTimeout(200)])
    await done
  } finally {
    await service.close()
    await books.close()
    await journal.close()
  }
}

const subjectOf = (line: string): string => /"(.*)"/.exec(line)?.[1] ?? '_INBOX.'

async function assertNamed(index: number): Promise<void> {
  const line = lines[index] ?? ''
  const subject = subjectOf(line).replace(/>$/, '')
  await assert.rejects(actAsNode(`lacks-${index}`), (cause) => {
    assert.ok(cause instanceof Error, line)
    const { message } = cause
    assert.match(
      message,
      /the NATS servers do not let this node (?:publish|subscribe) to \S+: `oxo cluster permissions` prints/,
    )
    assert.ok(message.includes(subject), `${line}: ${message}`)
    assert.doesNotMatch(message, /\n/)
    return true
  })
}

test('[J22] a node that lacks any one permission names it', async () => {
  const indexOf = (text: string): number => lines.findIndex((line) => line.includes(text))
  // These are needed only before the journal exists.
  for (const text of ['CREATE.OXO_0', 'INFO.OXO_1', 'CREATE.OXO_ROWS', 'CREATE.OXO_PUSH'])
    await assertNamed(indexOf(text))
  await actAsNode('whole')
  const { streams } = await jetstreamManager(await asking)
  // A stream as an older version of Oxo configured it.
  await streams.update('OXO_0', { ...(await streams.info('OXO_0')).config, allow_atomic: false })
  await assertNamed(indexOf('STREAM.UPDATE'))
  await actAsNode('whole')
  for (const index of lines.keys()) if (!/CREATE|INFO\.OXO_1|UPDATE/.test(lines[index] ?? '')) await assertNamed(index)
})

test('[J22] a cluster with three partitions works completely with its permissions', async () => {
  const permissions = makePermissions('oxo', 3)
  const edit = (config: string): string => replaceOnce(config, '" } ]\n}', `", ${permissions} } ]\n}`)
  const flags = ['--nats-partitions', '3']
  await using nodes = await Nodes.start({ servers: { edit }, flags })
  const [ann, bob] = [nodes.connect(0), nodes.connect(1)]
  const one = await ann.create({ public: true, clock: { initialMs: 60_000, incrementMs: 0 } })
  const other = await bob.join(one.id)
  await one.until(({ version }) => version === 2)
  const mover = one.myTurn ? one : other
  await mover.move(0, 0)
  const again = await bob.call('lobby.play', {})
  assert.equal((await ann.call('lobby.play', {})).game, again.game)
  await other.until(({ version }) => version === 3)
  const late = performance.now() + 5_000
  while (other.presence?.online.X !== true || !other.presence.online.O) {
    assert.ok(performance.now() < late, 'the nodes do not exchange presence')
    await setTimeout(20)
  }
  for (const { url } of nodes.list) {
    const status = (await (await fetch(`${url}/cluster`, { headers: { accept: 'application/json' } })).json()) as {
      nodes: unknown[]
      streams: unknown[]
    }
    assert.deepEqual([status.nodes.length, status.streams.length], [3, 3])
    assert.equal((await fetch(`${url}/readyz`)).status, 200)
  }
  await nodes.at(2).kill('SIGTERM')
  await nodes.startAgain(2)
  await setTimeout(2_000)
  for (const node of nodes.list) assert.ok(node.isRunning)
  for (const { log } of nodes.nats.servers) assert.doesNotMatch(log, /[Pp]ermissions? [Vv]iolation/)
  using third = connectClient(nodes.at(2).url)
  assert.equal((await third.call('game.get', { game: one.id })).version, 3)
  ann.close()
  bob.close()
})
