import { after, test } from 'node:test'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { journalContract, type JournalStore } from '../index.ts'
import { type JetStreamJournal, openJetStreamJournal } from './index.ts'

/** Journals on servers that are there already, or, after a crash of all of them, on what it left. */
class ClusterStore implements JournalStore, AsyncDisposable {
  #cluster: NatsCluster
  readonly #name = `t${crypto.randomUUID().slice(0, 8)}`
  readonly #allowOld: boolean
  readonly #opened: JetStreamJournal[] = []
  readonly #copies: NatsCluster[] = []

  constructor(cluster: NatsCluster, allowOld: boolean) {
    this.#cluster = cluster
    this.#allowOld = allowOld
  }

  async open(): Promise<JetStreamJournal> {
    for (const old of this.#copies.splice(0, this.#copies.length - 1)) await old[Symbol.asyncDispose]()
    const { servers, url } = this.#cluster
    const options = { url: `${url}/${this.#name}`, replicas: servers.length, allowOld: this.#allowOld }
    const journal = await openJetStreamJournal(options)
    this.#opened.push(journal)
    return journal
  }

  async crash(): Promise<void> {
    this.#cluster = await this.#cluster.copy()
    this.#copies.push(this.#cluster)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const journal of this.#opened) await journal.close()
    for (const cluster of this.#copies) await cluster[Symbol.asyncDispose]()
  }
}

const clusters = {
  'one server': { servers: 1 },
  'three servers': { servers: 3 },
  'three servers that race': { servers: 3, kind: 'racing' },
} as const

for (const [name, options] of Object.entries(clusters)) {
  const starting = NatsCluster.start(options)
  after(async () => (await starting)[Symbol.asyncDispose]())
  for (const check of journalContract)
    test(`jetstream, ${name}: ${check.title}`, async () => {
      await using store = new ClusterStore(await starting, 'kind' in options)
      await check.run(store)
    })
}
