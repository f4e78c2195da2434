/** The HTTP door: what the server does with requests, upgrades and what is neither. */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { type WebSocket, WebSocketServer } from 'ws'
import { Fault } from '../../protocol/index.ts'
import { addressOf } from '../address-book.ts'
import { bidFarewell } from '../farewell.ts'
import type { Metrics } from '../metrics.ts'
import type { Shared } from '../shared.ts'
import type { StatusSource } from '../status.ts'
import { WebSocketConnection } from '../websocket.ts'
import { makeApp } from './app.ts'
import { Intake } from './intake.ts'
import { makeOrigins, type Origins } from './origin.ts'
import type { PageFolder } from './page-folder.ts'
import { makeProblem, makeRawProblem, problemType } from './problem.ts'
import { closed, Turns } from './turns.ts'

export interface HttpDoorOptions {
  /** What the gateway listens on: a name that is good for Host. */
  readonly host: string
  /** Origins, like `https://oxo.example`, whose pages may act here; their names are good for Host. */
  readonly allowedOrigins?: readonly string[]
  /** Without them `/` says how to play. */
  readonly pages?: PageFolder
  /** Without it there is no `/cluster`. */
  readonly status?: StatusSource
}

export class HttpDoor {
  readonly #shared: Shared
  readonly #origins: Origins
  readonly #webSockets: WebSocketServer
  readonly #turns: Turns
  #isDraining = false

  constructor(shared: Shared, metrics: Metrics, { host, allowedOrigins, pages, status }: HttpDoorOptions) {
    this.#shared = shared
    this.#origins = makeOrigins(host, allowedOrigins)
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: shared.limits.messageBytesMax,
      perMessageDeflate: false,
      // The connection answers pings itself: many at once with one pong.
      autoPong: false,
    })
    const isDraining = (): boolean => this.#isDraining
    const app = makeApp({ shared, metrics, origins: this.#origins, pages, status, isDraining })
    const listener = getRequestListener(app.fetch, {
      hostname: host,
      overrideGlobalObjects: false,
      errorHandler: (cause) => refuseAddress(cause),
    })
    this.#turns = new Turns(shared.limits.requestsInFlight, shared.floor, (request, response) => {
      void listener(request, response)
    })
  }

  /** Everything that this server's connections bring from now on. */
  serve(server: Server): void {
    // A client that has asked may close its half and wait for the answer.
    Object.assign(server, { httpAllowHalfOpen: true })
    server.on('request', (request, response) => void this.#turns.take(request, response))
    server.on('checkExpectation', (request, response) => void this.#turns.take(request, response))
    server.on('upgrade', (request, socket, head) => {
      void this.#behindAnswers(socket, () => this.#upgrade(request, socket, head))
    })
    server.on('connect', (_, socket) => {
      void this.#behindAnswers(socket, () => this.#refuse(socket, new Fault('wrong-verb', 'this is no proxy')))
    })
    server.on('clientError', (fault, socket) => void this.#broken(fault, socket))
  }

  /** `serve` hands the socket to that server. */
  take(socket: Socket, serve: () => void): void {
    const options = {
      floor: this.#shared.floor,
      isBusy: (busy: Socket) => this.#turns.isBusy(busy),
      answered: (owed: Socket) => this.#turns.answered(owed),
    }
    Intake.open(socket, options, serve)
  }

  /** Answers say from now on that they are the last on their connection, and `/readyz` that nobody should come. */
  drain(): void {
    this.#isDraining = true
  }

  /** What takes the connection over waits for the answers that it still owes; behind the last one nothing happens. */
  async #behindAnswers(socket: Duplex, take: () => void): Promise<void> {
    Intake.release(socket)
    const turn = this.#turns.current(socket)
    if (turn !== undefined) await closed(turn.response)
    if (socket.writable) take()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { headers, url } = request
    try {
      if (url !== '/ws') throw new Fault('no-such-page')
      if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
        throw new Fault('not-understood', 'an upgrade has no body')
      this.#origins.check(headers.host, headers.origin)
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause
      return this.#refuse(socket, cause)
    }
    const address = addressOf(request.socket)
    this.#webSockets.handleUpgrade(request, socket, head, (ws: WebSocket) => {
      new WebSocketConnection(ws, socket, address, this.#shared)
    })
  }

  /** The stream is no HTTP any more, or too slow: one last answer, unless it would be taken for that of a whole request. */
  async #broken(fault: Error, socket: Duplex): Promise<void> {
    Intake.release(socket)
    if (socket.writableEnded || socket.destroyed) return
    const turn = this.#turns.current(socket)
    if (turn !== undefined && turn.response.headersSent) return void socket.destroy()
    if (turn !== undefined && turn.request.complete) await closed(turn.response)
    const code = 'code' in fault ? fault.code : ''
    if (!socket.writable || code === 'ECONNRESET') return void socket.destroy()
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') this.#refuse(socket, new Fault('too-late'))
    else if (code === 'HPE_HEADER_OVERFLOW')
      this.#refuse(socket, new Fault('too-large', 'the header is too large'), 431)
    else this.#refuse(socket, new Fault('not-understood', 'this is not HTTP/1.1'))
  }

  #refuse(socket: Duplex, fault: Fault, status?: number): void {
    this.#shared.log.info({ door: 'http', name: fault.fault }, 'connection refused')
    bidFarewell(socket, makeRawProblem(fault, status), this.#shared.wheel, this.#shared.limits.drainMs)
  }
}

/** The request's line and Host make no URL. */
function refuseAddress(cause: unknown): Response {
  const problem = makeProblem(new Fault('not-understood', 'the address or the Host header is malformed', { cause }))
  const headers = { 'Content-Type': problemType, Connection: 'close' }
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
