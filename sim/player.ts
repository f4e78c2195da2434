/** A simulated player with the real client: joins, moves, offers, resigns, reads; sometimes with invalid commands. */
import type { Random } from '../src/base/index.ts'
import { type Client, connect, type GameHandle, OxoError } from '../src/client/index.ts'
import type { Account, Command, OfferKind, Player } from '../src/game/index.ts'
import type { GameView, Params } from '../src/protocol/index.ts'
import type { History, CommandSender } from './history.ts'
import type { Dialler, Network } from './network.ts'
import type { Life } from './node.ts'
import type { GamePlan } from './plan.ts'
import type { World } from './world.ts'

export interface PlayerParts {
  readonly world: World
  readonly network: Network
  readonly history: History
}

/** The most concurrent requests of a player. */
const openMax = 2

export class SimPlayer implements CommandSender, Dialler {
  readonly name: string
  /** The watched games, by id. */
  readonly handles = new Map<string, GameHandle>()
  /** States that arrived after newer ones on the same connection. */
  readonly fallen: { readonly game: string; readonly what: string }[] = []
  servedBy: Life | null = null
  /** The last received list of its account's games and their status. */
  listed = ''
  readonly #world: World
  readonly #history: History
  readonly #network: Network
  readonly #random: Random
  readonly #joins = new Map<string, number>()
  /** Games with an unanswered watch request. */
  readonly #awaited = new Set<string>()
  #client: Client | null = null
  #account: Account = { id: '', name: '' }
  #left: number
  #open = 0
  #isListing = false
  readonly #created = new Set<string>()

  constructor(name: string, { world, network, history }: PlayerParts) {
    this.name = name
    this.#world = world
    this.#network = network
    this.#history = history
    this.#random = world.random(name)
    this.#left = world.plan.commands
  }

  /** Whether it has sent all its commands. */
  get isDone(): boolean {
    return this.#left === 0
  }

  get accountId(): string {
    return this.#account.id
  }

  get token(): string | null {
    return this.#client?.token ?? null
  }

  joins(game: string): number {
    return this.#joins.get(game) ?? 0
  }

  served(life: Life): void {
    this.servedBy = life
  }

  start(token: string | null = null): void {
    const { schedule } = this.#world
    const dial = this.#network.dialFor(this)
    const client = connect('ws://oxo', {
      token,
      giveUpMs: this.#world.plan.giveUpMs,
      random: this.#world.random(`client of ${this.name}`),
      clock: { now: () => schedule.now, wall: () => schedule.now, after: (ms, call) => schedule.after(ms, call) },
      transport: (url, listener) => {
        const versions = new Map<string, number>()
        const transport = dial(url, {
          ...listener,
          heard: (message) => {
            this.#checkRise(versions, message)
            listener.heard(message)
          },
        })
        return {
          send: (message) => {
            this.#countJoin(message)
            transport.send(message)
          },
          close: () => transport.close(),
        }
      },
    })
    this.#client = client
    this.#meet(client)
  }

  /** Watches all given games that it does not watch yet. */
  lookOn(games: readonly string[]): void {
    for (const game of games) this.#watch(game)
  }

