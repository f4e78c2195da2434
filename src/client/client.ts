/** A client of an Oxo server: one account, one connection at a time, until it is closed. */
/// <reference lib="esnext.disposable" preserve="true" />
import { holdingClock, makeId, type Random, systemRandom } from '../base/index.ts'
import type { Account, Player } from '../game/index.ts'
import type {
  MethodName,
  Notification,
  NotificationName,
  Params,
  Result,
  GameSummary,
  GameView,
} from '../protocol/index.ts'
import type { ClientOptions } from './client-options.ts'
import { GameHandle, type HandleClient } from './game-handle.ts'
import type { Incoming } from './incoming.ts'
import { giveUpMsDefault } from './limits.ts'
import { type ConnectionState, type Hello, ReconnectingConnection } from './reconnecting-connection.ts'
import { ListenerList, tellHost } from './listeners.ts'
import { LobbyHandle, type WatchedLobby } from './lobby-handle.ts'
import { type Ask, RequestOutbox } from './outbox.ts'
import { makeClosed, OxoError } from './oxo-error.ts'
import { repeatOf } from './repeat.ts'
import type { Dial } from './transport.ts'
import { type Arguments, type AskOptions, isView, type Notice, type ViewMethod } from './words.ts'

/** Stands for the lobby where other keys are game ids; no game has this id. */
const lobbyKey = ''

export class Client {
  readonly #random: Random
  readonly #findToken: ClientOptions['findToken']
  readonly #onToken: (token: string) => void
  readonly #handleClient: HandleClient
  readonly #link: ReconnectingConnection
  readonly #outbox: RequestOutbox
  readonly #games = new Map<string, GameHandle>()
  /** One set per pending request that will create a handle: the keys of games, or of the lobby, unwatched meanwhile. */
  readonly #openings = new Set<Set<string>>()
  readonly #notices = new ListenerList<Notice>()
  readonly #states = new ListenerList<ConnectionState>()
  readonly #replaced = new ListenerList<string>()
  #lobby: WatchedLobby | null = null
  #account: Account | null = null
  #token: string | null
  #journal: string | null
  /** True until the first hello is answered. */
  #isUnmet = true
  /** The name from the options, until an answered hello has applied it. */
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
    this.#outbox = new RequestOutbox(clock, random, giveUpMs)
    this.#handleClient = {
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

  /** Null until the first hello is answered, see {@link ready}, unless the options named it. */
  get account(): Account | null {
    return this.#account
  }

  /** The newest token; null before the first hello is answered, unless the options named one. */
  get token(): string | null {
    return this.#token
  }

  /** The id of the server's history, from its last hello; before the first hello, the id from the options. */
  get journal(): string | null {
    return this.#journal
  }

  get state(): ConnectionState {
    return this.#link.state
  }

  /** Calls `listener` after each change of the connection state. The returned function removes it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#states.add(listener)
  }

  /**
   * Calls `listener` with the new history's id when the server turns out to have another history: its journal was
   * replaced, restored from a backup, or lost. Each handle accepts the next view whatever its version, or ends with
   * `no-such-game`; commands decided on the old history reject with `stale`. The returned function removes the
   * listener.
   */
  onReplaced(listener: (journal: string) => void): () => void {
    return this.#replaced.add(listener)
  }

