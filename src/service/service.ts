/** The service: accounts, games, lobby and histories over one journal. Host-neutral; protocols bring it connections. */
import { type Clock, type Log, makeId, type Random, Timeline } from '../base/index.ts'
import { type Account, type Event, type Game, type Player, presets } from '../game/index.ts'
import type { Journal, Position } from '../journal/index.ts'
import {
  Fault,
  type GameView,
  type Limits,
  limits as defaults,
  makeOpenRpc,
  type MethodName,
  type Params,
} from '../protocol/index.ts'
import { PresenceTimer } from './audience/presence-timer.ts'
import type { Listener } from './audience/audience.ts'
import { Budget } from './sessions/budget.ts'
import type { OpenCatalog } from './history/catalog.ts'
import type { CatalogStore } from './history/catalog-store.ts'
import { News } from './games/change.ts'
import type { Connection } from './sessions/connection.ts'
import { Deadlines } from './games/deadlines.ts'
import type { NodeBus } from './cluster/node-bus.ts'
import { Games, type GamesHost } from './games/games.ts'
import { ClosableClock, ClosableJournal } from './closable.ts'
import { Lobby } from './lobby/lobby.ts'
import type { Meter } from './meter.ts'
import { makeGuestName } from './sessions/name.ts'
import { nextId } from './games/next-id.ts'
import { LocalCatalog } from './history/local-catalog.ts'
import { Peers } from './cluster/peers.ts'
import { type Allowance, RateLimits } from './sessions/rate-limits.ts'
import { Readiness, type ReadinessReport } from './cluster/readiness.ts'
import type { Reply } from './sessions/reply.ts'
import { type HandlerContext, isCommand, openBoard, requests } from './requests.ts'
import { Session, type SessionHost } from './sessions/session.ts'
import type { Shared, Think } from './context.ts'
import { Timekeeper } from './games/timekeeper.ts'
import type { Tokens } from './sessions/tokens.ts'

export interface ServiceOptions {
  /** Stays the caller's: it is closed by whoever opened it, after the service. */
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly tokens: Tokens
  /** Where this service keeps histories, or who has them, see {@link shareBooks}. Becomes the service's: closed with it. */
  readonly store: CatalogStore | OpenCatalog
  readonly think: Think
  readonly meter: Meter
  /** With the other nodes of a cluster. Stays the caller's; nothing is told once this is closed. */
  readonly exchange?: NodeBus
  /** No other service has this journal: what this one says of a game is never behind. By default others may have it. */
  readonly isAlone?: boolean
  /** The server's name and version, as `hello` tells them. */
  readonly version: string
  /** What differs from the defaults. `requestsPerSecond: 0` lifts all rates. */
  readonly limits?: Partial<Limits>
}

export class Service implements SessionHost, GamesHost {
  readonly shared: Shared
  readonly #context: HandlerContext
  readonly #sessions = new Set<Session>()
  readonly #readiness: Readiness
  readonly #timekeeper: Timekeeper
  readonly #rates: RateLimits
  /** Whatever is under way when this closes can do nothing more. */
  readonly #inputs: readonly { end(): void }[]
  #pending = 0
  #isDraining = false
  #drained: (() => void) | null = null

