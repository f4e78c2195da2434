/** A stub of the service: echoes messages and has one game, of which only the version changes. */
import { type Clock, seededRandom, systemClock } from '../../base/index.ts'
import { checkParams } from '../../protocol/schema/index.ts'
import {
  Fault,
  type GameSummary,
  type GameView,
  type Limits,
  limits as defaults,
  type MethodName,
  type Params,
  type Result,
} from '../../protocol/index.ts'
import {
  type Allowance,
  type AnyNotification,
  Change,
  type Connection,
  RateLimits,
  type ReadinessReport,
  type Session,
  SharedNotification,
} from '../../service/index.ts'
import type { Host } from '../host.ts'

export const goodToken = 'good-token'

export class StubHost implements Host {
  readonly sessions: StubSession[] = []
  /** All messages and calls of all connections, in order. */
  readonly heard: string[] = []
  readonly drains: string[] = []
  /** Answers are delayed until this resolves. */
  gate: Promise<void> = Promise.resolve()
  isReady = true
  history = 'history-of-the-stub'
  version = 1
  /** Called with each message and the time of its arrival. */
  inbound: (message: string, heardAt: number) => void = () => {}
  readonly tokens: string[] = []
  readonly #rates: RateLimits

  /** Has no rate limit unless `limits` sets one. */
  constructor(limits: Partial<Limits> = {}, clock: Clock = systemClock) {
    this.#rates = new RateLimits({
      clock,
      random: seededRandom(1952),
      limits: { ...defaults, requestsPerSecond: 0, ...limits },
    })
  }

  allowance(address: string): Allowance {
    return this.#rates.allowance(address)
  }

  stateOf(game: string): GameView | null {
    return game === 'main' ? this.view() : null
  }

  connect(connection: Connection): StubSession {
    const session = new StubSession(connection, this)
    this.sessions.push(session)
    return session
  }

  readiness(): Promise<ReadinessReport> {
    const { isReady } = this
    return Promise.resolve({ ready: isReady, draining: false, checks: { journal: isReady ? 'ok' : 'no space' } })
  }

  async drain(reason: string): Promise<void> {
    this.drains.push(reason)
    this.notify(new SharedNotification('server.closing', { reason, reconnectInMs: 0 }, 'closing'))
    await this.gate
  }

  /** Increments the version of the game and notifies all watchers. */
  change(padding = ''): void {
    this.version++
    const change = new Change(this.view(padding))
    for (const { connection, isWatching } of this.sessions) if (isWatching) connection.notify(change)
  }

  notify(notification: AnyNotification): void {
    for (const { connection } of this.sessions) connection.notify(notification)
  }

  /** The one open game. */
  get summary(): GameSummary {
    const { rules, players } = this.view()
    const own = { game: 'open', rules, players, status: 'open', outcome: null, at: 0 } as const
    return own
  }

  view(padding = ''): GameView {
    return {
      game: 'main',
      version: this.version,
      rules: { width: 3, height: 3, line: 3, gravity: false, misere: false, marks: 'own', exact: false },
      seats: 'open',
      board: `........${padding}.`,
      turn: 'X',
      players: { X: null, O: null },
      outcome: null,
    }
  }
}

export class StubSession implements Session {
  readonly connection: Connection
  readonly #host: StubHost
  #owed: Promise<void> = Promise.resolve()
  isWatching = false
  isEnded = false

  constructor(connection: Connection, host: StubHost) {
    this.connection = connection
    this.#host = host
  }

  hear(message: string, heardAt = 0): void {
    this.#host.inbound(message, heardAt)
    this.#host.heard.push(message)
    if (message.includes('watch')) this.isWatching = true
    const { gate } = this.#host
    this.#owed = this.#owed
      .then(() => gate)
      .then(() => {
        if (message === 'quit') this.connection.close(1000, 'quit')
        else if (!message.includes('silent')) this.connection.send(`heard ${message}`)
      })
  }

  async call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Result<Method>> {
    const checked = checkParams(method, params)
    this.#host.heard.push(method)
    await this.#host.gate
    return this.#answer(method, checked as Record<string, unknown>) as Result<Method>
  }

  charge(): void {}

  finish(): Promise<void> {
    return this.#owed
  }

  end(): void {
    this.isEnded = true
    this.isWatching = false
  }

  #answer(method: MethodName, params: Readonly<Record<string, unknown>>): unknown {
    const host = this.#host
    if (method === 'hello') {
      if (params['token'] === undefined) return { token: goodToken, account: { id: 'me', name: params['name'] } }
      if (params['token'] !== goodToken) throw new Fault('bad-token')
      host.tokens.push(goodToken)
      return {}
    }
    if (method === 'rpc.discover') return { openrpc: '1.3.2', info: { version: 'stub' } }
    if (method === 'game.create') return host.view()
    if (method === 'lobby.list') return { games: [host.summary] }
    if (params['game'] !== 'main') throw new Fault('no-such-game')
    if (method === 'game.watch') this.isWatching = true
    if (method !== 'game.move') return host.view()
    if (params['version'] !== undefined && params['version'] !== host.version) throw new Fault('stale')
    host.change()
    return host.view()
  }
}
