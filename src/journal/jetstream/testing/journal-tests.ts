/** The contract of journals as tests with real NATS servers. */
import { after, test } from 'node:test'
import { NatsCluster, type NatsClusterOptions } from '../../../../e2e/lib/nats-cluster.ts'
import { type Check, journalContract, type JournalStore } from '../../index.ts'
import { type ClusterJournal, openJetStreamJournal } from '../index.ts'

/** Journals on running servers or, after all servers have crashed, on new servers with the files that the crash left. */
class ClusterStore implements JournalStore, AsyncDisposable {
  readonly isPartitioned: boolean
  readonly #options: NatsClusterOptions
  readonly #partitions: number
  readonly #name = `t${crypto.randomUUID().slice(0, 8)}`
  readonly #opened: ClusterJournal[] = []
  #cluster: NatsCluster
  /** The files that the last crash left; null once they are in use. */
  #left: string | null = null
  /** The servers that were started with the files that a crash left. */
  #copy: NatsCluster | null = null

  constructor(cluster: NatsCluster, options: NatsClusterOptions, partitions: number) {
    this.isPartitioned = partitions > 1
    this.#cluster = cluster
    this.#options = options
    this.#partitions = partitions
  }

  async open(): Promise<ClusterJournal> {
    if (this.#left !== null) await this.#startAgain(this.#left)
    const { servers, url: place } = this.#cluster
    const [url, allowOld] = [`${place}/${this.#name}`, this.#options.kind === 'racing']
    // Only the first opening has to give the number of partitions.
    const partitions = this.#opened.length === 0 && this.isPartitioned ? this.#partitions : undefined
    const journal = await openJetStreamJournal({ url, replicas: servers.length, allowOld, partitions })
    this.#opened.push(journal)
    return journal
  }

  openOther(): Promise<ClusterJournal> {
    return new ClusterStore(this.#cluster, this.#options, this.#partitions).open()
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

/** The contract appends bodies larger than a megabyte. */
const more = 'max_payload: 4MB'

/** Restarting three servers after a crash takes 8 s. `OXO_WHOLE=1` also runs the checks that do it often. */
const isWhole = process.env['OXO_WHOLE'] === '1'

/** The reason why a check is skipped on these servers; null: it runs. */
function skipReason(
  { title, durable }: Check,
  { servers, kind }: NatsClusterOptions,
  partitions: number,
): string | null {
  if (!durable) return null
  if (kind === 'racing')
    return 'nats-server 2.9.10 cannot sync before it answers, so it does not survive a crash of all servers.'
  if (servers === 1 || isWhole || title.includes('closed journal')) return null
  const isLong = partitions > 1 || title.endsWith('at any moment')
  return isLong
    ? 'The check takes up to 45 s: `OXO_WHOLE=1` runs it. The test with one server crashes it as often.'
    : null
}

function addTestsOf(
  name: string,
  options: NatsClusterOptions,
  partitions: number,
  starting: Promise<NatsCluster>,
): void {
  for (const check of journalContract) {
    const title = `jetstream, ${name}: ${check.title}`
    const reason = skipReason(check, options, partitions)
    if (reason !== null) process.stdout.write(`skipped: ${title}: ${reason}\n`)
    test(title, { skip: reason ?? false }, async () => {
      await using store = new ClusterStore(await starting, options, partitions)
      await check.run(store)
    })
  }
}

/** Adds the tests of journals on one cluster, with one partition and, where its servers can have several, with three. */
export function addJournalTests(name: string, few: Pick<NatsClusterOptions, 'servers' | 'kind'>): void {
  const options: NatsClusterOptions = { ...few, more }
  const starting = NatsCluster.start(options)
  after(async () => (await starting)[Symbol.asyncDispose]())
  addTestsOf(name, options, 1, starting)
  if (options.kind !== 'racing') addTestsOf(`${name}, three partitions`, options, 3, starting)
}
