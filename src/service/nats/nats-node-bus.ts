/** A node bus over plain NATS messages: they are delivered to current subscribers and not stored. */
import type { NatsConnection } from '@nats-io/transport-node'
import { makeId, systemRandom } from '../../base/index.ts'
import type { NodeBus, BusSubscription } from '../cluster/node-bus.ts'

export class NatsNodeBus implements NodeBus {
  readonly node = makeId(systemRandom)
  readonly #connection: NatsConnection
  readonly #prefix: string
  #isConnected = true

  /** The caller owns the connection and closes it. @param prefix the beginning of the subjects. */
  constructor(connection: NatsConnection, prefix: string) {
    this.#connection = connection
    this.#prefix = `${prefix}.node.`
    void this.#watch()
  }

  tell(text: string, to?: string): void {
    // Otherwise the client would buffer the text and send it when it is out of date.
    if (!this.#isConnected || this.#connection.isClosed()) return
    const subject = this.#prefix + (to === undefined ? `from.${this.node}` : `to.${to}`)
    // Passed as bytes: the client's `TextEncoder` takes twelve times as long for short texts.
    this.#connection.publish(subject, Buffer.from(text))
  }

  hear(hear: (text: string) => void): BusSubscription {
    const own = `${this.#prefix}from.${this.node}`
    const subscriptions = ['from.*', `to.${this.node}`].map((topic) =>
      this.#connection.subscribe(this.#prefix + topic, {
        // Without the permission there is an error and no message. The journal, which watches the connection, reports
        // it.
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
