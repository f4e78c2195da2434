/** A fault-injecting proxy for real sockets: forwards each connection to the server, with the faults of the plan. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type Clock, systemClock } from '../../base/index.ts'
import { Conversation } from './conversation.ts'
import type { ChaosFault } from './lane.ts'
import type { ChaosPlan, Direction } from './plan.ts'

export interface ChaosOptions {
  readonly plan: ChaosPlan
  /** Returns the server's address; called for each connection, because the server may have moved. */
  readonly to: () => { readonly host: string; readonly port: number }
  /** Address and port to listen on; by default any free port of this machine. */
  readonly host?: string
  readonly port?: number
  readonly clock?: Clock
  /** Called for each injected fault; connections are numbered from 1. */
  readonly hear?: (fault: ChaosFault, direction: Direction, connection: number) => void
}

/** Counts of events since the proxy was opened. */
export interface ChaosTotals extends Readonly<Record<ChaosFault, number>> {
  readonly connections: number
  readonly messages: number
  /** Bytes forwarded to the server, and from it. */
  readonly up: number
  readonly down: number
}

/** @throws the system's error if the port is not available. */
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

  /** Use {@link openChaos}. */
  constructor(server: Server, options: ChaosOptions) {
    this.#server = server
    this.#options = options
    server.on('connection', (socket: Socket) => this.#connect(socket))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get tally(): ChaosTotals {
    return { ...this.#tally }
  }

  /** Resets every connection now; new ones are still accepted. */
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
        fault: (fault, direction) => {
          tally[fault]++
          hear?.(fault, direction, number)
        },
      },
    })
    this.#conversations.add(conversation)
    client.on('close', () => this.#conversations.delete(conversation))
    client.resume()
  }
}
