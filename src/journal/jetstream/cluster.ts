/** The status of the servers and the nodes of a cluster. It is exchanged outside the journal and stored nowhere. */
import { type Msg, type NatsConnection, NoRespondersError } from '@nats-io/transport-node'
import { systemClock } from '../../base/index.ts'
import type { ClusterJournal } from './cluster-journal.ts'
import { readStream, spreadLeaders, type StreamReport } from './leaders.ts'

/** Time for the other nodes to answer, in ms: many round trips in one site, a few between continents. */
const rollCallMs = 400
/** Time for the streams to answer, in ms. The shorter one lets a node answer the call of another node in time. */
const reportMs = 1_000
const quickReportMs = rollCallMs / 2

export class Cluster {
  readonly #connection: NatsConnection
  readonly #subject: string
  readonly #describe: () => Promise<string>
  /** Names of the streams, one for each partition. */
  readonly streams: readonly string[]

  /**
   * Answers status requests until the connection of the journal closes.
   * @param describe makes this node's answer when a node asks all nodes.
   */
  constructor({ connection, prefix, names }: ClusterJournal, describe: () => Promise<string>) {
    this.#connection = connection
    this.#subject = `${prefix}.node.status`
    this.#describe = describe
    this.streams = names.map(({ stream }) => stream)
    connection.subscribe(this.#subject, {
      callback: (error, message) => void (error === null && this.#answer(message)),
    })
  }

  /** The name of the server that this node is connected to; empty if it is unknown. */
  get server(): string {
    return this.#connection.info?.server_name ?? ''
  }

  /** Asks all other nodes. Resolves with the answers that came in time; empty if there is no other node. */
  async callRoll(): Promise<readonly string[]> {
    const options = { strategy: 'timer', maxWait: rollCallMs } as const
    const answers: string[] = []
    try {
      for await (const answer of await this.#connection.requestMany(this.#subject, '', options))
        answers.push(answer.string())
    } catch (cause) {
      if (!(cause instanceof NoRespondersError)) throw cause
    }
    return answers
  }

  /**
   * The reports of all streams, in their order; null for a stream whose leader does not answer in time.
   * @param isAsked true if another node waits for this node's status; then the time is shorter.
   */
  readStreams(isAsked = false): Promise<readonly (StreamReport | null)[]> {
    const waitMs = isAsked ? quickReportMs : reportMs
    return Promise.all(this.streams.map((name) => readStream(this.#connection, name, waitMs)))
  }

  /** Gives each server its share of streams to lead. After a server was away, other servers still lead its streams. */
  spreadLeaders(): Promise<void> {
    return spreadLeaders(this.#connection, this.streams, systemClock)
  }

  async #answer(message: Msg): Promise<void> {
    const description = await this.#describe()
    if (!this.#connection.isClosed()) message.respond(description)
  }
}
