/** A fault proxy for real sockets: whoever connects to it talks to the server behind it, over a wire as bad as planned. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type Clock, systemClock } from '../../base/index.ts'
import { Conversation } from './conversation.ts'
import type { Mishap } from './lane.ts'
import type { ChaosPlan, Direction } from './plan.ts'

export interface ChaosOptions {
  readonly plan: ChaosPlan
  /** Where the server is; asked for each connection, for it may have moved. */
  readonly to: () => { readonly host: string; readonly port: number }
  /** Address and port to listen on; by default any free port of this machine. */
  readonly host?: string
  readonly port?: number
  readonly clock?: Clock
  /** Hears of each mishap; connections count from 1. */
  readonly hear?: (mishap: Mishap, direction: Direction, connection: number) => void
}

/** How often what happened since the proxy was opened. */
export interface Tally extends Readonly<Record<Mishap, number>> {
  readonly connections: number
  readonly messages: number
  /** Bytes that left for the server, and back. */
  readonly up: number
  readonly down: number
}

/** @throws the system's error when the port cannot be had. */
export async function openChaos(options: ChaosOptions): Promise<ChaosProxy> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true })
  const proxy = new ChaosProxy(server, options)
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  return proxy
}

export class ChaosProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #options: ChaosOptions
  readonly #conversations = new Set<Conversation>()
  readonly #tally = { connections: 0, messages: 0, up: 0, down: 0, duplicated: 0, reordered: 0, cut: 0 }

  /** Made by {@link openChaos}. */
  constructor(server: Server, options: ChaosOptions) {
    this.#server = server
    this.#options = options
    server.on('connection', (socket: Socket) => this.#connect(socket))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get tally(): Tally {
    return { ...this.#tally }
  }

  /** Ends every connection now; new ones are taken. */
  cutAll(): void {
    for (const conversation of this.#conversations) conversation.reset()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.cutAll()
    await closed
  }

  #connect(client: Socket): void {
    const { plan, to, clock = systemClock, hear } = this.#options
    const tally = this.#tally
    const number = ++tally.connections
    const { host, port } = to()
    const server = connect({ host, port, allowHalfOpen: true, noDelay: true })
    const conversation = new Conversation({
      client,
      server,
      plan,
      number,
      clock,
      heard: {
        message: () => tally.messages++,
        passed: (direction, bytes) => (tally[direction] += bytes),
        mishap: (mishap, direction) => {
          tally[mishap]++
          hear?.(mishap, direction, number)
        },
      },
    })
    this.#conversations.add(conversation)
    client.on('close', () => this.#conversations.delete(conversation))
    client.resume()
  }
}
