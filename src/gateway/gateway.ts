/** One port: accepts connections, detects the protocol of each, and drains them when the server closes. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { assert, type Clock, type Log, systemClock, type Timer, within } from '../base/index.ts'
import { Fault, limits as defaults, type Limits } from '../protocol/index.ts'
import type { Allowance } from '../service/index.ts'
import { AddressBook, addressOf } from './address-book.ts'
import { ProtocolDetection, type DetectedProtocol } from './lines/protocol-detection.ts'
import { closeGracefully } from './lines/close-gracefully.ts'
import { FairScheduler } from './flow/fair-scheduler.ts'
import type { Host } from './host.ts'
import { HttpListener, type HttpListenerOptions } from './http/requests/http-listener.ts'
import { Metrics } from './metrics.ts'
import { Flusher } from './flow/flusher.ts'
import { Proxies } from './proxies.ts'
import { Refusals } from './lines/refusals.ts'
import { LineConnection } from './lines/line-connection.ts'
import type { GatewayContext, OpenConnection } from './shared.ts'
import { TimerWheel } from './flow/timer-wheel.ts'
import { refusalMessage } from './lines/refusal-message.ts'

/** The tick of the timer wheel, in ms, by which deadlines may be late: a second, or a tenth of the shortest deadline if that is less. */
function tickMsOf({ firstLineMs, handshakeMs, httpHeadersMs, httpBodyMs, slowReaderMs, heartbeatMs }: Limits): number {
  const shortest = Math.min(firstLineMs, handshakeMs, 2 * httpHeadersMs, httpBodyMs, slowReaderMs, heartbeatMs)
  return Math.min(1_000, Math.max(10, Math.floor(shortest / 10)))
}

export interface GatewayOptions extends Omit<HttpListenerOptions, 'host'> {
  readonly service: Host
  /** Name or address to listen on. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** PEM. With it the port also accepts TLS, with the same protocols inside. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
  readonly limits?: Partial<Limits>
  /** Addresses and networks of trusted proxies; their X-Forwarded-For names the client. */
  readonly trustedProxies?: readonly string[]
  /** How long `/readyz` answers "not ready" before the port closes, in ms; by default 0. */
  readonly drainNoticeMs?: number
  readonly log: Log
  /** The metrics of `/metrics`; the service counts into the same object. */
  readonly metrics?: Metrics
  readonly clock?: Clock
}

export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly url: string
}

