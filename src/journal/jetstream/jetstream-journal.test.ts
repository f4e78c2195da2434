import { after, test } from 'node:test'
import { NatsCluster, type NatsClusterOptions } from '../../../e2e/lib/nats-cluster.ts'
import { type Check, journalContract, type JournalStore } from '../index.ts'
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

/** The contract has a body of a megabyte and more. */
const more = 'max_payload: 4MB'

const clusters = {
  'one server': { servers: 1, more },
  'three servers': { servers: 3, more },
  'three servers that race': { servers: 3, kind: 'racing', more },
} as const satisfies Record<string, NatsClusterOptions>

/** Three servers start again after each crash, for 8 s: `OXO_WHOLE=1` does it however often a check wants it. */
const isWhole = process.env['OXO_WHOLE'] === '1'

/** Why a check is not run on these servers; null: it is. */
function sayWhyNot({ title, durable }: Check, { servers, kind }: NatsClusterOptions): string | null {
  if (!durable) return null
  if (kind === 'racing') return 'nats-server 2.9.10 cannot sync before it answers, and a crash of all is not for it.'
  const isLong = servers === 3 && title.endsWith('at any moment')
  return isLong && !isWhole ? 'It takes 45 s: `OXO_WHOLE=1` runs it. One server is crashed as often.' : null
}

for (const [name, options] of Object.entries(clusters)) {
  const starting = NatsCluster.start(options)
  after(async () => (await starting)[Symbol.asyncDispose]())
  for (const check of journalContract) {
    const title = `jetstream, ${name}: ${check.title}`
    const reason = sayWhyNot(check, options)
    if (reason !== null) process.stdout.write(`left out: ${title}: ${reason}\n`)
    test(title, { skip: reason ?? false }, async () => {
      await using store = new ClusterStore(await starting, options)
      await check.run(store)
    })
  }
}
