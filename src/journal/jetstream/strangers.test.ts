/** Foreign changes on the servers of a journal: by another program of the same account, or by an operator's mistake. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { makeSource } from '../portable/index.ts'
import { type ClusterJournal, openJetStreamJournal } from './index.ts'
import { parseUrl } from './open.ts'

const starting = NatsCluster.start()
after(async () => (await starting)[Symbol.asyncDispose]())

async function open(name: string): Promise<ClusterJournal> {
  const { url } = await starting
  return openJetStreamJournal({ url: `${url}/${name}`, replicas: 1 })
}

async function enter(): Promise<NatsConnection> {
  const { servers, user } = parseUrl((await starting).url)
  return connect({ servers: [...servers], ...user })
}

test('[J11] reading, following and appending ignore a message that is not an entry', async () => {
  const journal = await open('visited')
  const received: string[] = []
  const arrived = Promise.withResolvers<void>()
  const following = journal.follow('', (entries) => {
    received.push(...entries.map(({ game, version }) => `${game} ${version}`))
    if (received.includes('c 1')) arrived.resolve()
  })
  await following.caughtUp
  assert.equal(await journal.append('a', 0, 'one'), 'stored')

  const intruder = await enter()
  const odd = headers()
  odd.set('Oxo-Version', '2')
  for (const game of ['a', 'b']) {
    intruder.publish(`visited.game.0.${game}`, 'is anybody there?')
    intruder.publish(`visited.game.0.${game}`, '', { headers: odd })
  }
  // On the subject where the servers repeat stored messages, as if this were one.
  intruder.publish('visited.live.0.a', 'is anybody there?')
  await intruder.flush()
  await intruder.close()

  for (const [game, version] of [
    ['a', 1],
    ['b', 0],
    ['c', 0],
  ] as const)
    assert.equal(await journal.append(game, version, 'next'), 'stored')
  await arrived.promise
  const all = ['a 1', 'a 2', 'b 1', 'c 1']
  assert.deepEqual(received, all)
  following.close()
  await journal.close()

  const again = await open('visited')
  assert.equal((await again.read('a')).length, 2)
  assert.equal((await again.read('b')).length, 1)
  const source = makeSource(again)
  const page = await source.page('')
  assert.deepEqual(
    page.map(({ game, version }) => `${game} ${version}`),
    all,
  )
  await source.close()
})

test('[J5] a stream that was deleted and created again is not followed as if it were the same', async () => {
  const journal = await open('replaced')
  for (const game of ['a', 'b', 'c']) await journal.append(game, 0, '')
  const intruder = await enter()
  await (await jetstreamManager(intruder)).streams.delete('REPLACED_0')
  await intruder.close()
  const again = await open('replaced')
  assert.match((await journal.failed).message, /^the stream REPLACED_0 is another one .* start again$/)
  await again.close()
  await journal.close()
})

test('[J10] a deleted stream is noticed even if nobody creates another', async () => {
  const journal = await open('deleted')
  await journal.append('a', 0, '')
  const intruder = await enter()
  await (await jetstreamManager(intruder)).streams.delete('DELETED_0')
  await intruder.close()
  assert.match((await journal.failed).message, /^the stream DELETED_0 is gone: .* start again$/)
  await journal.close()
})

test('[J5] a node notices that a stream has lost its tail even if other nodes continue to write', async () => {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2))
  const address = (): string => `127.${a}.${b}.1`
  let cluster = await NatsCluster.start({ address })
  const options = { url: cluster.url, replicas: 1 }
  const journal = await openJetStreamJournal(options)
  const following = journal.follow('', () => {})
  for (const game of ['a', 'b', 'c']) await journal.append(game, 0, '')
  const left = cluster.leave()
  for (const game of ['d', 'e', 'f', 'g', 'h']) await journal.append(game, 0, '')
  assert.equal((await journal.read('h')).length, 1)
  await cluster[Symbol.asyncDispose]()
  cluster = await NatsCluster.start({ address, from: left })
  const other = await openJetStreamJournal(options)
  for (const game of ['x', 'y']) await other.append(game, 0, '')
  assert.match(
    (await journal.failed).message,
    /^the stream OXO_0 ends at [345], but ended at 8 before: .* start again$/,
  )
  following.close()
  await other.close()
  await journal.close()
  await cluster[Symbol.asyncDispose]()
})

test('[J9] once the servers have closed the connection permanently, appends and reads are unavailable', async () => {
  const journal = await open('closed')
  assert.equal(await journal.append('a', 0, ''), 'stored')
  await journal.connection.close()
  assert.match((await journal.failed).message, /closed the connection permanently/)
  await assert.rejects(journal.read('a'), { name: 'JournalFault', fault: 'unavailable' })
  await assert.rejects(journal.append('a', 1, ''), { name: 'JournalFault', fault: 'unavailable' })
  await journal.close()
})
