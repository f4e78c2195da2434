import { after, test } from 'node:test'
import { NatsCluster, type NatsClusterOptions } from '../../../e2e/lib/nats-cluster.ts'
import { journalContract, type JournalStore } from '../index.ts'
import { type JetStreamJournal, openJetStreamJournal } from './index.ts'

/** Journals on servers that are there already, or, after a crash of all of them, on what it left. */
class ClusterStore implements JournalStore, AsyncDisposable {
  readonly #options: NatsClusterOptions
  readonly #name = `t${crypto.randomUUID().slice(0, 8)}`
  readonly #opened: JetStreamJournal[] = []
  #cluster: NatsCluster
  /** What the last crash left, until it is opened. */
  #left: string | null = null
  /** Servers that were started on what a crash left. */
  #copy: NatsCluster | null = null

  constructor(cluster: NatsCluster, options: NatsClusterOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  async open(): Promise<JetStreamJournal> {
    if (this.#left !== null) await this.#startAgain(this.#left)
    const { servers, url } = this.#cluster
    const allowOld = this.#options.kind === 'racing'
    const journal = await openJetStreamJournal({ url: `${url}/${this.#name}`, replicas: servers.length, allowOld })
    this.#opened.push(journal)
    return journal
  }

  async crash(): Promise<void> {
    this.#left = this.#cluster.leave()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const journal of this.#opened) await journal.close()
    await this.#copy?.[Symbol.asyncDispose]()
  }

  async #startAgain(from: string): Promise<void> {
    this.#left = null
    await this.#copy?.[Symbol.asyncDispose]()
    this.#copy = await NatsCluster.start({ ...this.#options, from })
    this.#cluster = this.#copy
  }
}

const clusters = {
  'one server': { servers: 1 },
  'three servers': { servers: 3 },
  'three servers that race': { servers: 3, kind: 'racing' },
} as const satisfies Record<string, NatsClusterOptions>

/** Starting three servers again and again takes a minute: `OXO_WHOLE=1` does it. One server does the same quickly. */
const isWhole = process.env['OXO_WHOLE'] === '1'

for (const [name, options] of Object.entries(clusters)) {
  const starting = NatsCluster.start(options)
  after(async () => (await starting)[Symbol.asyncDispose]())
  for (const check of journalContract.filter(({ durable }) => isWhole || !durable || options.servers === 1))
    test(`jetstream, ${name}: ${check.title}`, async () => {
      await using store = new ClusterStore(await starting, options)
      await check.run(store)
    })
}
