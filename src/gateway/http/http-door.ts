/** The HTTP door: what the server does with requests, upgrades and what is neither. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { Fault } from '../../protocol/index.ts'
import type { Metrics } from '../metrics.ts'
import type { Shared } from '../shared.ts'
import { WebSocketConnection } from '../websocket.ts'
import { makeOrigins, type Origins } from './origin.ts'
import { makeRawProblem } from './problem.ts'

export interface HttpDoorOptions {
  /** What the gateway listens on: a name that is good for Host. */
  readonly host: string
  /** Origins, like `https://oxo.example`, whose pages may act here; their names are good for Host. */
  readonly allowedOrigins?: readonly string[]
  /** Folder of the pages. Without it `/` says how to play. */
  readonly pages?: string
}

export class HttpDoor {
  readonly #shared: Shared
  readonly #origins: Origins
  readonly #webSockets: WebSocketServer

  constructor(shared: Shared, metrics: Metrics, options: HttpDoorOptions) {
    this.#shared = shared
    this.#origins = makeOrigins(options.host, options.allowedOrigins)
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: shared.limits.messageBytesMax,
      perMessageDeflate: false,
    })
    void metrics
  }

  serve(server: Server): void {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(404).end()
      void request
    })
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  drain(): void {}

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      if (request.url !== '/ws') throw new Fault('no-such-page')
      this.#origins.check(request.headers.host, request.headers.origin)
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause
      socket.end(makeRawProblem(cause))
      return
    }
    const address = addressOf(request)
    this.#webSockets.handleUpgrade(request, socket, head, (ws: WebSocket) => {
      new WebSocketConnection(ws, socket, address, this.#shared)
    })
  }
}

function addressOf({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? ''
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
