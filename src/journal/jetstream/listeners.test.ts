import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { systemClock } from '../../base/index.ts'
import { type ClusterJournal, openJetStreamJournal } from './index.ts'
import { SubjectListeners, type ListenersOptions } from './listeners.ts'

const cluster = NatsCluster.start({ servers: 3 })
after(async () => (await cluster)[Symbol.asyncDispose]())

/** Opens two nodes and closes them when the test ends, also if it fails: an open connection would keep the process alive. */
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

/** Listens to games and keeps the last version delivered for each. */
function listenTo(journal: ClusterJournal, games: readonly string[]) {
  const versions = new Map<string, number>()
  for (const game of games) journal.listen(game, (version) => versions.set(game, version))
  return { versions, newest: (game: string) => versions.get(game) ?? 0 }
}

test('[J21] a node receives messages about the games that it listens to, and about no others', async (t) => {
  const [writer, node] = await openTwo(t)
  await sleep(200)
  const { newest } = listenTo(node, ['a'])
  await sleep(100)
  const before = node.connection.stats().inMsgs
  for (let version = 0; version < 200; version++) await writer.append('other', version, 'x')
  await writer.append('a', 0, 'x')
  await until(() => newest('a') === 1)
  const came = node.connection.stats().inMsgs - before
  assert.ok(came < 40, `${came} messages came for one entry`)
})

test('[J21] entries stored during a lost connection are delivered after it is restored', async (t) => {
  const [writer, node] = await openTwo(t)
  const games = Array.from({ length: 600 }, (_, index) => `g${index}`)
  const { newest } = listenTo(node, games)
  // The node has received everything before the connection breaks.
  const away = node.connection.reconnect()
  await Promise.all(games.map((game) => writer.append(game, 0, 'x')))
  await away
  await until(() => games.every((game) => newest(game) === 1))
  assert.deepEqual(
    games.filter((game) => newest(game) !== 1),
    [],
  )
})

test('[J21] a notification that was lost without a sign is replaced', async (t) => {
  const [writer, node] = await openTwo(t)
  const { connection } = node
  const subscribe = connection.subscribe.bind(connection)
  let lost = 0
  connection.subscribe = (subject, options = {}) => {
    const { callback } = options
    if (callback === undefined || !subject.includes('.live.')) return subscribe(subject, options)
    return subscribe(subject, { ...options, callback: () => void lost++ })
  }
  const { newest } = listenTo(node, ['a', 'b', 'c'])
  for (const game of ['a', 'b', 'c']) await writer.append(game, 0, 'x')
  const found = () => newest('a') + newest('b') + newest('c')
  await until(() => found() === 3 && lost === 3)
  assert.deepEqual({ found: found(), lost }, { found: 3, lost: 3 })
})

test('[J20] the result of a check is not delivered after a newer entry', async () => {
  const delivered: string[] = []
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
  const listeners = new SubjectListeners(parts as unknown as ListenersOptions)
  listeners.add('a', (version, entry) => delivered.push(`${version}${entry === null ? ' is to be read' : ''}`))
  live(1)
  const checked = listeners.check(2)
  live(2)
  live(3)
  found.resolve([{ game: 'a', version: 2 }])
  await checked
  assert.deepEqual(delivered, ['1', '2', '3'])
  listeners.close()
})