/** @throws the error of the system if the port is not available. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new Gateway(options)
  await gateway.listen()
  return gateway
}

export class Gateway {
  readonly #options: GatewayOptions
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #wheel: TimerWheel
  readonly #shared: GatewayContext
  readonly #server: Server
  readonly #tls: TlsServer | null
  readonly #http: HttpListener
  readonly #book: AddressBook
  readonly #refusals: Refusals
  /** All open sockets, of every protocol. */
  readonly #sockets = new Set<Socket>()
  /** Sockets whose protocol is not known yet. */
  readonly #detections = new Set<Socket>()
  readonly #connections = new Set<OpenConnection>()
  /** The connection listener of Node's HTTP server. */
  readonly #serveHttp: (socket: Socket) => void
  #drained: Promise<void> | null = null
  #warmUp: Timer | null = null
  /** Resolved by `close`: a drain stops waiting. */
  readonly #over = Promise.withResolvers<void>()

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#limits = { ...defaults, ...options.limits }
    this.#clock = options.clock ?? systemClock
    this.#wheel = new TimerWheel(this.#clock, tickMsOf(this.#limits))
    this.#book = new AddressBook(this.#limits)
    const metrics = options.metrics ?? new Metrics()
    this.#shared = {
      host: options.service,
      limits: this.#limits,
      clock: this.#clock,
      wheel: this.#wheel,
      flusher: new Flusher(),
      scheduler: new FairScheduler(this.#clock),
      book: this.#book,
      proxies: new Proxies(options.trustedProxies),
      meter: metrics,
      log: options.log,
      enter: (connection) => this.#enter(connection),
      leave: (connection) => this.#leave(connection),
    }
    metrics.gauge('connections', () => this.#connections.size)
    this.#http = new HttpListener(this.#shared, metrics, options)
    this.#server = this.#makeServer()
    const [serveHttp] = this.#server.listeners('connection')
    assert(serveHttp !== undefined, 'an HTTP server takes connections')
    this.#server.removeAllListeners('connection')
    this.#serveHttp = (socket) => Reflect.apply(serveHttp, this.#server, [socket])
    this.#server.on('connection', (socket: Socket) => this.#accept(socket))
    const tls = (this.#tls = options.tls === undefined ? null : this.#makeTls(options.tls))
    const encrypt = tls === null ? null : (socket: Socket): void => void tls.emit('connection', socket)
    this.#refusals = new Refusals({ limits: this.#limits, wheel: this.#wheel, encrypt })
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options
    this.#server.listen({ host, port, backlog: 1_024 })
    await once(this.#server, 'listening')
    // Usually too many open files; open connections stay.
    this.#server.on('error', (fault) => this.#shared.log.error({ reason: fault.message }, 'cannot accept a connection'))
    // Deferred so that the caller of `listen` continues first.
    this.#warmUp = this.#clock.after(0, () => void this.#http.warmUp())
  }

  get address(): ListenAddress {
    const { host } = this.#options
    const address = this.#server.address()
    assert(typeof address === 'object' && address !== null, 'the gateway listens')
    const name = host === '0.0.0.0' || host === '::' ? 'localhost' : isIPv6(host) ? `[${host}]` : host
    return { host, port: address.port, url: `http${this.#tls === null ? '' : 's'}://${name}:${address.port}` }
  }

  /** Uses another certificate and key for new connections; open ones stay. Does nothing without TLS. */
  renew(tls: NonNullable<GatewayOptions['tls']>): void {
    this.#tls?.setSecureContext(tls)
  }

  /**
   * Announces the end at `/readyz` for `drainNoticeMs`. Then stops accepting connections, waits up to `drainMs` until the
   * service has answered its pending requests, and closes every connection. Resolves when all are closed, at the latest
   * another `drainMs` later.
   */
  drain(reason = 'the server is closing', reconnectInMs = 1_000): Promise<void> {
    this.#drained ??= this.#drain(reason, reconnectInMs)
    return this.#drained
  }

  /** Closes everything at once; also ends a drain that is in progress. */
  async close(): Promise<void> {
    const closed = this.#closed()
    this.#over.resolve()
    await this.#end(closed)
  }

  async #drain(reason: string, reconnectInMs: number): Promise<void> {
    const { drainNoticeMs = 0 } = this.#options
    const { drainMs } = this.#limits
    this.#http.drain()
    if (drainNoticeMs > 0) await within(this.#clock, drainNoticeMs, this.#over.promise)
    const closed = this.#closed()
    for (const socket of this.#detections) socket.destroy()
    await within(this.#clock, drainMs, this.#shared.host.drain(reason, reconnectInMs), this.#over.promise)
    for (const connection of this.#connections) connection.close(1001, reason)
    this.#server.closeIdleConnections()
    await within(this.#clock, drainMs, closed, this.#over.promise)
    await this.#end(closed)
  }

  async #end(closed: Promise<void>): Promise<void> {
    this.#warmUp?.cancel()
    this.#destroy()
    await closed
    await this.#http.close()
    this.#wheel.close()
  }

  #closed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    // Also called, with an error, if the server is closed already.
    this.#server.close(() => resolve())
    return promise
  }

  #destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #makeServer(): Server {
    const { httpHeaderBytesMax, httpHeadersMs, httpIdleMs, heartbeatMs, slowReaderMs, unsentBytesMax } = this.#limits
    const server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: heartbeatMs,
      highWaterMark: unsentBytesMax,
      maxHeaderSize: httpHeaderBytesMax,
      headersTimeout: httpHeadersMs,
      keepAliveTimeout: httpIdleMs,
      // HttpListener limits the time of a body itself.
      requestTimeout: 0,
      connectionsCheckingInterval: tickMsOf(this.#limits),
      // After a refusal by Node itself, the connection would still serve the requests that follow.
      requireHostHeader: false,
      // HTTP/1.0 has no upgrades.
      shouldUpgradeCallback: ({ headers, httpVersion }) =>
        httpVersion === '1.1' && headers.upgrade?.toLowerCase() === 'websocket',
    })
    // Node emits 'timeout' for a socket without traffic for this long; HttpListener decides whether to close it.
    server.timeout = slowReaderMs
    this.#http.serve(server)
    return server
  }

  #makeTls(tls: NonNullable<GatewayOptions['tls']>): TlsServer {
    const server = createTlsServer({ ...tls, handshakeTimeout: this.#limits.handshakeMs })
    server.on('secureConnection', (socket) => this.#arrive(socket, true))
    server.on('tlsClientError', (fault, socket) => {
      this.#refuse(socket, `TLS: ${'code' in fault ? String(fault.code) : fault.name}`)
      // Node only reports a handshake that takes too long, so the socket is closed here.
      socket.destroy()
    })
    return server
  }

  #accept(socket: Socket): void {
    // 'close' follows every error and is handled below.
    socket.on('error', () => {})
    this.#sockets.add(socket)
    socket.on('close', () => void this.#sockets.delete(socket))
    // A trusted proxy may open any number of sockets; its clients are counted instead.
    if (this.#shared.proxies.has(addressOf(socket))) return this.#arrive(socket, false)
    const allowance = this.#shared.host.allowance(addressOf(socket))
    if (this.#book.open(socket)) return this.#admit(socket, allowance)
    this.#refuse(socket, 'too many sockets from this address')
    // Only an address with rate left gets a refusal, so that a flood of connections costs no more than closing them.
    if (allowance.payForConnection() === 0) this.#refusals.refuse(socket)
    else socket.destroy()
  }

  /** A connection whose address is above its rate waits, unread, until it may enter; connecting again gains nothing. */
  #admit(socket: Socket, allowance: Allowance): void {
    if (socket.destroyed) return void this.#detections.delete(socket)
    const waitMs = allowance.payForConnection()
    if (waitMs === 0) return this.#arrive(socket, false)
    this.#detections.add(socket)
    this.#wheel.after(waitMs, () => this.#admit(socket, allowance))
  }

  #arrive(socket: Socket, isInsideTls: boolean): void {
    if (isInsideTls) socket.on('error', () => {})
    if (isInsideTls && this.#refusals.has(socket)) return this.#refusals.refuse(socket)
    this.#detections.add(socket)
    const detection = new ProtocolDetection(socket, {
      limits: this.#limits,
      wheel: this.#wheel,
      choose: (chosen) => {
        this.#detections.delete(socket)
        if (chosen.protocol === 'tls' && (isInsideTls || this.#tls === null)) {
          this.#refuse(socket, 'no TLS here')
          socket.destroy()
        } else this.#open(socket, chosen)
      },
      refuse: (reason) => {
        this.#detections.delete(socket)
        this.#refuse(socket, reason)
      },
      leave: () => void this.#detections.delete(socket),
    })
    detection.listen()
  }

  #open(socket: Socket, { protocol, bytes, isEnded }: DetectedProtocol): void {
    switch (protocol) {
      case 'http':
        // Without the pause, data that arrives before the parser listens would be lost.
        socket.pause()
        socket.unshift(bytes)
        this.#http.take(socket, () => this.#serveHttp(socket))
        socket.resume()
        return
      case 'tls':
        socket.pause()
        socket.unshift(bytes)
        this.#tls?.emit('connection', socket)
        return
      case 'lines':
      case 'text':
        return this.#openRaw(socket, { protocol, bytes, isEnded })
    }
  }

  #openRaw(
    socket: Socket,
    { protocol, bytes, isEnded }: DetectedProtocol & { readonly protocol: 'lines' | 'text' },
  ): void {
    const address = addressOf(socket)
    try {
      socket.once('close', this.#book.stay(address))
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
      this.#refuse(socket, fault.message)
      return closeGracefully(socket, refusalMessage(protocol, fault), this.#shared)
    }
    socket.pause()
    const connection = new LineConnection(socket, protocol, address, this.#shared)
    if (isEnded) {
      connection.push(bytes)
      connection.finish()
    } else {
      socket.unshift(bytes)
      socket.resume()
    }
  }

  #refuse(socket: Socket, reason: string): void {
    this.#shared.meter.count('refused_connections_total')
    this.#shared.log.info({ address: addressOf(socket), reason }, 'connection refused')
  }

  #enter(connection: OpenConnection): void {
    this.#connections.add(connection)
    this.#shared.log.debug({ protocol: connection.protocol, address: connection.address }, 'connection opened')
  }

  #leave(connection: OpenConnection): void {
    this.#connections.delete(connection)
    this.#shared.log.debug({ protocol: connection.protocol, address: connection.address }, 'connection closed')
  }
}
