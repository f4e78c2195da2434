/** The server that a checked client talks to: a front that injects one fault, records everything, and forwards to a real one. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { holdingClock } from '../../../base/index.ts'
import type { Endpoint } from '../../../conformance/endpoint.ts'

export interface ClientRequest {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** A request as it arrived. */
export interface SeenRequest extends ClientRequest {
  /** Connections are numbered from 1. */
  readonly connection: number
  readonly atMs: number
}

/** How a fault changes one connection. Each hook returns whether it has dealt with the message; otherwise it is forwarded. */
export interface ClientFault {
  readonly name: string
  readonly title: string
  /** Rules of docs/SPEC.md that a client breaks if it cannot handle this. */
  readonly rules: readonly string[]
  /** The least time between the fault and what the client does next, in ms: 0 if it may act at once. */
  readonly leastWaitMs?: number
  readonly makeHooks: () => Hooks
}

export interface Hooks {
  readonly onRequest?: (request: ClientRequest, link: ClientLink) => boolean
  /** `request` is the one that the line answers; null for a notification. */
  readonly onLine?: (line: string, request: ClientRequest | null, link: ClientLink) => boolean
}

/** One connection of the client, as faults see it. */
export class ClientLink {
  readonly #client: Socket
  readonly #front: Front

  constructor(client: Socket, front: Front) {
    this.#client = client
    this.#front = front
  }

  /** Ends the connection after these bytes. */
  cut(bytes = ''): void {
    this.#front.noteFault()
    this.#client.end(bytes)
    this.#client.destroySoon()
  }

  send(text: string): void {
    this.#client.write(text)
  }

  /** Sends a message that the server did not send. */
  tell(message: object): void {
    this.#client.write(`${JSON.stringify(message)}\n`)
  }

  refuse(request: ClientRequest, code: number, data: Readonly<Record<string, unknown>>): void {
    this.#front.noteFault()
    this.tell({ jsonrpc: '2.0', id: request.id, error: { code, message: 'refused to see what the client does', data } })
  }

  /** Accepts no connection for some time. */
  closeFor(ms: number): void {
    this.#front.closeFor(ms)
  }
}

export class Front implements AsyncDisposable {
  readonly seen: SeenRequest[] = []
  /** When the fault happened, in ms of the clock; null: not yet. */
  faultAtMs: number | null = null
  readonly #to: Endpoint
  readonly #hooks: Hooks
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #port = 0
  #connections = 0
  #isClosed = false

  private constructor(to: Endpoint, hooks: Hooks) {
    this.#to = to
    this.#hooks = hooks
    this.#server = createServer({ noDelay: true }, (socket) => this.#join(socket))
  }

  static async open(to: Endpoint, fault: ClientFault): Promise<Front> {
    const front = new Front(to, fault.makeHooks())
    front.#server.listen(0, '127.0.0.1')
    await once(front.#server, 'listening')
    front.#port = (front.#server.address() as AddressInfo).port
    return front
  }

  get port(): number {
    return this.#port
  }

  noteFault(): void {
    this.faultAtMs ??= holdingClock.now()
  }

  closeFor(ms: number): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    holdingClock.after(ms, () => {
      if (!this.#isClosed) this.#server.listen(this.#port, '127.0.0.1')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const connection = ++this.#connections
    const server = connect({ ...this.#to, noDelay: true })
    const link = new ClientLink(client, this)
    const asked = new Map<unknown, ClientRequest>()
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    onLines(client, (line) => {
      const request = parseRequest(line)
      this.seen.push({ ...request, connection, atMs: holdingClock.now() })
      asked.set(request.id, request)
      if (this.#hooks.onRequest?.(request, link) !== true) server.write(`${line}\n`)
    })
    onLines(server, (line) => {
      const { id } = parseRequest(line)
      const request = id === undefined ? null : (asked.get(id) ?? null)
      if (client.writable && this.#hooks.onLine?.(line, request, link) !== true) client.write(`${line}\n`)
    })
  }
}

function onLines(socket: Socket, call: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) call(line)
  })
}

/** A line that is no JSON object counts as a request without members; the server answers it. */
function parseRequest(line: string): ClientRequest {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as ClientRequest) : {}
  } catch {
    return {}
  }
}
