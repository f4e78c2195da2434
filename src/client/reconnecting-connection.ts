/** The connection to the server: dials, sends hello and heartbeats, and dials again when the connection is lost. */
import type { Clock, Random, Timer } from '../base/index.ts'
import { makeRequest, type Notification, type Params, type Result } from '../protocol/index.ts'
import { backoffMs } from './backoff.ts'
import { type Incoming, parseIncoming } from './incoming.ts'
import { helloMs, wakeMs } from './limits.ts'
import { OxoError } from './oxo-error.ts'
import type { Transport, TransportListener } from './transport.ts'

export type Hello = Result<'hello'>

/**
 * The state of a client's connection. `attempt` counts failed attempts from 0. It returns to 0 when a connection has
 * lasted
 * for one heartbeat, or when the server has announced that it is closing.
 */
export type ConnectionState =
  | { readonly state: 'connecting'; readonly attempt: number }
  /** The server has answered `hello`. */
  | { readonly state: 'open'; readonly hello: Hello }
  /**
   * The connection was lost or refused because of `reason`. The next attempt is at `retryAt`, in ms on the client's
   * clock,
   * which is `performance.now()` by default.
   */
  | { readonly state: 'waiting'; readonly attempt: number; readonly retryAt: number; readonly reason: string }
  /** Permanently closed: by `close()` (`error` is null), or because the server refused this client with `error`. */
  | { readonly state: 'closed'; readonly error: OxoError | null }

export interface ReconnectingConnectionOptions {
  readonly clock: Clock
  readonly random: Random
  dial(listener: TransportListener): Transport
  /** Returns the parameters of `hello`, the first request of each connection. */
  greet(): Params<'hello'>
  /** Called before the state becomes `open`: waiting requests may be sent now. */
  opened(hello: Hello): void
  heard(message: Incoming): void
  /** Called when the server announces that it is closing: send nothing new on this connection. */
  closing(): void
  /** Called before the state becomes `waiting`: this connection will answer nothing more. */
  lost(): void
  changed(state: ConnectionState): void
}

/** The ids of the connection's own requests; all other ids are positive. */
const helloId = 0
const pingId = -1

export class ReconnectingConnection {
  readonly #options: ReconnectingConnectionOptions
  #state: ConnectionState = { state: 'connecting', attempt: 0 }
  /** Null while waiting and when closed. */
  #transport: Transport | null = null
  /** The one timer: the deadline of hello, the next heartbeat, or the next attempt. */
  #timer: Timer | null = null
  #attempt = 0
  /** Nothing has arrived since the last ping. */
  #isSilent = false
  /** The server asked the client not to reconnect before this time. */
  #awayUntil = 0

  constructor(options: ReconnectingConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** To be called once. */
  start(): void {
    this.#dial()
  }

  /** Sends on the current connection; without one, `message` is dropped. */
  send(message: string): void {
    this.#transport?.send(message)
  }

  /** Dials now instead of at `retryAt`; checks an open connection with a ping. */
  wake(): void {
    if (this.#state.state === 'waiting') return this.#dial()
    if (this.#state.state !== 'open' || this.#awayUntil > this.#options.clock.now()) return
    this.#ping()
    this.#beatIn(Math.min(wakeMs, this.#state.hello.heartbeatMs))
  }

  close(error: OxoError | null): void {
    this.#hangUp()
    this.#timer?.cancel()
    this.#become({ state: 'closed', error })
  }

  #dial(): void {
    this.#after(helloMs, () => this.#lose('the server does not answer'))
    // Ignores calls from a transport that was replaced or closed.
    const ifCurrent = (call: () => void): void => {
      if (this.#transport === transport) call()
    }
    const transport = this.#options.dial({
      opened: () => ifCurrent(() => this.send(makeRequest(helloId, 'hello', this.#options.greet()))),
      heard: (text) => ifCurrent(() => this.#hear(text)),
      closed: (reason) => ifCurrent(() => this.#lose(reason)),
    })
    this.#transport = transport
    this.#become({ state: 'connecting', attempt: this.#attempt })
  }

  #hear(text: string): void {
    this.#isSilent = false
    if (text === '') return
    const message = parseIncoming(text)
    if (message === null) return this.#lose('what answers is no Oxo server')
    if ('method' in message) {
      if (message.method === 'server.closing') this.#takeLeave(message.params as Notification<'server.closing'>)
      this.#options.heard(message)
    } else if (message.id === helloId) this.#meet(message)
    else if (message.id !== pingId) this.#options.heard(message)
  }

  #meet(message: Exclude<Incoming, { method: string }>): void {
    if ('error' in message) {
      const error = OxoError.parse(message.error)
      if (!isPassing(error)) return this.close(error)
      this.#stayAway(error.detail.retryAfterMs ?? 0)
      return this.#lose(error.message)
    }
    const hello = message.result as Hello
    this.#awayUntil = 0
    this.#options.opened(hello)
    // A listener called by `opened` may have closed the client.
    if (this.#transport === null) return
    this.#beatIn(hello.heartbeatMs)
    this.#become({ state: 'open', hello })
  }

  #takeLeave({ reason, reconnectInMs }: Notification<'server.closing'>): void {
    this.#stayAway(reconnectInMs)
    // An announced close is no failure: in a rolling restart a client may meet several closing nodes in a row.
    this.#attempt = 0
    this.#options.closing()
    this.#after(reconnectInMs, () => this.#lose(reason))
  }

  #beatIn(ms: number): void {
    this.#after(ms, () => {
      if (this.#isSilent) return this.#lose('the server has sent nothing since the last ping')
      this.#attempt = 0
      this.#ping()
      if (this.#state.state === 'open') this.#beatIn(this.#state.hello.heartbeatMs)
    })
  }

  #stayAway(ms: number): void {
    this.#awayUntil = this.#options.clock.now() + ms
  }

  #ping(): void {
    this.#isSilent = true
    this.send(makeRequest(pingId, 'ping', {}))
  }

  #lose(reason: string): void {
    this.#hangUp()
    const attempt = this.#attempt++
    const { clock, random } = this.#options
    const retryAt = Math.max(clock.now(), this.#awayUntil) + backoffMs(attempt, random)
    this.#after(retryAt - clock.now(), () => this.#dial())
    this.#options.lost()
    this.#become({ state: 'waiting', attempt, retryAt, reason })
  }

  #hangUp(): void {
    const transport = this.#transport
    this.#transport = null
    this.#isSilent = false
    transport?.close()
  }

  #after(ms: number, call: () => void): void {
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(ms, call)
  }

  #become(state: ConnectionState): void {
    this.#state = state
    this.#options.changed(state)
  }
}

/** Whether a refusal of hello is temporary: its cause is the server's current state, not this client. */
function isPassing({ retry, name }: OxoError): boolean {
  return retry === 'same' || name === 'too-many' || name === 'internal'
}
