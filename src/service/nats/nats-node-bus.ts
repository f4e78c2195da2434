/** What nodes tell each other as plain messages of NATS: delivered to whoever listens now, kept by nobody. */
import type { NatsConnection } from '@nats-io/transport-node'
import { makeId, systemRandom } from '../../base/index.ts'
import type { NodeBus, BusSubscription } from '../cluster/node-bus.ts'

export class NatsNodeBus implements NodeBus {
  readonly node = makeId(systemRandom)
  readonly #connection: NatsConnection
  readonly #prefix: string
  #isConnected = true

  /** The connection stays its maker's to close. @param prefix where the subjects begin. */
  constructor(connection: NatsConnection, prefix: string) {
    this.#connection = connection
    this.#prefix = `${prefix}.node.`
    void this.#watch()
  }

  tell(text: string, to?: string): void {
    // The client would keep it and send it when it is old.
    if (!this.#isConnected || this.#connection.isClosed()) return
    const subject = this.#prefix + (to === undefined ? `from.${this.node}` : `to.${to}`)
    // Not as text: the client's `TextEncoder` takes a dozen times as long for few characters.
    this.#connection.publish(subject, Buffer.from(text))
  }

  hear(hear: (text: string) => void): BusSubscription {
    const own = `${this.#prefix}from.${this.node}`
    const subscriptions = ['from.*', `to.${this.node}`].map((topic) =>
      this.#connection.subscribe(this.#prefix + topic, {
        // Without the permission there is an error and no message; the journal, which watches the connection, says so.
        callback: (error, message) => {
          if (error === null && message.subject !== own) hear(Buffer.from(message.data).toString())
        },
      }),
    )
    return {
      close: () => {
        for (const subscription of subscriptions) subscription.unsubscribe()
      },
    }
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status())
      if (type === 'disconnect' || type === 'reconnect') this.#isConnected = type === 'reconnect'
  }
}
