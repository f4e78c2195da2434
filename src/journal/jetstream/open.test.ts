import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { openJetStreamJournal } from './index.ts'
import { makeNames } from './names.ts'
import { parseUrl } from './open.ts'
import { makeConfig } from './stream.ts'

/** Asserts that opening fails with this message. Closes a journal that was opened by mistake. */
async function refuse(options: Parameters<typeof openJetStreamJournal>[0], sentence: RegExp): Promise<void> {
  await assert.rejects(
    async () => (await openJetStreamJournal(options)).close(),
    (cause) => {
      assert.ok(cause instanceof Error)
      assert.match(cause.message, sentence)
      assert.equal('fault' in cause && cause.fault, 'unavailable')
      return true
    },
  )
}

test('[J10] an address contains the servers, the user and the name of the journal', () => {
  const { servers, name, isTls, user } = parseUrl('tls://ada:p%40ss@a:1,b:2/staging')
  assert.deepEqual(
    { servers, name, isTls, user },
    {
      servers: ['a:1', 'b:2'],
      name: 'staging',
      isTls: true,
      user: { user: 'ada', pass: 'p@ss' },
    },
  )
  assert.equal(parseUrl('nats://a').name, 'oxo')
  for (const wrong of ['nats://', 'http://a', 'nats://a/b/c', 'nats://a/b c'])
    assert.throws(() => parseUrl(wrong), { fault: 'unavailable' })
})

test('[J10] the stream is created as the journal needs it, and one with another configuration is refused', async () => {
  await using cluster = await NatsCluster.start()
  const journal = await openJetStreamJournal({ url: cluster.url, replicas: 1 })
  assert.equal(await journal.append('a', 0, 'one'), 'stored')
  await journal.close()

  const { servers, user } = parseUrl(cluster.url)
  const connection = await connect({ servers: [...servers], ...user })
  const manager = await jetstreamManager(connection)
  const { config } = await manager.streams.info('OXO_0')
  assert.deepEqual(config.subjects, ['oxo.game.0.>'])
  assert.deepEqual([config.storage, config.discard, config.num_replicas], ['file', 'new', 1])
  assert.ok(config.deny_delete && config.deny_purge && config.allow_direct)
  const message = await manager.direct.getMessage('OXO_0', { last_by_subj: 'oxo.game.0.a' })
  assert.equal(message?.string(), 'one')
  assert.equal(message?.header.get('Oxo-Version'), '1')

  await manager.streams.add({ name: 'OTHER_0', subjects: ['other.game.0.>'] })
  await refuse({ url: `${cluster.url}/other`, replicas: 1 }, /OTHER_0 is not as the journal needs it: republish is/)
  await connection.close()
})

test('[J10] a stream that drops or moves messages, or acknowledges them before it writes them, is refused', async () => {
  await using cluster = await NatsCluster.start()
  const { servers, user } = parseUrl(cluster.url)
  const connection = await connect({ servers: [...servers], ...user })
  const manager = await jetstreamManager(connection)
  const harms = {
    drops: [{ max_msgs_per_subject: 9 }, /max_msgs_per_subject is 9: the servers would delete the beginning of games/],
    moves: [{ subject_transform: { src: 'moves.game.0.>', dest: 'moved.>' } }, /subject_transform is set/],
    delays: [{ persist_mode: 'async', allow_atomic: false }, /persist_mode is "async": .* before it is written/],
  } as const
  for (const [name, [harm, reason]] of Object.entries(harms)) {
    const names = makeNames(name, 0)
    const right = makeConfig(names, { replicas: 1, hasBatches: true })
    await manager.streams.add({ ...right, subjects: [names.games], ...harm })
    await refuse({ url: `${cluster.url}/${name}`, replicas: 1 }, reason)
  }
  await connection.close()
})

test('[J12] the durability is only what the servers report', async () => {
  await using synced = await NatsCluster.start()
  await using lazy = await NatsCluster.start({ syncs: false })
  const levels = [
    [{ url: synced.url, replicas: 1 }, 'process'],
    [{ url: synced.url, replicas: 1, monitors: synced.monitors, durability: 'disk' }, 'disk'],
    [{ url: lazy.url, replicas: 1, monitors: lazy.monitors }, 'process'],
  ] as const
  for (const [options, level] of levels) {
    const journal = await openJetStreamJournal(options)
    assert.equal(journal.durability, level)
    await journal.close()
  }
  const asked = { url: lazy.url, replicas: 1, durability: 'disk' } as const
  await refuse({ ...asked, monitors: lazy.monitors }, /n1 does not sync before it answers: set `sync_interval: always`/)
  await refuse(asked, /name the addresses of all servers with `monitors`/)
  await refuse(
    { ...asked, monitors: ['http://127.0.0.1:9'] },
    /monitoring of a NATS server at http:\/\/127.0.0.1:9 cannot/,
  )
  await refuse({ ...asked, durability: 'quorum' }, /quorum cannot be promised: the stream has 1 of 3 copies/)
})

test('[J12] servers that cannot give the guarantees are refused with one sentence', async () => {
  await using alone = await NatsCluster.start({
    more: 'accounts { a { jetstream: disabled, users: [{ user: a, password: a }] } }',
  })
  const { address } = alone.servers[0] ?? { address: '' }
  await refuse({ url: `nats://a:a@${address}:4222` }, /JetStream is off/)
  await refuse({ url: `nats://a:b@${address}:4222` }, /no NATS server accepts this node at .*: /)
  await using one = await NatsCluster.start({ more: 'max_payload: 1KB' })
  await refuse({ url: one.url }, /max_payload of the NATS servers is 1024 bytes/)
  await using old = await NatsCluster.start({ kind: 'racing' })
  await refuse({ url: old.url }, /nats-server 2\.9\.10 is older than 2\.12.*`allowOld`/)
  await refuse({ url: 'nats://127.0.0.1:9' }, /no NATS server accepts this node at 127\.0\.0\.1:9/)
})

test('[J12] three copies need three servers', async () => {
  await using cluster = await NatsCluster.start()
  await refuse({ url: cluster.url }, /OXO_0 cannot be created: .*3 copies need a cluster of at least 3 servers/)
})

test('[J21] a node without permission to subscribe to a game reports that and fails', async () => {
  const permissions = 'permissions: { publish: ">", subscribe: { allow: ">", deny: "oxo.live.>" } }'
  const edit = (config: string): string => config.replace(/user: oxo, password: "[^"]*"/, `$&, ${permissions}`)
  await using cluster = await NatsCluster.start({ edit })
  const journal = await openJetStreamJournal({ url: cluster.url, replicas: 1 })
  journal.listen('a', () => assert.fail('nothing may be delivered'))
  const { fault, message } = await journal.failed
  assert.equal(fault, 'unavailable')
  assert.match(
    message,
    /^the NATS servers do not let this node subscribe to oxo\.live\.0\.a: `oxo cluster permissions` prints /,
  )
  await journal.close()
})
