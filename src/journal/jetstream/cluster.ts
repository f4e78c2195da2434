/** What the servers and the nodes of a cluster say of themselves: beside the journal, and lost when it is lost. */
import { type Msg, type NatsConnection, NoRespondersError } from '@nats-io/transport-node'
import { systemClock } from '../../base/index.ts'
import type { ClusterJournal } from './cluster-journal.ts'
import { readStream, spreadLeaders, type StreamReport } from './leaders.ts'

/** Time for the other nodes to answer, in ms: many round trips in one site, a few between continents. */
const rollCallMs = 400
/** Time for the streams to answer whoever looks at all, and a node that is to answer the roll in time, in ms. */
const lookMs = 1_000
const glanceMs = rollCallMs / 2

export class Cluster {
  readonly #connection: NatsConnection
  readonly #subject: string
  readonly #describe: () => Promise<string>
  /** Names of the streams, one a partition. */
  readonly streams: readonly string[]

  /** `describe`: what this node answers when any node asks all of them. Ends with the connection of the journal. */
  constructor({ connection, prefix, names }: ClusterJournal, describe: () => Promise<string>) {
    this.#connection = connection
    this.#subject = `${prefix}.node.status`
    this.#describe = describe
    this.streams = names.map(({ stream }) => stream)
    connection.subscribe(this.#subject, {
      callback: (error, message) => void (error === null && this.#answer(message)),
    })
  }

  /** The server that this node is connected to. */
  get server(): string {
    return this.#connection.info?.server_name ?? ''
  }

  /** What each other node answered in time; none where this node is the only one. */
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

  /** In their order. Null: nobody who knows answers. `isAsked`: a roll is being called. */
  readStreams(isAsked = false): Promise<readonly (StreamReport | null)[]> {
    const waitMs = isAsked ? glanceMs : lookMs
    return Promise.all(this.streams.map((name) => readStream(this.#connection, name, waitMs)))
  }

  /** Gives each server its share of the streams to lead. After one was away the others lead what it led. */
  spreadLeaders(): Promise<void> {
    return spreadLeaders(this.#connection, this.streams, systemClock)
  }

  async #answer(message: Msg): Promise<void> {
    const description = await this.#describe()
    if (!this.#connection.isClosed()) message.respond(description)
  }
}
