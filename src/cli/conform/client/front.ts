/** The server that a checked client talks to: a front that injects one fault, records everything, and forwards to a real one. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Server as HttpServer } from 'node:http'
import { holdingClock } from '../../../base/index.ts'
import type { Endpoint } from '../../../conformance/endpoint.ts'
import {
  type ClientLink,
  type ClientRequest,
  type LinkOwner,
  FrameLink,
  LineLink,
  onLines,
  serveWebSocket,
} from './link.ts'

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

export class Front implements AsyncDisposable, LinkOwner {
  readonly seen: SeenRequest[] = []
  /** When the fault happened, in ms of the clock; null: not yet. */
  faultAtMs: number | null = null
  readonly #to: Endpoint
  readonly #hooks: Hooks
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  /** Never listens: it gets connections whose first byte is that of HTTP. */
  readonly #http: HttpServer
  #port = 0
  #connections = 0
  #isClosed = false

  private constructor(to: Endpoint, hooks: Hooks) {
    this.#to = to
    this.#hooks = hooks
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
    this.#http = serveWebSocket((webSocket, socket) => this.#join(new FrameLink(webSocket, socket, this)))
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

  /** JSON lines, or a WebSocket if the first byte is that of HTTP. */
  #accept(client: Socket): void {
    this.#track(client)
    client.once('data', (first: Buffer) => {
      client.pause()
      client.unshift(first)
      if (first.toString('latin1').startsWith('G')) this.#http.emit('connection', client)
      else this.#join(new LineLink(client, this))
      client.resume()
    })
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #join(link: ClientLink): void {
    const connection = ++this.#connections
    const server = connect({ ...this.#to, noDelay: true })
    this.#track(server)
    server.on('close', () => link.end())
    const asked = new Map<unknown, ClientRequest>()
    link.start({
      heard: (line) => {
        const request = parseRequest(line)
        this.seen.push({ ...request, connection, atMs: holdingClock.now() })
        asked.set(request.id, request)
        if (!link.isMuted && this.#hooks.onRequest?.(request, link) !== true) server.write(`${line}\n`)
      },
      closed: () => void server.destroy(),
    })
    onLines(server, (line) => {
      const { id } = parseRequest(line)
      const request = id === undefined ? null : (asked.get(id) ?? null)
      if (line === '') link.beat()
      else if (this.#hooks.onLine?.(line, request, link) !== true) link.send(line)
    })
  }
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
