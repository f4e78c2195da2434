import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { systemClock } from '../../base/index.ts'
import { type ClusterJournal, openJetStreamJournal } from './index.ts'
import { Listeners, type ListenersOptions } from './listeners.ts'

const cluster = NatsCluster.start({ servers: 3 })
after(async () => (await cluster)[Symbol.asyncDispose]())

/** Closed at the end of the test, also of one that fails: an open connection would keep its file alive. */
async function openTwo(t: TestContext): Promise<readonly [ClusterJournal, ClusterJournal]> {
  const url = `${(await cluster).url}/t${crypto.randomUUID().slice(0, 8)}`
  const both = [await openJetStreamJournal({ url }), await openJetStreamJournal({ url })] as const
  t.after(() => Promise.all(both.map((journal) => journal.close())))
  return both
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void systemClock.after(ms, resolve))

async function until(holds: () => boolean): Promise<void> {
  const late = systemClock.now() + 15_000
  while (!holds() && systemClock.now() < late) await sleep(20)
}

/** What a journal's node hears of some games, and how many messages came for it. */
function hearing(journal: ClusterJournal, games: readonly string[]) {
  const versions = new Map<string, number>()
  for (const game of games) journal.listen(game, (version) => versions.set(game, version))
  return { versions, newest: (game: string) => versions.get(game) ?? 0 }
}

test('[J21] a node is sent what it listens to, and nothing of other games', async (t) => {
  const [writer, node] = await openTwo(t)
  await sleep(200)
  const { newest } = hearing(node, ['a'])
  await sleep(100)
  const before = node.connection.stats().inMsgs
  for (let version = 0; version < 200; version++) await writer.append('other', version, 'x')
  await writer.append('a', 0, 'x')
  await until(() => newest('a') === 1)
  const came = node.connection.stats().inMsgs - before
  assert.ok(came < 40, `${came} messages came for one entry`)
})

test('[J21] what was stored while a connection was away is heard of once it is back', async (t) => {
  const [writer, node] = await openTwo(t)
  const games = Array.from({ length: 600 }, (_, index) => `g${index}`)
  const { newest } = hearing(node, games)
  // A node goes on with what it has heard: here it has heard of everything.
  const away = node.connection.reconnect()
  await Promise.all(games.map((game) => writer.append(game, 0, 'x')))
  await away
  await until(() => games.every((game) => newest(game) === 1))
  assert.deepEqual(
    games.filter((game) => newest(game) !== 1),
    [],
  )
})

test('[J21] word that is lost without a trace is made up for', async (t) => {
  const [writer, node] = await openTwo(t)
  const { connection } = node
  const subscribe = connection.subscribe.bind(connection)
  let lost = 0
  connection.subscribe = (subject, options = {}) => {
    const { callback } = options
    if (callback === undefined || !subject.includes('.live.')) return subscribe(subject, options)
    return subscribe(subject, { ...options, callback: () => void lost++ })
  }
  const { newest } = hearing(node, ['a', 'b', 'c'])
  for (const game of ['a', 'b', 'c']) await writer.append(game, 0, 'x')
  const found = () => newest('a') + newest('b') + newest('c')
  await until(() => found() === 3 && lost === 3)
  assert.deepEqual({ found: found(), lost }, { found: 3, lost: 3 })
})

test('[J20] what a look has found is not told once a newer entry was heard', async () => {
  const heard: string[] = []
  const found = Promise.withResolvers<readonly { readonly game: string; readonly version: number }[]>()
  let live = (_version: number): void => undefined
  const parts = {
    connection: {
      subscribe: (_: string, { callback }: { readonly callback: (error: null, message: object) => void }) => {
        live = (version) => callback(null, { game: 'a', version, sequence: version, body: '', chain: '' })
        return { unsubscribe: () => undefined }
      },
    },
    names: { liveOf: (game: string) => game },
    clock: systemClock,
    reader: { lastOf: () => found.promise },
    parse: (message: object) => message,
    isEntry: () => true,
    fail: () => undefined,
  }
  const listeners = new Listeners(parts as unknown as ListenersOptions)
  listeners.add('a', (version, entry) => heard.push(`${version}${entry === null ? ' is to be read' : ''}`))
  live(1)
  const looked = listeners.check(2)
  live(2)
  live(3)
  found.resolve([{ game: 'a', version: 2 }])
  await looked
  assert.deepEqual(heard, ['1', '2', '3'])
  listeners.close()
})