  private constructor(options: ServiceOptions) {
    const { random, log, meter, think, tokens, store, version } = options
    const clock = new ClosableClock(options.clock)
    const journal = new ClosableJournal(options.journal)
    const peers = options.exchange === undefined ? null : new Peers(options.exchange, clock, meter)
    this.#inputs = [clock, journal]
    const limits = { ...defaults, ...options.limits }
    const timeline = new Timeline(clock)
    const announcements = new PresenceTimer<Listener>(clock)
    const deadlines = new Deadlines(clock, (id) => this.#timekeeper.wake(id))
    const budget = new Budget(limits)
    const told = { peers, announcements }
    this.shared = { journal, clock, timeline, random, log, meter, think, limits, deadlines, budget, ...told }
    this.#rates = new RateLimits(this.shared)
    const games = new Games(this.shared, this, options.isAlone ?? false)
    this.#timekeeper = new Timekeeper(this.shared, games)
    peers?.watch('here', (id) => games.touch(id))
    const lobby = new Lobby(this.shared, games)
    const openCatalog: OpenCatalog =
      typeof store === 'function' ? store : (shared, host) => new LocalCatalog(shared, store, host)
    const catalog = openCatalog(this.shared, {
      peek: (id) => games.peek(id),
      notedSince: (id) => games.toldSince(id),
      heard: (entries) => games.hear(entries),
      stands: (id, game, at) => this.#timekeeper.stands(id, game, at),
      expects: (row) => this.#timekeeper.expects(row),
    })
    let openRpc: object | null = null
    this.#context = {
      shared: this.shared,
      games,
      lobby,
      catalog,
      tokens,
      version,
      isAlone: options.isAlone ?? false,
      // Made for the first who asks.
      openRpc: () => (openRpc ??= Object.freeze(makeOpenRpc(version))),
    }
    this.#readiness = new Readiness(this.shared, games, catalog)
    meter.gauge('watched_games', () => [...this.#sessions].reduce((sum, { watching }) => sum + watching.size, 0))
  }

  /** Opens the catalog, and the board `main` if the journal does not have it. @throws JournalFault, Fault */
  static async open(options: ServiceOptions): Promise<Service> {
    const service = new Service(options)
    await service.#open()
    return service
  }

  /** Begins the talk with whoever is at the other end. */
  connect(connection: Connection): Session {
    const session = new Session(connection, this)
    this.#sessions.add(session)
    return session
  }

  /** How many games are in memory. */
  get liveGames(): number {
    return this.#context.games.size
  }

  /** A game as it stands, where that is in memory and known. */
  stateOf(game: string): GameView | null {
    return this.#context.games.view(game)
  }

  /** The name of the history that is served, as `hello` tells it. */
  get history(): string {
    return this.#context.catalog.history
  }

  /** The last entry of the journal that this node has heard. */
  get position(): Position {
    return this.#context.catalog.position
  }

  /** Looks at the journal if nothing was heard of it just now, `waitMs` at most. */
  readiness(waitMs?: number): Promise<ReadinessReport> {
    return this.#readiness.report(this.#isDraining, waitMs)
  }

  /**
   * From now on commands are refused with `unavailable`; everybody connected is told to come back in `reconnectInMs`.
   * Resolves when every request has been answered.
   */
  drain(reason: string, reconnectInMs: number): Promise<void> {
    this.#isDraining = true
    const news = new News('server.closing', { reason, reconnectInMs })
    for (const session of this.#sessions) session.closing(news)
    if (this.#pending === 0) return Promise.resolve()
    return new Promise((resolve) => (this.#drained = resolve))
  }

  /**
   * Ends every session and writes the catalog. Once this has resolved nothing is read, written, told or waited for, and
   * whatever is asked is refused with `unavailable`. Idempotent.
   */
  async close(): Promise<void> {
    for (const session of [...this.#sessions]) session.end()
    this.#timekeeper.close()
    this.shared.deadlines.close()
    // The catalog looks at live games while it writes what is left.
    await this.#context.catalog.close()
    this.#context.lobby.close()
    this.#context.games.close()
    this.shared.peers?.close()
    for (const input of this.#inputs) input.end()
  }

  serve<Method extends MethodName>(
    session: Session,
    method: Method,
    params: Params<Method>,
    reply: Reply,
  ): void | Promise<void> {
    if (this.#isDraining && isCommand(method)) throw new Fault('unavailable', 'the server is closing')
    return requests[method](this.#context, session, params, reply)
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

  ended(session: Session): void {
    this.#sessions.delete(session)
    this.#context.lobby.unlisten(session)
  }

  changed(id: string, game: Game, event: Event, at: number): void {
    // A wish that was granted with another game leaves a game that nobody plays.
    if (event.type === 'created' && event.next !== undefined) return
    this.#context.catalog.note(id, game, event, at)
    this.#context.lobby.see(id, game)
  }

  gathered(id: string, game: Game): void {
    this.#context.lobby.see(id, game)
  }

  askerOf(id: string): string {
    const { games } = this.#context
    const game = games.peek(id)
    return (game && games.homeOf(id, game)) ?? games.payerOf(id)?.address ?? ''
  }

  forgotten(id: string): void {
    this.#context.lobby.forget(id)
  }

  stored(fault: Fault | null): void {
    if (fault?.fault === 'outcome-unknown') this.shared.meter.count('unknown_outcomes_total')
    this.#readiness.stored(fault)
  }

  async rematch(id: string, game: Game): Promise<string> {
    const { rules, clock, by, public: isPublic } = game
    const [X, O] = [game.players.O, game.players.X]
    const seated = { ...(X === null ? {} : { X }), ...(O === null ? {} : { O }) }
    const command = {
      type: 'create',
      rules,
      seats: 'invite',
      public: isPublic,
      ...(clock === null ? {} : { clock }),
      players: seated,
      ...(by === null ? {} : { by }),
      // Whoever agrees has yet to come to the new game.
      ...(clock === null ? {} : { awaited: people(game.players) }),
    } as const
    // The id follows from the old one: a rematch that was made but not agreed, for a crash came between, is found again.
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

/** Of the two who change seats, those of the new game who are no bots. */
function people({ X, O }: Game['players']): readonly Player[] {
  return [...(O?.bot === undefined ? (['X'] as const) : []), ...(X?.bot === undefined ? (['O'] as const) : [])]
}
