/** The HTTP protocol: what the server does with requests, upgrades and what is neither. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { Fault } from '../../../protocol/index.ts'
import { closeGracefully } from '../../lines/close-gracefully.ts'
import type { Metrics } from '../../metrics.ts'
import { SlowReaderTimer } from '../../flow/slow-reader-timer.ts'
import type { Shared } from '../../shared.ts'
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

// Half of what a server is made of, and nothing that it needs to listen.
const loadInside = () => import('./lazy-http.ts')

/** Of WebSockets: RFC 6455, and the last draft before it, which is the same on the wire. */
const versions = /^(?:13|8)$/

export interface HttpListenerOptions {
  /** What the gateway listens on: a name that is good for Host. */
  readonly host: string
  /** Origins, like `https://oxo.example`, whose pages may act here; their names are good for Host. */
  readonly allowedOrigins?: readonly string[]
  /** Without them `/` says how to play. */
  readonly pages?: PageFolder
  /** Without it there is no `/cluster`. */
  readonly status?: StatusSource
}

export class HttpListener {
  readonly #shared: Shared
  readonly #origins: Origins
  readonly #callers: Callers
  readonly #turns: PipelineQueue
  readonly #site: RouteContext
  readonly #hostname: string
  #inside: LazyHttp | null = null
  #loading: Promise<LazyHttp> | null = null
  #isDraining = false

  constructor(shared: Shared, metrics: Metrics, { host, allowedOrigins, pages, status }: HttpListenerOptions) {
    this.#shared = shared
    this.#origins = makeOrigins(host, allowedOrigins, (what) =>
      shared.log.warn(what, 'nobody can play by this name, which the server was not told: start it with the flag'),
    )
    const isDraining = (): boolean => this.#isDraining
    this.#callers = new Callers(shared)
    this.#site = { shared, metrics, origins: this.#origins, callers: this.#callers, pages, status, isDraining }
    this.#hostname = host
    this.#turns = new PipelineQueue({
      waitingMax: shared.limits.requestsInFlight,
      scheduler: shared.scheduler,
      serve: (request, response) => {
        if (this.#inside !== null) this.#inside.answer(request, response)
        else void this.#answerLater(request, response)
      },
      idle: (socket, isIdle) => shared.book.idle(socket, isIdle),
    })
  }

  /** Everything that this server's connections bring from now on. */
  serve(server: Server): void {
    // A client that has asked may close its half and wait for the answer.
    Object.assign(server, { httpAllowHalfOpen: true })
    server.on('request', (request, response) => this.#take(request, response))
    server.on('checkExpectation', (request, response) => this.#take(request, response))
    server.on('upgrade', (request, socket, head) => {
      void this.#behindAnswers(socket, ({ webSockets }) => this.#upgrade(webSockets, request, socket, head))
    })
    server.on('connect', (_, socket) => {
      void this.#behindAnswers(socket, () => this.#refuse(socket, new Fault('wrong-verb', 'this is no proxy')))
    })
    server.on('clientError', (fault, socket) => void this.#broken(fault, socket))
    server.on('timeout', (socket) => this.#stand(socket))
  }

  /** `serve` hands the socket to that server. */
  take(socket: Socket, serve: () => void): void {
    const options = {
      scheduler: this.#shared.scheduler,
      isBusy: (busy: Socket) => this.#turns.isBusy(busy),
      answered: (owed: Socket) => this.#turns.answered(owed),
      now: () => this.#shared.clock.now(),
    }
    ReadThrottle.open(socket, options, serve)
  }

  /** Loads what is inside, so that whoever comes first does not wait for it. */
  warmUp(): Promise<LazyHttp> {
    this.#loading ??= loadInside().then(({ openLazyHttp: openInside }) =>
      this.#furnish(openInside(this.#site, this.#hostname)),
    )
    return this.#loading
  }

  #furnish(inside: LazyHttp): LazyHttp {
    inside.webSockets.on('wsClientError', ({ message }, socket) =>
      this.#refuse(socket, new Fault('not-understood', `this is no WebSocket handshake: ${message}`)),
    )
    return (this.#inside = inside)
  }

  /** Answers say from now on that they are the last on their connection, and `/readyz` that nobody should come. */
  drain(): void {
    this.#isDraining = true
  }

  async #answerLater(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const inside = await this.warmUp()
    if (request.socket.writable) inside.answer(request, response)
  }

  /** What takes the connection over waits for the answers that it still owes; behind the last one nothing happens. */
  async #behindAnswers(socket: Duplex, take: (inside: LazyHttp) => void): Promise<void> {
    ReadThrottle.release(socket)
    const turn = this.#turns.current(socket)
    if (turn !== undefined) await closed(turn.response)
    const inside = this.#inside ?? (await this.warmUp())
    if (socket.writable) take(inside)
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

  /** Nothing has moved on the socket for a while: between two requests, or where an answer is not read, that is its end. */
  #stand(socket: Socket): void {
    if (this.#turns.current(socket) === undefined) return void socket.destroy()
    // The answer takes longer, or it is a stream with nothing to say.
    if (socket.writableLength === 0) return
    new SlowReaderTimer(this.#shared, { protocol: 'http', cutOff: () => socket.destroy() }).lose()
  }

  /** A body has its own time, from the end of the header on; the parser's deadlines are those of headers. */
  #take(request: IncomingMessage, response: ServerResponse): void {
    const { headers, socket } = request
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      const { wheel, limits } = this.#shared
      const late = (): void => {
        // It waits for its answer, not for its body.
        if (request.complete) return
        if (ReadThrottle.isFed(socket, limits.httpBodyMs)) return void this.#broken(new Fault('too-late'), socket)
        deadline = wheel.after(limits.httpBodyMs, late)
      }
      let deadline = wheel.after(limits.httpBodyMs, late)
      request.once('close', () => deadline.cancel())
    }
    void this.#turns.take(request, response)
  }

  /** The stream is no HTTP any more, or too slow: one last answer, unless it would be taken for that of a whole request. */
  async #broken(fault: Error, socket: Duplex): Promise<void> {
    const code = 'code' in fault ? fault.code : ''
    const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT'
    // Node asks again at its next look.
    if (isLate && !ReadThrottle.isFed(socket, this.#shared.limits.httpHeadersMs)) return
    ReadThrottle.release(socket)
    if (socket.writableEnded || socket.destroyed) return
    const turn = this.#turns.current(socket)
    if (turn !== undefined) {
      const { request, response, before } = turn
      // A request that is broken itself is not answered, but those before it are.
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
