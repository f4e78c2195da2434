/** What the servers and the nodes of a cluster say of themselves: beside the journal, and lost when it is lost. */
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { answerMsMax } from './limits.ts'
import type { Names } from './names.ts'

export interface StreamReport {
  readonly name: string
  readonly config: { readonly num_replicas: number }
  readonly state: { readonly messages: number; readonly bytes: number; readonly last_seq: number }
  /** Absent where one server stands alone. */
  readonly cluster?: {
    readonly leader?: string
    readonly replicas?: readonly {
      readonly name: string
      readonly current: boolean
      readonly offline?: boolean
      /** Messages; absent: none. */
      readonly lag?: number
    }[]
  }
}

interface StreamAnswer extends StreamReport {
  readonly error?: unknown
}

/** Time for the other nodes to answer, in ms: many round trips in one site, a few between continents. */
const rollCallMs = 400

export class Cluster {
  readonly #connection: NatsConnection
  readonly #names: Names
  readonly #describe: () => Promise<string>

  /** `describe`: what this node answers when any node asks all of them. Ends with the connection. */
  constructor(connection: NatsConnection, names: Names, describe: () => Promise<string>) {
    this.#connection = connection
    this.#names = names
    this.#describe = describe
    connection.subscribe(this.#subject, { callback: (_, message) => void this.#answer(message) })
  }

  /** The server that this node is connected to. */
  get server(): string {
    return this.#connection.info?.server_name ?? ''
  }

  /** What each node answered in time, this one included. */
  async callRoll(): Promise<readonly string[]> {
    const options = { strategy: 'timer', maxWait: rollCallMs } as const
    const answers: string[] = []
    for await (const answer of await this.#connection.requestMany(this.#subject, '', options))
      answers.push(answer.string())
    return answers
  }

  /** Null: nobody who knows answers. */
  async readStream(): Promise<StreamReport | null> {
    try {
      const subject = `$JS.API.STREAM.INFO.${this.#names.stream}`
      const answer = (await this.#connection.request(subject, '', { timeout: answerMsMax })).json<StreamAnswer>()
      return answer.error === undefined ? { ...answer, name: this.#names.stream } : null
    } catch {
      // Silence is the news: it is what this reports.
      return null
    }
  }

  get #subject(): string {
    return `${this.#names.prefix}.node.status`
  }

  async #answer(message: Msg): Promise<void> {
    const description = await this.#describe()
    if (!this.#connection.isClosed()) message.respond(description)
  }
}