  /** Requests the list of its account's games. */
  list(): void {
    if (this.#client === null || this.#isListing) return
    this.#isListing = true
    const ask = async (client: Client): Promise<void> => {
      const lines: string[] = []
      for await (const { game, status } of client.games()) lines.push(`${game} ${status}`)
      this.listed = lines.toSorted().join()
    }
    ask(this.#client)
      // The run requests the list again.
      .catch(() => {})
      .finally(() => (this.#isListing = false))
  }

  /** Stops sending commands. */
  rest(): void {
    this.#left = 0
  }

  stop(): void {
    this.#client?.close()
  }

  #meet(client: Client): void {
    client.ready().then(
      (account) => {
        this.#account = account
        this.#think()
      },
      // The client has given up: try again, unless the run is over.
      () => client.state.state !== 'closed' && this.#meet(client),
    )
  }

  #think(): void {
    this.#world.schedule.after(2 + this.#random.below(150), () => {
      if (this.#left === 0) return
      if (this.#open < openMax) this.#act()
      this.#think()
    })
  }

  #act(): void {
    const { games } = this.#world.plan
    const plan = games[this.#random.below(games.length)]
    if (plan === undefined) return
    const handle = this.handles.get(plan.id)
    const view = handle?.view
    if (this.#random.below(8) === 0) this.#look(plan.id)
    else if (handle === undefined || view === undefined) this.#enter(plan)
    else if (view.seats === 'invite' && (view.players.X === null || view.players.O === null) && !this.#sits(view))
      this.#join(plan.id)
    else this.#play(handle, view)
  }

  #enter(plan: GamePlan): void {
    this.#watch(plan.id)
    if (this.#random.below(2) === 0) return
    if (this.#created.has(plan.id) || this.#random.below(3) === 0) return this.#join(plan.id)
    this.#created.add(plan.id)
    const { id, rules, seats, clock, bot, public: isPublic = false } = plan
    const timed = clock === undefined ? {} : { clock }
    const seat = seats === 'open' ? 'none' : 'X'
    const opponent = bot === undefined ? {} : { opponent: { bot } }
    const params: Params<'game.create'> = {
      game: id,
      rules,
      seats,
      seat,
      ...timed,
      ...opponent,
      ...(isPublic && { public: true }),
    }
    const second = bot === undefined ? {} : { O: { id: `bot-${bot}`, name: 'Random bot', bot } }
    const players = seats === 'open' ? {} : { X: this.#account, ...second }
    const command: Command = { type: 'create', rules, seats, public: isPublic, players, by: this.#account.id, ...timed }
    this.#ask(id, command, (client) => client.call('game.create', params))
  }

  #join(game: string): void {
    const draw = this.#random.below(3)
    const wanted = draw === 0 ? {} : { player: draw === 1 ? ('X' as const) : ('O' as const) }
    this.#ask(game, { type: 'join', account: this.#account, ...wanted }, (client) =>
      client.call('game.join', { game, ...wanted }),
    )
  }

  #look(game: string): void {
    this.#ask(game, 'read', (client) => client.call('game.get', { game }))
  }

  #play(handle: GameHandle, view: GameView): void {
    const draw = this.#random.below(20)
    if (view.offer !== undefined && draw < 8) return this.#answer(handle, view, view.offer.what)
    if (draw === 0) return this.#resign(handle, view)
    if (draw < 4 || (view.outcome !== null && draw < 12)) return this.#offer(handle, view)
    if (view.outcome !== null && view.seats === 'open') return this.#restart(handle, view)
    const isHasty = draw === 4
    if (!handle.myTurn && !isHasty) return this.#losePatience()
    this.#move(handle, view)
  }

  #move(handle: GameHandle, view: GameView): void {
    const { width } = view.rules
    const free = [...view.board].flatMap((mark, cell) => (mark === '.' ? [cell] : []))
    const isBlind = free.length === 0 || this.#random.below(12) === 0
    const cell = isBlind ? this.#random.below(view.board.length) : (free[this.#random.below(free.length)] ?? 0)
    const [x, y] = [cell % width, Math.floor(cell / width)]
    const move = { type: 'move', by: this.#account.id, x, y } as const
    const names = this.#random.below(10)
    if (names === 0) {
      // A command without a version: the client executes it at most once.
      const player = this.#named(view)
      return this.#ask(handle.id, { ...move, ...player }, (client) =>
        client.call('game.move', { game: handle.id, x, y, ...player }),
      )
    }
    const version = names === 1 ? Math.max(1, view.version - 1 - this.#random.below(3)) : view.version
    this.#ask(handle.id, { ...move, version }, (client) =>
      // A handle sends one command at a time; this player does not wait.
      handle.pending ? client.call('game.move', { game: handle.id, x, y, version }) : handle.move(x, y, { version }),
    )
  }

  #losePatience(): void {
    if (this.#random.below(6) === 0) this.#left--
  }

  /** In a game with open seats, some commands name the player. */
  #named({ seats, turn }: GameView): { readonly player?: Player } {
    return seats === 'open' && turn !== null && this.#random.below(2) === 0 ? { player: turn } : {}
  }

  #resign(handle: GameHandle, view: GameView): void {
    const personal = this.#personal(handle, view)
    if (personal !== null) this.#ask(handle.id, { type: 'resign', ...personal }, () => handle.resign())
  }

  #offer(handle: GameHandle, view: GameView): void {
    const kinds: readonly OfferKind[] = view.outcome === null ? ['draw', 'takeback', 'takeback'] : ['rematch']
    const what = kinds[this.#random.below(kinds.length)] ?? 'draw'
    const personal = this.#personal(handle, view)
    if (personal !== null) this.#ask(handle.id, { type: 'offer', what, ...personal }, () => handle.offer(what))
  }

  #answer(handle: GameHandle, view: GameView, what: OfferKind): void {
    const accept = this.#random.below(3) > 0
    const personal = this.#personal(handle, view)
    if (personal !== null)
      this.#ask(handle.id, { type: 'answer', what, accept, ...personal }, () => handle.answer(what, accept))
  }

  #restart(handle: GameHandle, view: GameView): void {
    const personal = this.#personal(handle, view)
    if (personal !== null) this.#ask(handle.id, { type: 'restart', ...personal }, () => handle.restart())
  }

  /** The account, and the version that the handle will send; null while the handle has an unanswered command. */
  #personal(handle: GameHandle, { version }: GameView): { readonly by: string; readonly version: number } | null {
    return handle.pending ? null : { by: this.#account.id, version }
  }

  #sits({ players }: GameView): boolean {
    return players.X?.id === this.#account.id || players.O?.id === this.#account.id
  }

  #ask(game: string, input: Command | 'read', send: (client: Client) => Promise<GameView>): void {
    const client = this.#client
    if (client === null) return
    this.#left--
    this.#open++
    void this.#history.record(this, game, input, () => send(client)).finally(() => this.#open--)
  }

  #watch(game: string): void {
    if (this.handles.has(game) || this.#awaited.has(game) || this.#client === null) return
    this.#awaited.add(game)
    this.#client
      .game(game)
      .then(
        (handle) => void this.handles.set(game, handle),
        (error: unknown) => {
          if (!(error instanceof OxoError)) throw error
        },
      )
      .finally(() => this.#awaited.delete(game))
      .catch(() => {})
  }

  /**
   * Checks that each notification about a game on one connection has a higher version, except at the start of a clock.
   */
  #checkRise(versions: Map<string, number>, message: string): void {
    const [, game, text] =
      /^\{"jsonrpc":"2.0","method":"game.changed","params":\{"game":"([^"]+)","version":(\d+)/.exec(message) ?? []
    if (game === undefined) return
    const [before, version] = [versions.get(game) ?? 0, Number(text)]
    // A clock that waited for its player starts at the same version.
    const isStart = version === before && message.includes('"running":true')
    if (version <= before && !isStart) this.fallen.push({ game, what: `got version ${version} after ${before}` })
    versions.set(game, version)
  }

  #countJoin(message: string): void {
    const [, game] = /"game\.join".*"game":"([^"]+)"/.exec(message) ?? []
    if (game !== undefined) this.#joins.set(game, this.joins(game) + 1)
  }
}
