/** A relay for TCP connections that can hold them: then no byte passes in either direction, as in a network that was cut. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

interface Pair {
  readonly client: Socket
  /** Null for a connection that began while the relay held. */
  server: Socket | null
}

export class Relay implements AsyncDisposable {
  readonly #listener: Server
  readonly #target: { readonly host: string; readonly port: number }
  readonly #pairs = new Set<Pair>()
  #isHeld = false

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target
    this.#listener = createServer({ pauseOnConnect: true, noDelay: true }, (client) => this.#accept(client))
  }

  /** Listens on any free port of this machine. */
  static async open(target: { readonly host: string; readonly port: number }): Promise<Relay> {
    const relay = new Relay(target)
    relay.#listener.listen(0, '127.0.0.1')
    await once(relay.#listener, 'listening')
    return relay
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Holds what is sent from now on. Neither side notices more than silence. */
  hold(): void {
    this.#isHeld = true
    for (const { client, server } of this.#pairs) {
      if (server === null) continue
      client.unpipe(server).pause()
      server.unpipe(client).pause()
    }
  }

  /** Lets everything pass again, also what was held. */
  release(): void {
    this.#isHeld = false
    for (const pair of this.#pairs) this.#pass(pair)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#listener, 'close')
    this.#listener.close()
    for (const pair of this.#pairs) end(pair)
    await closed
  }

  #accept(client: Socket): void {
    const pair: Pair = { client, server: null }
    this.#pairs.add(pair)
    this.#follow(client, pair)
    if (!this.#isHeld) this.#pass(pair)
  }

  #pass(pair: Pair): void {
    const { client } = pair
    // One side ended while the relay held, so the other one learns it now.
    if (client.destroyed || pair.server?.destroyed === true) return end(pair)
    if (pair.server === null) this.#follow((pair.server = connect({ ...this.#target, noDelay: true })), pair)
    client.pipe(pair.server).pipe(client)
  }

  #follow(socket: Socket, pair: Pair): void {
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#isHeld && pair.server !== null) return
      this.#pairs.delete(pair)
      end(pair)
    })
  }
}

function end({ client, server }: Pair): void {
  client.destroy()
  server?.destroy()
}
