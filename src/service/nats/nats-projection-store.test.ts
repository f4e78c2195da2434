import { after, test } from 'node:test'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { openJetStreamJournal } from '../../journal/jetstream/index.ts'
import { projectionContract } from '../testing/projection-contract.ts'
import { openNatsProjectionStore } from './index.ts'

for (const servers of [1, 3]) {
  const cluster = NatsCluster.start({ servers })
  after(async () => (await cluster)[Symbol.asyncDispose]())
  for (const check of projectionContract)
    test(`nats, ${servers} servers: ${check.title}`, async () => {
      const url = `${(await cluster).url}/t${crypto.randomUUID().slice(0, 8)}`
      const journals = [await openJetStreamJournal({ url, replicas: servers })]
      journals.push(await openJetStreamJournal({ url, replicas: servers }))
      const store = await Promise.all(journals.map((journal) => openNatsProjectionStore(journal)))
      try {
        const [one, two] = store.map(({ partitions }) => partitions[0])
        if (one !== undefined && two !== undefined) await check.run(one, two)
      } finally {
        // An open connection would keep the process alive.
        for (const each of [...store, ...journals]) await each.close()
      }
    })
}
