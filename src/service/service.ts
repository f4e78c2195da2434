/**
 * The service: accounts, games, lobby and histories over one journal. It knows no transport: the gateway passes it
 * connections.
 */
import { type Clock, type Log, makeId, type Random, silentLog, Timeline } from '../base/index.ts'
import { type Account, continueMatch, type Event, type Game, type Player, presets, scoreMatch } from '../game/index.ts'
import type { Journal, Position } from '../journal/index.ts'
import { Fault, type GameView, type Limits, limits as defaults, type MethodName, openBoard } from '../protocol/index.ts'
import { checkParams, makeOpenRpc, parseMethod } from '../protocol/schema/index.ts'
import { PresenceTimer } from './audience/presence-timer.ts'
import type { Listener } from './audience/audience.ts'
import { Sayings } from './audience/sayings.ts'
import { Permits } from './sessions/permits.ts'
import type { OpenCatalog } from './catalog/catalog.ts'
import type { CatalogStore } from './catalog/catalog-store.ts'
import { MemoryCatalogStore } from './catalog/memory-catalog-store.ts'
import { SharedNotification } from './games/change.ts'
import type { Connection } from './sessions/connection.ts'
import { Deadlines } from './games/deadlines.ts'
import type { NodeBus } from './cluster/node-bus.ts'
import { Games, type GamesOwner } from './games/games.ts'
import { ClosableClock, ClosableJournal } from './closable.ts'
import { Lobby } from './lobby/lobby.ts'
import { type Meter, silentMeter } from './meter.ts'
import { makeGuestName } from './sessions/name.ts'
import { nextId } from './games/next-id.ts'
import { LocalCatalog } from './catalog/local-catalog.ts'
import { Peers } from './cluster/peers.ts'
import { type Allowance, RateLimits } from './sessions/rate-limits.ts'
import { Readiness, type ReadinessReport } from './cluster/readiness.ts'
import { type Attended, Push, type PushParts } from './push/push.ts'
import type { Reply } from './sessions/reply.ts'
import { type Handler, type HandlerContext, isCommand, requests } from './requests.ts'
import { ClientSession, type SessionHost } from './sessions/client-session.ts'
import type { ServiceContext, Think } from './context.ts'
import { Timekeeper } from './games/timekeeper.ts'
import type { Tokens } from './sessions/tokens.ts'

export interface ServiceOptions {
  /** The caller owns it and closes it after the service. */
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  /** Default: nothing is logged. */
  readonly log?: Log
  readonly tokens: Tokens
  /**
   * Where this service keeps histories, or a function that opens a catalog. The service owns it and closes it. Default: in
   * memory.
   */
  readonly store?: CatalogStore | OpenCatalog
  readonly think: Think
  /** Default: nothing is counted. */
  readonly meter?: Meter
  /** Connects the nodes of a cluster. The caller owns it. The service sends nothing on it after `close`. */
  readonly exchange?: NodeBus
  /** Sends notifications to devices whose page is closed. Default: it does not. */
  readonly push?: PushParts
  /** No other service writes to this journal, so a game in memory is always current. Default false. */
  readonly isAlone?: boolean
  /** The server's name and version, as `hello` reports them. Default: `oxo`. */
  readonly version?: string
  /** Overrides of the default limits. `requestsPerSecond: 0` lifts all rate limits. */
  readonly limits?: Partial<Limits>
}

export class Service implements SessionHost, GamesOwner {
  readonly shared: ServiceContext
  readonly #context: HandlerContext
  readonly #sessions = new Set<ClientSession>()
  readonly #readiness: Readiness
  readonly #timekeeper: Timekeeper
  readonly #rates: RateLimits
  /** Inputs that are disabled on close, so that work still in progress has no further effect. */
  readonly #inputs: readonly { end(): void }[]
  #pending = 0
  #isDraining = false
  #drained: (() => void) | null = null