  /** Calls `listener` with each notification of one kind, after the handles. The returned function removes it. */
  on<Name extends NotificationName>(name: Name, listener: (params: Notification<Name>) => void): () => void {
    return this.#notices.add(({ method, params }) => {
      if (method === name) listener(params as Notification<Name>)
    })
  }

  /**
   * Resolves with this account once the server has confirmed it. Rejects with `unavailable` after `giveUpMs`, and with
   * `bad-token` if the server refuses the token.
   */
  async ready(options?: AskOptions): Promise<Account> {
    while (this.#account === null || this.#isUnmet) await this.call('ping', {}, options)
    return this.#account
  }

  /**
   * Changes the display name for future games. On `bad-name` the old name stays, and later connections do not request
   * the refused one.
   */
  async rename(name: string, options?: AskOptions): Promise<Account> {
    await this.ready(options)
    return (await this.call('hello', { protocol: [1], name }, options)).account
  }

  /**
   * Sends any request and resolves with its answer. After a lost connection the client repeats the request on the next
   * connection until its outcome is known. A request that a repeat could execute twice, such as a game command without
   * `version`, is not repeated: it rejects with `outcome-unknown` once it may have arrived. A watch started with this
   * method is not renewed on the next connection.
   *
   * Rejects with the server's refusal. After `giveUpMs`, and when the client closes, it rejects with `unavailable`, or
   * with `outcome-unknown` if the request may have been executed. If `signal` aborts, it rejects with the signal's
   * reason.
   */
  call<Method extends MethodName>(
    method: Method,
    ...[params, options]: Arguments<Params<Method>>
  ): Promise<Result<Method>> {
    return this.#send(method, params ?? {}, options?.signal)
  }

  /** Opens a game: by default a tic-tac-toe for two players, with a seat for this account. */
  create(params: Params<'game.create'> = {}, options?: AskOptions): Promise<GameHandle> {
    return this.#open('game.create', { game: makeId(this.#random), ...params }, options)
  }

  /** Takes a free seat: `player`, or else the first free one. Rejects with `seat-taken` or `no-such-game`. */
  join(game: string, player?: Player, options?: AskOptions): Promise<GameHandle> {
    return this.#open('game.join', player === undefined ? { game } : { game, player }, options)
  }

  /** Joins the oldest fitting open game, or opens one that waits. Lost connections do not lead to a second game. */
  play(params: Params<'lobby.play'> = {}, options?: AskOptions): Promise<GameHandle> {
    return this.#open('lobby.play', { key: makeId(this.#random), ...params }, options)
  }

  /**
   * Watches a game, or continues to play it. Every call for the same game returns the same handle until that handle is
   * closed; closing it ends it for all callers. Rejects with `no-such-game`.
   */
  game(game: string, options?: AskOptions): Promise<GameHandle> {
    return this.#open('game.watch', { game }, options)
  }

  /**
   * Returns a handle at once, from a stored or predicted view; the server's view replaces it later. If the server does
   * not have the game, the handle ends with that error.
   */
  resume(view: GameView): GameHandle {
    const isKnown = this.#games.has(view.game)
    const handle = this.#handle(view)
    if (!isKnown && this.state.state === 'open') this.#watchAgain(handle)
    return handle
  }

  /** Yields this account's games, newest first. Requests each page only when the iteration reaches it. */
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

  /** Watches the lobby. A client has one lobby handle: another call returns it and replaces its `params`. */
  lobby(params: Params<'lobby.watch'> = {}, options?: AskOptions): Promise<LobbyHandle> {
    return this.#openWith('lobby.watch', params, options, ({ games }, left) => {
      const handle = this.#lobby?.handle ?? new LobbyHandle(games, (released) => this.#leaveLobby(released))
      this.#lobby = { handle, params }
      handle.hearAll(games)
      if (left.has(lobbyKey)) this.#watchLobbyAgain(this.#lobby)
      return handle
    })
  }

  /** For a host that woke from sleep: reconnects now instead of later, and checks that an open connection is alive. */
  wake(): void {
    this.#link.wake()
  }

  /** Closes the client permanently: unanswered requests reject, handles end, and all timers stop. Idempotent. */
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

  /** Sends all unanswered requests, and renews the watches of the last connection. */
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

  /**
   * A server outside a cluster never lags. If its `view` is older than the one `known` at the time of the request, its
   * journal was put back to an older state.
   */
  #seeAgain(handle: GameHandle, known: GameView, view: GameView): void {
    const isAlone = this.state.state === 'open' && this.state.hello.alone === true
    if (isAlone && !handle.mayLead(known, view)) this.#forgetGames(this.#journal ?? '')
    handle.hear(view)
  }

  /** The server has another history: every known game state is void. */
  #forgetGames(journal: string): void {
    const why = 'the server has another history: read the game again'
    for (const handle of this.#games.values()) handle.replace()
    this.#outbox.forget(new OxoError('stale', why))
    this.#replaced.tell(journal)
  }

  #watchLobbyAgain({ handle, params }: WatchedLobby): void {
    this.#ask('lobby.watch', params, { repeat: 'connection' }, ({ games }) => handle.hearAll(games)).catch(() =>
      this.#leaveLobby(handle),
    )
  }

  #leaveLobby(handle: LobbyHandle): void {
    if (this.#lobby?.handle !== handle) return
    this.#lobby = null
    this.#forget('lobby.unwatch', {}, lobbyKey)
  }

  /** Asks the server to stop sending notifications about a game or the lobby. */
  #forget<Method extends MethodName>(method: Method, params: Params<Method>, key: string): void {
    if (this.state.state !== 'open') return
    // A refusal needs no handling: at worst the server sends notifications that the client ignores.
    this.#ask(method, params, { repeat: 'connection' }, () => this.#forgotten(key)).catch(() => {})
  }

  /**
   * The server has stopped its notifications: a handle that was opened meanwhile, or is being opened, must watch again.
   */
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
      // Also when no caller waits any more: the client that made a change gets no notification of it, only this answer.
      if ('result' in message && isView(message.result)) this.#games.get(message.result.game)?.hear(message.result)
      return this.#outbox.answer(message.id, message)
    }
    const notice = message as Notice
    if (notice.method === 'lobby.changed') this.#lobby?.handle.hear(notice.params)
    else if (notice.method !== 'server.closing') this.#games.get(notice.params.game)?.hearNotice(notice)
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
    known?.hear(view)
    if (known !== undefined) return known
    const handle = new GameHandle(this.#handleClient, view)
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

  /** `take` runs synchronously when the answer arrives, before the next message is processed. */
  #ask<Method extends MethodName, T>(
    method: Method,
    params: object,
    how: Pick<Ask, 'repeat' | 'signal'>,
    take: (result: Result<Method>) => T,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (result: unknown): void => resolve(take(result as Result<Method>))
      this.#outbox.ask({ method, params, ...how, resolve: settle, reject })
    })
  }
}
