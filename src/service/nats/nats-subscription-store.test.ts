import { after, test } from 'node:test'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { openJetStreamJournal } from '../../journal/jetstream/index.ts'
import { subscriptionStoreContract } from '../testing/subscription-store-contract.ts'
import { openNatsSubscriptionStore } from './index.ts'

for (const servers of [1, 3]) {
  const cluster = NatsCluster.start({ servers })
  after(async () => (await cluster)[Symbol.asyncDispose]())
  for (const check of subscriptionStoreContract)
    test(`[W52] nats, ${servers} servers: ${check.title}`, async () => {
      const url = `${(await cluster).url}/t${crypto.randomUUID().slice(0, 8)}`
      const journals = [await openJetStreamJournal({ url, replicas: servers })]
      journals.push(await openJetStreamJournal({ url, replicas: servers }))
      const stores = await Promise.all(journals.map((journal) => openNatsSubscriptionStore(journal)))
      try {
        const [one, other] = stores
        if (one !== undefined && other !== undefined) await check.run(one, other)
      } finally {
        // An open connection would keep the process alive.
        for (const each of [...stores, ...journals]) await each.close()
      }
    })
}
