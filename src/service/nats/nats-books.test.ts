import { after, test } from 'node:test'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { openJetStreamJournal } from '../../journal/jetstream/index.ts'
import { shelfContract } from '../testing/shelf-contract.ts'
import { openNatsBooks } from './index.ts'

for (const servers of [1, 3]) {
  const cluster = NatsCluster.start({ servers })
  after(async () => (await cluster)[Symbol.asyncDispose]())
  for (const check of shelfContract)
    test(`nats, ${servers} servers: ${check.title}`, async () => {
      const url = `${(await cluster).url}/t${crypto.randomUUID().slice(0, 8)}`
      const journals = [await openJetStreamJournal({ url, replicas: servers })]
      journals.push(await openJetStreamJournal({ url, replicas: servers }))
      const books = await Promise.all(journals.map((journal) => openNatsBooks(journal)))
      try {
        const [one, two] = books.map(({ shelves }) => shelves[0])
        if (one !== undefined && two !== undefined) await check.run(one, two)
      } finally {
        // A connection that is left open keeps the process.
        for (const each of [...books, ...journals]) await each.close()
      }
    })
}
