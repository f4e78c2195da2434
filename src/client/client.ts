/** A client of an Oxo server: one account, one connection at a time, for as long as it is wanted. */
/// <reference lib="esnext.disposable" preserve="true" />
import { holdingClock, makeId, type Random, systemRandom } from '../base/index.ts'
import type { Account, Player } from '../game/index.ts'
import type { MethodName, Notification, NotificationName, Params, Result } from '../protocol/methods.ts'
import type { GameSummary, GameView } from '../protocol/shapes.ts'
import type { AskOptions, ClientOptions } from './client-options.ts'
import { GameHandle, type Keeper } from './game-handle.ts'
import type { Incoming } from './incoming.ts'
import { giveUpMsDefault } from './limits.ts'
import { type ConnectionState, type Hello, ReconnectingConnection } from './reconnecting-connection.ts'
import { Listeners, tellHost } from './listeners.ts'
import { LobbyHandle } from './lobby-handle.ts'
import { type Ask, Outbox } from './outbox.ts'
import { makeClosed, OxoError } from './oxo-error.ts'
import { repeatOf } from './repeat.ts'
import type { Dial } from './transport.ts'
import { type Arguments, isView, type Notice, type ViewMethod } from './words.ts'

/** The lobby that is watched, and what was asked for. */
interface Lobby {
  readonly handle: LobbyHandle
  readonly params: Params<'lobby.watch'>
}

/** What is left is named by a game's id; no game has this one. */
const lobbyKey = ''

export class Client {
  readonly #random: Random
  readonly #findToken: ClientOptions['findToken']
  readonly #onToken: (token: string) => void
  readonly #keeper: Keeper
  readonly #link: ReconnectingConnection
  readonly #outbox: Outbox
  readonly #games = new Map<string, GameHandle>()
  /** For each request whose answer makes a handle: what the server was told meanwhile to say no more of, by its key. */
  readonly #openings = new Set<Set<string>>()
  readonly #notices = new Listeners<Notice>()
  readonly #states = new Listeners<ConnectionState>()
  readonly #replaced = new Listeners<string>()
  #lobby: Lobby | null = null
  #account: Account | null = null
  #token: string | null
  #journal: string | null
  /** No hello was answered yet. */
  #isUnmet = true
  /** What the host asked for at first, until a hello has taken it on. */
  #name: string | undefined

