/** The HTTP protocol: handles requests, upgrades and broken input. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { Fault } from '../../../protocol/index.ts'
import { closeGracefully } from '../../lines/close-gracefully.ts'
import type { Metrics } from '../../metrics.ts'
import { Pictures } from '../../picture/pictures.ts'
import { reportSlowReader } from '../../flow/outbound-stream.ts'
import type { GatewayContext } from '../../shared.ts'
import type { StatusSource } from '../../status.ts'
import { WebSocketConnection } from '../../websocket.ts'
import { Callers } from './callers.ts'
import { checkHeaders } from './header-checks.ts'
import type { LazyHttp } from './lazy-http.ts'
import { ReadThrottle } from './read-throttle.ts'
import { makeOrigins, type Origins } from './origin.ts'
import type { PageFolder } from '../routes/page-folder.ts'
import { makeRawProblem } from './problem.ts'
import type { RouteContext } from '../routes/route-context.ts'
import { closed, PipelineQueue } from './pipeline-queue.ts'

// These modules are half of the code of a server, and listening does not need them.
const loadLazyHttp = () => import('./lazy-http.ts')

/** The supported WebSocket versions: RFC 6455, and its last draft, which has the same wire format. */
const versions = /^(?:13|8)$/

export interface HttpListenerOptions {
  /** The name that the gateway listens on; it is allowed as Host. */
  readonly host: string
  /** Origins, such as `https://oxo.example`, whose pages may send commands; their names are allowed as Host. */
  readonly allowedOrigins?: readonly string[]
  /** The pages for browsers; without them `/` is a text on how to play. */
  readonly pages?: PageFolder
  /** The source of `/cluster`; without it there is no such address. */
  readonly status?: StatusSource
}

export class HttpListener {
  readonly #shared: GatewayContext
  readonly #origins: Origins
  readonly #callers: Callers
  readonly #pictures: Pictures
  readonly #pipeline: PipelineQueue
  readonly #context: RouteContext
  readonly #hostname: string
  #lazy: LazyHttp | null = null
  #loading: Promise<LazyHttp> | null = null
  #isDraining = false

