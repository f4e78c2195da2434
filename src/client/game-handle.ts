/** A client's handle to one game: its newest view, kept up to date, and its unanswered commands. */
import type { Account, Mark, OfferKind, Player } from '../game/index.ts'
import type { MethodName, Notification, Params, Result, GameRecord, GameView, Saying } from '../protocol/index.ts'
import type { AskOptions, GameNotice } from './words.ts'
import { type PendingMove, foresee } from './foresee.ts'
import { ListenerList } from './listeners.ts'
import { makeClosed, OxoError } from './oxo-error.ts'

/** What a handle needs from its client. */
export interface HandleClient {
  /** The client's account; null while it is unknown. */
  account(): Account | null
  now(): number
  call<Method extends MethodName>(method: Method, params: Params<Method>, signal?: AbortSignal): Promise<Result<Method>>
  /** Called when `unanswered` of the handle has changed. */
  changed(handle: GameHandle): void
  /** Called when the handle is closed. */
  release(handle: GameHandle): void
}

type Command = 'game.join' | 'game.move' | 'game.resign' | 'game.offer' | 'game.answer' | 'game.restart'

/** A command that waits for its answer. It names its game and version, so a repeat does not execute it twice. */
export interface Unanswered {
  readonly method: Command
  readonly params: { readonly game: string; readonly version: number }
}

export interface CommandOptions extends AskOptions {
  /**
   * The version of the view that the command was decided at; by default the version shown now. The server refuses the
   * command with `stale` if the game has another version.
   */
  readonly version?: number | undefined
}

export interface MoveOptions extends CommandOptions {
  /** The mark to place, if the rules let the player choose. */
  readonly mark?: Mark | undefined
}

/**
 * Commands are sent one at a time, each with the version it was decided at; the next one is sent when the previous one
 * is
 * confirmed. If a command is refused, all later ones are too: they were decided on a board that never existed.
 */
export class GameHandle {
  readonly id: string
  readonly #client: HandleClient
  readonly #changes = new ListenerList<GameHandle>()
  readonly #sayings = new ListenerList<Notification<'game.said'>>()
  readonly #waiting = new Set<(view: GameView | null) => void>()
  /** Oldest first; the moves among them are part of `shown`. */
  readonly #pending: Unanswered[] = []
  #last: Promise<unknown> = Promise.resolve()
  #view: GameView
  /** The number of views so far; an iterator compares it with the number at its last step. */
  #views = 1
  /** The view belongs to a history that the server no longer has: the next view is accepted, whatever its version. */
  #isReplaced = false
  /** When the view arrived: the time at which its clocks were exact. */
  #viewAt: number
  #shown: GameView
  #shownAt: number
  #presence: Notification<'game.presence'> | null = null
  #end: OxoError | null = null

  /** Only a client constructs it: see `Client.game`. */
  constructor(client: HandleClient, view: GameView) {
    this.#client = client
    this.id = view.game
    this.#view = this.#shown = view
    this.#viewAt = this.#shownAt = client.now()
  }

  /** The newest state that the server has confirmed. */
  get view(): GameView {
    return this.#view
  }

  /** The state to draw: the confirmed view plus this client's unanswered moves. */
  get shown(): GameView {
    return this.#shown
  }

  /** Whether a command waits for its answer. */
  get pending(): boolean {
    return this.#pending.length > 0
  }

