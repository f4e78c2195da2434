/** What somebody else does with the servers of a journal: another program of the same account, or an operator's slip. */
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

test('[J11] a message that is no entry is passed over by whoever reads, follows or appends', async () => {
  const journal = await open('visited')
  const heard: string[] = []
  const arrived = Promise.withResolvers<void>()
  const following = journal.follow('', (entries) => {
    heard.push(...entries.map(({ game, version }) => `${game} ${version}`))
    if (heard.includes('c 1')) arrived.resolve()
  })
  await following.caughtUp
  assert.equal(await journal.append('a', 0, 'one'), 'stored')

  const stranger = await enter()
  const odd = headers()
  odd.set('Oxo-Version', '2')
  for (const game of ['a', 'b']) {
    stranger.publish(`visited.game.0.${game}`, 'is anybody there?')
    stranger.publish(`visited.game.0.${game}`, '', { headers: odd })
  }
  // Where the servers repeat what is stored, as if it were.
  stranger.publish('visited.live.0.a', 'is anybody there?')
  await stranger.flush()
  await stranger.close()

  for (const [game, version] of [
    ['a', 1],
    ['b', 0],
    ['c', 0],
  ] as const)
    assert.equal(await journal.append(game, version, 'next'), 'stored')
  await arrived.promise
  const all = ['a 1', 'a 2', 'b 1', 'c 1']
  assert.deepEqual(heard, all)
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

test('[J5] a stream that was deleted and made anew is not followed as if it were the same', async () => {
  const journal = await open('replaced')
  for (const game of ['a', 'b', 'c']) await journal.append(game, 0, '')
  const stranger = await enter()
  await (await jetstreamManager(stranger)).streams.delete('REPLACED_0')
  await stranger.close()
  const again = await open('replaced')
  assert.match((await journal.failed).message, /^the stream REPLACED_0 is another one .* start again$/)
  await again.close()
  await journal.close()
})

test('[J10] a stream that was deleted is noticed, though nobody makes another', async () => {
  const journal = await open('deleted')
  await journal.append('a', 0, '')
  const stranger = await enter()
  await (await jetstreamManager(stranger)).streams.delete('DELETED_0')
  await stranger.close()
  assert.match((await journal.failed).message, /^the stream DELETED_0 is gone: .* start again$/)
  await journal.close()
})

test('[J5] servers that have lost the tail of a stream are noticed, whoever goes on writing there', async () => {
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
  assert.match((await journal.failed).message, /^the stream OXO_0 ends at [345], and was at 8 before: .* start again$/)
  following.close()
  await other.close()
  await journal.close()
  await cluster[Symbol.asyncDispose]()
})

test('[J9] once the servers have closed the connection for good nothing is stored, and that is said', async () => {
  const journal = await open('closed')
  assert.equal(await journal.append('a', 0, ''), 'stored')
  await journal.connection.close()
  assert.match((await journal.failed).message, /closed the connection for good/)
  await assert.rejects(journal.read('a'), { name: 'JournalFault', fault: 'unavailable' })
  await assert.rejects(journal.append('a', 1, ''), { name: 'JournalFault', fault: 'unavailable' })
  await journal.close()
})