  constructor(shared: GatewayContext, metrics: Metrics, { host, allowedOrigins, pages, status }: HttpListenerOptions) {
    this.#shared = shared
    this.#origins = makeOrigins(host, allowedOrigins, (what) =>
      shared.log.warn(
        what,
        'request refused because this server does not know the name or origin: to allow it, start the server with the flag',
      ),
    )
    const isDraining = (): boolean => this.#isDraining
    this.#callers = new Callers(shared)
    this.#pictures = new Pictures(shared.limits)
    const [origins, callers, pictures] = [this.#origins, this.#callers, this.#pictures]
    this.#context = { shared, metrics, origins, callers, pages, pictures, status, isDraining }
    this.#hostname = host
    this.#pipeline = new PipelineQueue({
      waitingMax: shared.limits.requestsInFlight,
      scheduler: shared.scheduler,
      serve: (request, response) => {
        if (this.#lazy !== null) this.#lazy.answer(request, response)
        else void this.#answerLater(request, response)
      },
      idle: (socket, isIdle) => shared.book.idle(socket, isIdle),
    })
  }

  /** Handles all requests of this HTTP server from now on. */
  serve(server: Server): void {
    // A client may close its half after its request and wait for the answer.
    Object.assign(server, { httpAllowHalfOpen: true })
    server.on('request', (request, response) => this.#take(request, response))
    server.on('checkExpectation', (request, response) => this.#take(request, response))
    server.on('upgrade', (request, socket, head) => {
      void this.#afterAnswers(socket, ({ webSockets }) => this.#upgrade(webSockets, request, socket, head))
    })
    server.on('connect', (_, socket) => {
      void this.#afterAnswers(socket, () => this.#refuse(socket, new Fault('wrong-verb', 'this is no proxy')))
    })
    server.on('clientError', (fault, socket) => void this.#refuseBroken(fault, socket))
    server.on('timeout', (socket) => this.#onIdle(socket))
  }

  /** Takes over a socket. @param serve passes the socket to the HTTP server. */
  take(socket: Socket, serve: () => void): void {
    const options = {
      scheduler: this.#shared.scheduler,
      isBusy: (busy: Socket) => this.#pipeline.isBusy(busy),
      answered: (owed: Socket) => this.#pipeline.answered(owed),
      now: () => this.#shared.clock.now(),
    }
    ReadThrottle.open(socket, options, serve)
  }

  /** Loads the lazy modules, so that the first request does not wait for them. */
  warmUp(): Promise<LazyHttp> {
    this.#loading ??= loadLazyHttp().then(({ openLazyHttp }) =>
      this.#install(openLazyHttp(this.#context, this.#hostname)),
    )
    return this.#loading
  }

  #install(lazy: LazyHttp): LazyHttp {
    lazy.webSockets.on('wsClientError', ({ message }, socket) =>
      this.#refuse(socket, new Fault('not-understood', `this is no WebSocket handshake: ${message}`)),
    )
    return (this.#lazy = lazy)
  }

  /** From now on every answer closes its connection, and `/readyz` answers "not ready". */
  drain(): void {
    this.#isDraining = true
  }

  /** Ends what works for requests. */
  close(): Promise<void> {
    return this.#pictures.close()
  }

  async #answerLater(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const lazy = await this.warmUp()
    if (request.socket.writable) lazy.answer(request, response)
  }

  /** Calls `take` after the pending answers of the connection were sent; not at all if the last of them closes the connection. */
  async #afterAnswers(socket: Duplex, take: (lazy: LazyHttp) => void): Promise<void> {
    ReadThrottle.release(socket)
    const turn = this.#pipeline.current(socket)
    if (turn !== undefined) await closed(turn.response)
    const lazy = this.#lazy ?? (await this.warmUp())
    if (socket.writable) take(lazy)
  }

  #upgrade(webSockets: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { headers, method, url } = request
    if (url === '/ws' && method !== 'GET')
      return this.#refuse(socket, new Fault('wrong-verb', 'this address takes GET'), 405, ['Allow: GET'])
    if (url === '/ws' && !versions.test(headers['sec-websocket-version'] ?? '')) {
      const fault = new Fault('not-understood', 'the WebSocket must be of version 13')
      return this.#refuse(socket, fault, 426, ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'])
    }
    try {
      this.#callers.pay(request)
      if (url !== '/ws') throw new Fault('no-such-page')
      checkHeaders(request)
      if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
        throw new Fault('not-understood', 'an upgrade has no body')
      this.#origins.check(headers.host, headers.origin)
      socket.once('close', this.#shared.book.stay(this.#callers.address(request)))
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause
      return this.#refuse(socket, cause)
    }
    const address = this.#callers.address(request)
    webSockets.handleUpgrade(request, socket, head, (ws: WebSocket) => {
      new WebSocketConnection(ws, socket, address, this.#shared)
    })
  }

  /** Called after a time without traffic. Closes a socket that is idle between two requests, or whose client does not read its answer. */
  #onIdle(socket: Socket): void {
    if (this.#pipeline.current(socket) === undefined) return void socket.destroy()
    // The answer is not ready yet, or it is a stream without changes.
    if (socket.writableLength === 0) return
    reportSlowReader(this.#shared, 'http')
    socket.destroy()
  }

  /** Queues a request. Its body has `httpBodyMs` from the end of the header; the deadlines of Node's parser are for headers only. */
  #take(request: IncomingMessage, response: ServerResponse): void {
    const { headers, socket } = request
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      const { wheel, limits } = this.#shared
      const onDeadline = (): void => {
        // The body is complete; only the answer is pending.
        if (request.complete) return
        if (ReadThrottle.hasCaughtUpFor(socket, limits.httpBodyMs))
          return void this.#refuseBroken(new Fault('too-late'), socket)
        deadline = wheel.after(limits.httpBodyMs, onDeadline)
      }
      let deadline = wheel.after(limits.httpBodyMs, onDeadline)
      request.once('close', () => deadline.cancel())
    }
    void this.#pipeline.take(request, response)
  }

  /** The input is not valid HTTP, or too slow. Sends a refusal and closes, unless the refusal could be taken for the answer to a complete request. */
  async #refuseBroken(fault: Error, socket: Duplex): Promise<void> {
    const code = 'code' in fault ? fault.code : ''
    const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT'
    // Node reports it again at its next check.
    if (isLate && !ReadThrottle.hasCaughtUpFor(socket, this.#shared.limits.httpHeadersMs)) return
    ReadThrottle.release(socket)
    if (socket.writableEnded || socket.destroyed) return
    const turn = this.#pipeline.current(socket)
    if (turn !== undefined) {
      const { request, response, before } = turn
      // The broken request is not answered, but the requests before it are.
      if (!request.complete) await before
      if (response.headersSent && !(request.complete && response.writableEnded)) return void socket.destroy()
      if (request.complete) await closed(response)
    }
    if (!socket.writable || code === 'ECONNRESET') return void socket.destroy()
    if (fault instanceof Fault) this.#refuse(socket, fault)
    else if (isLate) this.#refuse(socket, new Fault('too-late'))
    else if (code === 'HPE_HEADER_OVERFLOW')
      this.#refuse(socket, new Fault('too-large', 'the header is too large'), 431)
    else this.#refuse(socket, new Fault('not-understood', 'this is not HTTP/1.1'))
  }

  #refuse(socket: Duplex, fault: Fault, status?: number, headers?: readonly string[]): void {
    this.#shared.log.info({ protocol: 'http', name: fault.fault }, 'connection refused')
    closeGracefully(socket, makeRawProblem(fault, status, headers), this.#shared)
  }
}