  /** The unanswered commands, oldest first. Store them with the view to {@link repeat} them in a later client. */
  get unanswered(): readonly Unanswered[] {
    return [...this.#pending]
  }

  /** Why this handle ended; null while it is in use. */
  get ended(): OxoError | null {
    return this.#end
  }

  /** Who is connected; null until the server has sent it. */
  get presence(): Notification<'game.presence'> | null {
    return this.#presence
  }

  /**
   * The player whose seat this account owns; if it owns both, the player to move. Null for a spectator and in a game
   * with
   * open seats.
   */
  get myPlayer(): Player | null {
    const { players, turn } = this.#shown
    const account = this.#client.account()
    if (account === null) return null
    const owned = (['X', 'O'] as const).filter((player) => players[player]?.id === account.id)
    return owned.find((player) => player === turn) ?? owned[0] ?? null
  }

  /** Whether this account may move now, in the state shown. */
  get myTurn(): boolean {
    const { seats, turn, players } = this.#shown
    if (turn === null) return false
    return seats === 'open' || (players.X !== null && players.O !== null && this.myPlayer === turn)
  }

  /** The time that `player` has left now, in ms, in the state shown; null without a clock. */
  msLeft(player: Player): number | null {
    const { clock, turn } = this.#shown
    if (clock === undefined) return null
    const spent = clock.running && turn === player ? this.#client.now() - this.#shownAt : 0
    return Math.max(0, clock[player] - spent)
  }

  /**
   * Places a mark: `x` is the column from the left, `y` the row from the top, both from 0. The move is shown at once if
   * the rules allow it. Resolves when the move is stored; rejects when it is refused, and then it is no longer shown.
   * The
   * move is decided at the view shown: a move made before the opponent's move has arrived is refused with `stale`. Wait
   * with `until`, or check `myTurn`.
   */
  move(x: number, y: number, { mark, ...options }: MoveOptions = {}): Promise<GameView> {
    return this.#command('game.move', mark === undefined ? { x, y } : { x, y, mark }, options)
  }

  /** Takes a free seat: `player`, or else the first free one. */
  join(player?: Player, options?: CommandOptions): Promise<GameView> {
    return this.#command('game.join', player === undefined ? {} : { player }, options)
  }

  /** Gives the game to the opponent. Rejects with `game-over`, `not-started`, `not-your-seat` or `stale`. */
  resign(options?: CommandOptions): Promise<GameView> {
    return this.#command('game.resign', {}, options)
  }

  /**
   * Offers a draw, a takeback of one's own last move, or, after the end, a rematch. It accepts the opponent's offer of
   * the
   * same kind.
   */
  offer(what: OfferKind, options?: CommandOptions): Promise<GameView> {
    return this.#command('game.offer', { what }, options)
  }

  /**
   * Answers the opponent's offer. `accept = false` declines it, or withdraws one's own offer. The answer applies only
   * to
   * the offer shown, never to a later one. After an accepted rematch, `next` of the view is the new game's id.
   */
  answer(what: OfferKind, accept = true, options?: CommandOptions): Promise<GameView> {
    return this.#command('game.answer', { what, accept }, options)
  }

  /** Clears the board of a game with open seats. */
  restart(rules?: Params<'game.restart'>['rules'], options?: CommandOptions): Promise<GameView> {
    return this.#command('game.restart', rules === undefined ? {} : { rules }, options)
  }

  /**
   * Says one of the set phrases or reactions to the opponent. Resolves when the server has passed it on; nobody stores
   * it. Rejects with `not-your-seat` unless both seats belong to people, this account among them, and with
   * `not-started`.
   */
  async say(what: Saying, options?: AskOptions): Promise<void> {
    const by = this.myPlayer
    await this.#client.call('game.say', { game: this.id, what }, options?.signal)
    if (by !== null) this.#sayings.tell({ game: this.id, by, what })
  }

  /** Repeats a command that an earlier client got no answer to. If it was executed then, the answer is the same. */
  repeat(command: Unanswered, options?: AskOptions): Promise<GameView> {
    return this.#ask(command, options?.signal)
  }

  /**
   * Reads every event of the game, to be checked with `verifyRecord`. If it rejects with `too-many`, use `readRecord`.
   */
  record(options?: AskOptions): Promise<GameRecord> {
    return this.#client.call('game.record', { game: this.id }, options?.signal)
  }

  /**
   * Calls `listener` whenever any property of this handle changes, also a clock, the presence and the end. The returned
   * function removes it.
   */
  onChange(listener: (handle: GameHandle) => void): () => void {
    return this.#changes.add(listener)
  }

  /** Calls `listener` with what each player says, this account's own sayings too. The returned function removes it. */
  onSaid(listener: (said: Notification<'game.said'>) => void): () => void {
    return this.#sayings.add(listener)
  }

  /**
   * Resolves with the first confirmed view that fits, also the current one. It may skip intermediate states, never the
   * newest. It waits without a time limit, also while the connection is lost. Rejects with `ended` when the handle
   * ends,
   * and with the reason of `signal` when that aborts.
   */
  async until(fits: (view: GameView) => boolean, { signal }: AskOptions = {}): Promise<GameView> {
    while (this.#end === null && !fits(this.#view)) await this.#next(signal)
    if (fits(this.#view)) return this.#view
    throw this.#end ?? makeClosed('the game was closed')
  }

  /**
   * Yields the confirmed view and each newer one until the handle ends, see `ended`. A slow reader gets only the
   * newest.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<GameView, void, undefined> {
    for (let seen = 0; ;) {
      while (this.#views <= seen) if ((await this.#next()) === null) return
      seen = this.#views
      yield this.#view
      if (this.#end !== null) return
    }
  }

  /** Stops all updates, iterators and waits of this handle. Commands already sent are still answered. Idempotent. */
  close(): void {
    this.end(makeClosed('the game was closed'))
  }

  /** For the client: takes a view. One that is not newer changes only the clocks. */
  hear(view: GameView): void {
    const isNewer = view.version > this.#view.version || this.#isReplaced
    const isSame = view.version === this.#view.version
    if (this.#end !== null || !(isNewer || (isSame && view.clock !== undefined))) return
    this.#view = view
    this.#isReplaced = false
    this.#viewAt = this.#client.now()
    if (isNewer) this.#views++
    this.#show()
    if (isNewer) this.#wake(view)
  }

  /** For the client: whether `view` can be the same state of this game as `known`, or a later one. */
  mayLead(known: GameView, view: GameView): boolean {
    const { version, board, last } = known
    if (this.#isReplaced || view.version > version) return true
    return view.version === version && view.board === board && isSameEvent(view.last, last)
  }

  /** For the client: the server has another history than before. */
  replace(): void {
    this.#isReplaced = true
    this.#presence = null
  }

  /** For the client: takes a notification. */
  hearNotice({ method, params }: GameNotice): void {
    if (method === 'game.changed') return this.hear(params)
    if (method === 'game.said') return this.#sayings.tell(params)
    this.#presence = params
    this.#changes.tell(this)
  }

  /** For the client: ends the handle for `reason`. */
  end(reason: OxoError): void {
    if (this.#end !== null) return
    this.#end = reason
    this.#client.release(this)
    this.#wake(null)
    this.#changes.tell(this)
  }

  #command(method: Command, params: object, { version: decidedAt, signal }: CommandOptions = {}): Promise<GameView> {
    const previous = this.#pending.at(-1)
    const version = decidedAt ?? Math.max(this.#view.version, previous === undefined ? 0 : previous.params.version + 1)
    return this.#ask({ method, params: { ...params, game: this.id, version } }, signal)
  }

  #ask(command: Unanswered, signal?: AbortSignal): Promise<GameView> {
    const before = this.#pending.length === 0 ? null : this.#last
    this.#pending.push(command)
    this.#show()
    this.#client.changed(this)
    const send = (): Promise<GameView> => this.#client.call(command.method, command.params as Params<Command>, signal)
    const answer = (before === null ? send() : before.then(send, refuseNext)).finally(() => {
      this.#pending.splice(this.#pending.indexOf(command), 1)
      this.#show()
      this.#client.changed(this)
    })
    this.#last = answer
    return answer
  }

  #show(): void {
    const moves = this.#pending.filter(({ method }) => method === 'game.move')
    const attempts = moves.map(({ params }) => params as unknown as PendingMove)
    const now = this.#client.now()
    this.#shown = foresee(this.#view, attempts, this.#client.account()?.id ?? null, now - this.#viewAt)
    this.#shownAt = this.#shown === this.#view ? this.#viewAt : now
    this.#changes.tell(this)
  }

  #next(signal?: AbortSignal): Promise<GameView | null> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (this.#end !== null) return resolve(null)
      const abort = (): void => {
        this.#waiting.delete(wake)
        reject(signal?.reason)
      }
      const wake = (view: GameView | null): void => {
        signal?.removeEventListener('abort', abort)
        resolve(view)
      }
      signal?.addEventListener('abort', abort)
      this.#waiting.add(wake)
    })
  }

  #wake(view: GameView | null): void {
    for (const resolve of this.#waiting) resolve(view)
    this.#waiting.clear()
  }
}

function isSameEvent(a: GameView['last'], b: GameView['last']): boolean {
  return a?.type === b?.type && a?.player === b?.player && a?.x === b?.x && a?.y === b?.y && a?.what === b?.what
}

function refuseNext(): never {
  throw new OxoError('stale', 'the command before this one was refused')
}