  /** See `connect`. */
  constructor(url: URL, dial: Dial, options: ClientOptions) {
    const { clock = holdingClock, random = systemRandom, giveUpMs = giveUpMsDefault } = options
    this.#random = random
    this.#token = options.token ?? null
    this.#account = options.account ?? null
    this.#journal = options.journal ?? null
    this.#name = options.name
    this.#findToken = options.findToken
    this.#onToken = options.onToken ?? (() => {})
    this.#outbox = new Outbox(clock, random, giveUpMs)
    this.#keeper = {
      account: () => this.#account,
      now: () => clock.now(),
      call: (method, params, signal) => this.#send(method, params, signal),
      changed: (handle) => {
        if (this.state.state !== 'closed') tellHost(() => options.onUnanswered?.(handle))
      },
      release: (handle) => this.#release(handle),
    }
    this.#link = new ReconnectingConnection({
      clock,
      random,
      dial: (listener) => dial(url, listener),
      greet: () => this.#greeting(),
      opened: (hello) => this.#opened(hello),
      heard: (message) => this.#heard(message),
      closing: () => this.#outbox.hold(),
      lost: () => this.#outbox.cut(),
      changed: (state) => this.#changed(state),
    })
    this.#link.start()
  }

  /** Null until the first hello is answered, see {@link ready}, unless the host remembered it. */
  get account(): Account | null {
    return this.#account
  }

  /** The newest; null before the first hello is answered, unless there was one to begin with. */
  get token(): string | null {
    return this.#token
  }

  /** Which games the server has, as its last hello named them; before the first, as the host remembered it. */
  get journal(): string | null {
    return this.#journal
  }

  get state(): ConnectionState {
    return this.#link.state
  }

  /** Called after each change of the connection. The answer ends it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#states.add(listener)
  }

  /**
   * Called when the server turns out to have other games than before: its journal was replaced, restored from a backup, or
   * lost. Hears the new name. Each handle takes the next view whatever its version, or ends with `no-such-game`; commands
   * that were decided before reject with `stale`. The answer ends it.
   */
  onReplaced(listener: (journal: string) => void): () => void {
    return this.#replaced.add(listener)
  }

  /** Hears one kind of notification, of all games that this connection hears of; handles have taken it in. The answer ends it. */
  on<Name extends NotificationName>(name: Name, listener: (params: Notification<Name>) => void): () => void {
    return this.#notices.add(({ method, params }) => {
      if (method === name) listener(params as Notification<Name>)
    })
  }

  /** Resolves with this account once the server has said who it is; rejects after `giveUpMs`, and with `bad-token`. */
  async ready(options?: AskOptions): Promise<Account> {
    while (this.#account === null || this.#isUnmet) await this.call('ping', {}, options)
    return this.#account
  }

  /**
   * Takes another display name, in games to come. Rejects with `bad-name`: then the old one stays, and no later
   * connection asks for the new one.
   */
  async rename(name: string, options?: AskOptions): Promise<Account> {
    await this.ready(options)
    return (await this.call('hello', { protocol: [1], name }, options)).account
  }

  /**
   * Any method, with one answer. A lost connection does not matter: the request is repeated on the next until its
   * outcome is known, unless a repeat could do it twice: a command on a game without `version` rejects with
   * `outcome-unknown` once it may have arrived. What is watched this way is not watched again on the next connection.
   * Rejects with what the server says no with; after `giveUpMs`, and once the client is closed, with `unavailable`, or
   * `outcome-unknown` if it may have been done. With a `signal` that aborts it rejects with the reason of that.
   */
  call<Method extends MethodName>(
    method: Method,
    ...[params, options]: Arguments<Params<Method>>
  ): Promise<Result<Method>> {
    return this.#send(method, params ?? {}, options?.signal)
  }

  /** Opens a game; without other wishes a tic-tac-toe for two, with a seat for this account. */
  create(params: Params<'game.create'> = {}, options?: AskOptions): Promise<GameHandle> {
    return this.#open('game.create', { game: makeId(this.#random), ...params }, options)
  }

  /** Takes a free seat: the one named, else the first. Rejects with `seat-taken`, or `no-such-game`. */
  join(game: string, player?: Player, options?: AskOptions): Promise<GameHandle> {
    return this.#open('game.join', player === undefined ? { game } : { game, player }, options)
  }

  /**
   * Sits down at the oldest fitting open game, or opens one: then nobody sits opposite yet. Whatever happens to the
   * connection, it is one game.
   */
  play(params: Params<'lobby.play'> = {}, options?: AskOptions): Promise<GameHandle> {
    return this.#open('lobby.play', { key: makeId(this.#random), ...params }, options)
  }

  /**
   * Looks on, or goes on playing. The same game has the same handle until that is closed, whoever asks for it: to close
   * it ends it for all of them. Rejects with `no-such-game`.
   */
  game(game: string, options?: AskOptions): Promise<GameHandle> {
    return this.#open('game.watch', { game }, options)
  }

  /**
   * A handle at once, from a view that was kept or is foreseen, and soon from the server's. Should the server not have
   * the game, the handle ends with the reason.
   */
  resume(view: GameView): GameHandle {
    const isKnown = this.#games.has(view.game)
    const handle = this.#handle(view)
    if (!isKnown && this.state.state === 'open') this.#watchAgain(handle)
    return handle
  }

  /** This account's games, newest first; a page is asked for when it is reached. */
  async *games(
    params: Params<'account.games'> = {},
    options?: AskOptions,
  ): AsyncGenerator<GameSummary, void, undefined> {
    for (let page: Params<'account.games'> | null = params; page !== null;) {
      const { games, next }: Result<'account.games'> = await this.call('account.games', page, options)
      yield* games
      page = next === undefined ? null : { ...params, cursor: next }
    }
  }

  /** The lobby. A client has one: another call gets the same handle, and replaces what the first one asked for. */
  lobby(params: Params<'lobby.watch'> = {}, options?: AskOptions): Promise<LobbyHandle> {
    return this.#openWith('lobby.watch', params, options, ({ games }, left) => {
      const handle = this.#lobby?.handle ?? new LobbyHandle(games, (released) => this.#leaveLobby(released))
      this.#lobby = { handle, params }
      handle.hearAll(games)
      if (left.has(lobbyKey)) this.#watchLobbyAgain(this.#lobby)
      return handle
    })
  }

  /** Tries now instead of later, and makes sure that an open connection is alive: for a host that woke up. */
  wake(): void {
    this.#link.wake()
  }

  /** Ends everything, for good: what is unanswered rejects, handles end, and no timer is left. Idempotent. */
  close(): void {
    if (this.state.state !== 'closed') this.#link.close(null)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #greeting(): Params<'hello'> {
    this.#token = this.#findToken?.() ?? this.#token
    return {
      protocol: [1],
      ...(this.#token === null ? {} : { token: this.#token }),
      ...(this.#name === undefined ? {} : { name: this.#name }),
    }
  }

  #adopt({ account, token }: Hello): void {
    this.#account = account
    this.#isUnmet = false
    this.#name = undefined
    if (token === this.#token) return
    this.#token = token
    tellHost(() => this.#onToken(token))
  }

  /** All in one go: what is unanswered, and what was heard on the last connection. */
  #opened(hello: Hello): void {
    this.#adopt(hello)
    const { journal } = hello
    if (journal !== undefined) {
      const isOther = this.#journal !== null && journal !== this.#journal
      this.#journal = journal
      if (isOther) this.#forgetGames(journal)
    }
    this.#outbox.open((message) => this.#link.send(message))
    for (const handle of this.#games.values()) this.#watchAgain(handle)
    if (this.#lobby !== null) this.#watchLobbyAgain(this.#lobby)
  }

  #watchAgain(handle: GameHandle): void {
    const known = handle.view
    this.#ask('game.watch', { game: handle.id }, { repeat: 'connection' }, (view) =>
      this.#seeAgain(handle, known, view),
    ).catch((reason: OxoError) => handle.end(reason))
  }

  /** A node that is alone is never behind: with less than was `known` when it was asked, its journal was put back. */
  #seeAgain(handle: GameHandle, known: GameView, view: GameView): void {
    const isAlone = this.state.state === 'open' && this.state.hello.alone === true
    if (isAlone && !handle.mayLead(known, view)) this.#forgetGames(this.#journal ?? '')
    handle.hear(view)
  }

  /** All that is known of games is of others than the server has. */
  #forgetGames(journal: string): void {
    const why = 'the server has other games: look again'
    for (const handle of this.#games.values()) handle.replace()
    this.#outbox.forget(new OxoError('stale', why))
    this.#replaced.tell(journal)
  }

  #watchLobbyAgain({ handle, params }: Lobby): void {
    this.#ask('lobby.watch', params, { repeat: 'connection' }, ({ games }) => handle.hearAll(games)).catch(() =>
      this.#leaveLobby(handle),
    )
  }

  #leaveLobby(handle: LobbyHandle): void {
    if (this.#lobby?.handle !== handle) return
    this.#lobby = null
    this.#forget('lobby.unwatch', {}, lobbyKey)
  }

  /** Says that something is of no more interest. */
  #forget<Method extends MethodName>(method: Method, params: Params<Method>, key: string): void {
    if (this.state.state !== 'open') return
    // There is nothing to do about a no: at worst the server says more than is heard.
    this.#ask(method, params, { repeat: 'connection' }, () => this.#forgotten(key)).catch(() => {})
  }

  /** From now on the server says nothing of it: whoever has opened it meanwhile, or is about to, has to ask again. */
  #forgotten(key: string): void {
    for (const left of this.#openings) left.add(key)
    const game = this.#games.get(key)
    if (game !== undefined) this.#watchAgain(game)
    if (key === lobbyKey && this.#lobby !== null) this.#watchLobbyAgain(this.#lobby)
  }

  #changed(state: ConnectionState): void {
    if (state.state === 'closed') {
      const reason = state.error ?? makeClosed('the client was closed')
      this.#outbox.close(reason)
      for (const handle of this.#games.values()) handle.end(reason)
    }
    this.#states.tell(state)
  }

  #heard(message: Incoming): void {
    if (!('method' in message)) {
      // Also where nobody waits for the answer any more: whoever made a change is told of it in no other way.
      if ('result' in message && isView(message.result)) this.#games.get(message.result.game)?.hear(message.result)
      return this.#outbox.answer(message.id, message)
    }
    const notice = message as Notice
    if (notice.method === 'game.changed') this.#games.get(notice.params.game)?.hear(notice.params)
    if (notice.method === 'game.presence') this.#games.get(notice.params.game)?.hearPresence(notice.params)
    if (notice.method === 'lobby.changed') this.#lobby?.handle.hear(notice.params)
    this.#notices.tell(notice)
  }

  #open<Method extends ViewMethod>(
    method: Method,
    params: Params<Method>,
    options: AskOptions | undefined,
  ): Promise<GameHandle> {
    return this.#openWith<ViewMethod, GameHandle>(method, params, options, (view, left) => {
      const handle = this.#handle(view)
      if (left.has(view.game)) this.#watchAgain(handle)
      return handle
    })
  }

  #openWith<Method extends MethodName, T>(
    method: Method,
    params: object,
    options: AskOptions | undefined,
    take: (result: Result<Method>, left: ReadonlySet<string>) => T,
  ): Promise<T> {
    const left = new Set<string>()
    this.#openings.add(left)
    const how = { repeat: repeatOf(method, params), signal: options?.signal }
    const asked = this.#ask(method, params, how, (result: Result<Method>) => take(result, left))
    return asked.finally(() => this.#openings.delete(left))
  }

  #handle(view: GameView): GameHandle {
    const known = this.#games.get(view.game)
    if (known !== undefined) {
      known.hear(view)
      return known
    }
    const handle = new GameHandle(this.#keeper, view)
    this.#games.set(view.game, handle)
    return handle
  }

  #release(handle: GameHandle): void {
    this.#games.delete(handle.id)
    this.#forget('game.unwatch', { game: handle.id }, handle.id)
  }

  #send<Method extends MethodName>(method: Method, params: object, signal?: AbortSignal): Promise<Result<Method>> {
    const take = (result: Result<Method>): Result<Method> => {
      if (method === 'hello') this.#adopt(result as Hello)
      return result
    }
    return this.#ask(method, params, { repeat: repeatOf(method, params), signal }, take)
  }

  /** `take` runs at once when the answer is heard, before the message after it. */
  #ask<Method extends MethodName, T>(
    method: Method,
    params: object,
    how: Pick<Ask, 'repeat' | 'signal'>,
    take: (result: Result<Method>) => T,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#outbox.ask({
        method,
        params,
        ...how,
        resolve: (result) => resolve(take(result as Result<Method>)),
        reject,
      })
    })
  }
}