  private constructor(options: ServiceOptions) {
    const { random, think, tokens, log = silentLog, meter = silentMeter, version = 'oxo' } = options
    const { store = new MemoryCatalogStore() } = options
    const clock = new ClosableClock(options.clock)
    const journal = new ClosableJournal(options.journal)
    const peers = options.exchange === undefined ? null : new Peers(options.exchange, clock, meter)
    this.#inputs = [clock, journal]
    const limits = { ...defaults, ...options.limits }
    const timeline = new Timeline(clock)
    const announcements = new PresenceTimer<Listener>(clock)
    const deadlines = new Deadlines(clock, (id) => this.#timekeeper.wake(id))
    const permits = new Permits(limits)
    const notifiers = { peers, announcements }
    this.shared = { journal, clock, timeline, random, log, meter, think, limits, deadlines, permits, ...notifiers }
    this.#rates = new RateLimits(this.shared)
    const games = new Games(this.shared, this, options.isAlone ?? false)
    this.#timekeeper = new Timekeeper(this.shared, games)
    peers?.watch('here', (id) => games.touch(id))
    const lobby = new Lobby(this.shared, games)
    const catalog =
      typeof store === 'function'
        ? store(this.shared, games, this.#timekeeper)
        : new LocalCatalog(this.shared, store, games, this.#timekeeper)
    let openRpc: object | null = null
    this.#context = {
      shared: this.shared,
      games,
      lobby,
      catalog,
      sayings: new Sayings(this.shared, games),
      tokens,
      version,
      push: options.push === undefined ? null : new Push(this.shared, options.push),
      isAlone: options.isAlone ?? false,
      // Built at the first request for it.
      openRpc: () => (openRpc ??= Object.freeze(makeOpenRpc(version))),
    }
    this.#readiness = new Readiness(this.shared, games, catalog)
    meter.gauge('watched_games', () => [...this.#sessions].reduce((sum, { watching }) => sum + watching.size, 0))
  }

  /** Opens the catalog. Creates the game `main` if the journal does not have it. @throws JournalFault, Fault */
  static async open(options: ServiceOptions): Promise<Service> {
    const service = new Service(options)
    await service.#open()
    return service
  }

  /** Creates the session of a new connection. */
  connect(connection: Connection): ClientSession {
    const session = new ClientSession(connection, this)
    this.#sessions.add(session)
    return session
  }

  /** The number of games in memory. */
  get liveGames(): number {
    return this.#context.games.size
  }

  /** The current state of a game; null if it is not in memory or not loaded. */
  stateOf(game: string): GameView | null {
    return this.#context.games.view(game)
  }

  /** The id of the history that is served, as `hello` reports it. */
  get history(): string {
    return this.#context.catalog.history
  }

  /** The position of the last journal entry that this node has processed. */
  get position(): Position {
    return this.#context.catalog.position
  }

  /** Probes the journal unless its state is known from the last moment. Resolves after `waitMs` at the latest. */
  readiness(waitMs?: number): Promise<ReadinessReport> {
    return this.#readiness.report(this.#isDraining, waitMs)
  }

  /**
   * From now on commands are refused with `unavailable`. Every connected client is told to reconnect after
   * `reconnectInMs`. Resolves when every request has been answered.
   */
  drain(reason: string, reconnectInMs: number): Promise<void> {
    this.#isDraining = true
    const closing = new SharedNotification('server.closing', { reason, reconnectInMs }, 'closing')
    for (const session of this.#sessions) session.notify(closing)
    if (this.#pending === 0) return Promise.resolve()
    return new Promise((resolve) => (this.#drained = resolve))
  }

  /**
   * Ends every session and writes the catalog. After it has resolved, the service reads, writes and sends nothing and
   * has no timers; every request is refused with `unavailable`. Idempotent.
   */
  async close(): Promise<void> {
    for (const session of [...this.#sessions]) session.end()
    this.#timekeeper.close()
    this.shared.deadlines.close()
    // The catalog reads live games while it writes its remaining rows.
    await this.#context.catalog.close()
    await this.#context.push?.close()
    this.#context.lobby.close()
    this.#context.games.close()
    this.shared.peers?.close()
    for (const input of this.#inputs) input.end()
  }

  serve(session: ClientSession, name: string, params: unknown, reply: Reply): void | Promise<void> {
    const method = parseMethod(name)
    if (method === undefined) throw new Fault('method-not-found', `there is no method ${JSON.stringify(name)}`)
    const checked = checkParams(method, params)
    if (this.#isDraining && isCommand(method)) throw new Fault('unavailable', 'the server is closing')
    // The params were checked for this method; TypeScript cannot relate the two unions.
    const handler = requests[method] as Handler<MethodName>
    return handler(this.#context, session, checked, reply)
  }

  allowance(address: string): Allowance {
    return this.#rates.allowance(address)
  }

  guest(): Account {
    const { random, meter } = this.shared
    meter.count('guests_total')
    return { id: makeId(random), name: makeGuestName(random) }
  }

  pending(by: 1 | -1): void {
    this.#pending += by
    if (this.#pending === 0) this.#drained?.()
  }

  ended(session: ClientSession): void {
    this.#sessions.delete(session)
    this.#context.lobby.unlisten(session)
  }

  changed(id: string, game: Game, event: Event, at: number): void {
    // This game only records which other game granted a wish: nobody plays it.
    if (event.type === 'created' && event.next !== undefined) return
    this.#context.catalog.note(id, game, event, at)
    this.#context.lobby.update(id, game)
  }

  audienceChanged(id: string, game: Game): void {
    this.#context.lobby.update(id, game)
  }

  chargedAddressOf(id: string): string {
    const { games } = this.#context
    const game = games.peek(id)
    return (game && games.homeOf(id, game)) ?? games.payerOf(id)?.address ?? ''
  }

  forgotten(id: string): void {
    this.#context.lobby.forget(id)
  }

  stored(event: Event, view: GameView, game: Attended): void {
    this.#context.push?.stored(event, view, game)
  }

  appendEnded(fault: Fault | null): void {
    if (fault?.fault === 'outcome-unknown') this.shared.meter.count('unknown_outcomes_total')
    this.#readiness.stored(fault)
  }

  async rematch(id: string, game: Game): Promise<string> {
    const { rules, clock, match, by, public: isPublic } = game
    const [X, O] = [game.players.O, game.players.X]
    const seated = { ...(X === null ? {} : { X }), ...(O === null ? {} : { O }) }
    const command = {
      type: 'create',
      rules,
      seats: 'invite',
      public: isPublic,
      ...(clock === null ? {} : { clock }),
      ...(match === null ? {} : { match: continueMatch(scoreMatch(match, game.outcome)) }),
      players: seated,
      ...(by === null ? {} : { by }),
      // The players have not opened the new game yet: its clocks wait for them.
      ...(clock === null ? {} : { awaited: people(game.players) }),
    } as const
    // The id is derived from the old one. If a crash came between making the rematch and accepting it, a retry finds
    // it.
    const next = nextId(id)
    const payer = this.#context.games.payerOf(id)
    try {
      await this.#context.games.command(next, command, payer)
      return next
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.fault !== 'id-taken') throw fault
      const fresh = makeId(this.shared.random)
      await this.#context.games.command(fresh, command, payer)
      return fresh
    }
  }

  async #open(): Promise<void> {
    const { games, catalog } = this.#context
    await catalog.open()
    const main = games.of(openBoard, null)
    await main.load()
    if (main.game !== null) return
    await games.command(openBoard, {
      type: 'create',
      rules: presets.tictactoe,
      seats: 'open',
      public: false,
      players: {},
    })
  }
}

/** The seats of the new game whose owners are people, not bots. The players have changed seats. */
function people({ X, O }: Game['players']): readonly Player[] {
  return [...(O?.bot === undefined ? (['X'] as const) : []), ...(X?.bot === undefined ? (['O'] as const) : [])]
}
