/** One game in the hands of a client: its newest view, kept up to date, and the moves under way. */
import type { Account, Mark, OfferKind, Player } from '../game/index.ts'
import type { MethodName, Notification, Params, Result } from '../protocol/methods.ts'
import type { GameRecord, GameView } from '../protocol/shapes.ts'
import type { AskOptions } from './client-options.ts'
import { type Attempt, foresee } from './foresee.ts'
import { Listeners } from './listeners.ts'
import { makeClosed, OxoError } from './oxo-error.ts'

/** What a handle needs of its client. */
export interface Keeper {
  /** Who plays; null while that is unknown. */
  account(): Account | null
  now(): number
  call<Method extends MethodName>(method: Method, params: Params<Method>, signal?: AbortSignal): Promise<Result<Method>>
  /** `unanswered` reads differently. */
  changed(handle: GameHandle): void
  /** The handle is closed. */
  release(handle: GameHandle): void
}

type Command = 'game.join' | 'game.move' | 'game.resign' | 'game.offer' | 'game.answer' | 'game.restart'

/** A command that waits for its answer. It names its game and version, so it happens once however often it is asked. */
export interface Unanswered {
  readonly method: Command
  readonly params: { readonly game: string; readonly version: number }
}

export interface CommandOptions extends AskOptions {
  /** Of the view that it was decided at, if that took time; as shown now by default. In another one it is refused with `stale`. */
  readonly version?: number | undefined
}

export interface MoveOptions extends CommandOptions {
  /** Where the rules let the player choose. */
  readonly mark?: Mark | undefined
}

/**
 * Commands are sent one after the other, each with the version it was decided at; the next one goes when the one before
 * it is confirmed. If that is refused, so are those behind it: they were decided on a board that never came.
 */
export class GameHandle {
  readonly id: string
  readonly #keeper: Keeper
  readonly #changes = new Listeners<GameHandle>()
  readonly #waiting = new Set<(view: GameView | null) => void>()
  /** Oldest first; moves among them are shown. */
  readonly #pending: Unanswered[] = []
  #last: Promise<unknown> = Promise.resolve()
  #view: GameView
  /** Views there were: whoever iterates has had so many. */
  #views = 1
  /** The view is of games that the server no longer has: the next one counts, whatever its version. */
  #isReplaced = false
  /** When the view was heard, and when its clocks were right. */
  #viewAt: number
  #shown: GameView
  #shownAt: number
  #presence: Notification<'game.presence'> | null = null
  #end: OxoError | null = null

  /** Made by a client: see `Client.game`. */
  constructor(keeper: Keeper, view: GameView) {
    this.#keeper = keeper
    this.id = view.game
    this.#view = this.#shown = view
    this.#viewAt = this.#shownAt = keeper.now()
  }

  /** The newest state that the server has confirmed. */
  get view(): GameView {
    return this.#view
  }

  /** What to draw: the view, with the own moves on it that wait for their answer. */
  get shown(): GameView {
    return this.#shown
  }

  /** Whether a command waits for its answer. */
  get pending(): boolean {
    return this.#pending.length > 0
  }

  /** The commands without an answer, oldest first. Kept with the view, they outlive this client: see {@link repeat}. */
  get unanswered(): readonly Unanswered[] {
    return [...this.#pending]
  }

  /** Why this handle hears no more of the game; null while it does. */
  get ended(): OxoError | null {
    return this.#end
  }

  /** Who is connected; null until the server has said it. */
  get presence(): Notification<'game.presence'> | null {
    return this.#presence
  }

  /** The player whose seat this account owns: of two the one to move. Null for a spectator, and where seats are open. */
  get myPlayer(): Player | null {
    const { players, turn } = this.#shown
    const account = this.#keeper.account()
    if (account === null) return null
    const owned = (['X', 'O'] as const).filter((player) => players[player]?.id === account.id)
    return owned.find((player) => player === turn) ?? owned[0] ?? null
  }

  /** Whether this account may move now, as shown. */
  get myTurn(): boolean {
    const { seats, turn, players } = this.#shown
    if (turn === null) return false
    return seats === 'open' || (players.X !== null && players.O !== null && this.myPlayer === turn)
  }

  /** What `player` has left on the clock now, as shown; null without a clock. */
  msLeft(player: Player): number | null {
    const { clock, turn } = this.#shown
    if (clock === undefined) return null
    const spent = clock.running && turn === player ? this.#keeper.now() - this.#shownAt : 0
    return Math.max(0, clock[player] - spent)
  }

  /**
   * Places a mark: `x` is the column from the left, `y` the row from the top, both from 0. Shown at once if the rules allow
   * it; resolves when stored, rejects when refused: then it is shown no more. It is decided at the view shown, so whoever
   * moves before the opponent's move was heard is refused with `stale`: wait with `until`, or look at `myTurn`.
   */
  move(x: number, y: number, { mark, ...options }: MoveOptions = {}): Promise<GameView> {
    return this.#command('game.move', mark === undefined ? { x, y } : { x, y, mark }, options)
  }

  /** Takes a free seat: the one named, else the first. */
  join(player?: Player, options?: CommandOptions): Promise<GameView> {
    return this.#command('game.join', player === undefined ? {} : { player }, options)
  }

  /** Gives the game to the opponent. Rejects with `game-over`, `not-started`, `not-your-seat` or `stale`. */
  resign(options?: CommandOptions): Promise<GameView> {
    return this.#command('game.resign', {}, options)
  }

  /** A draw, a takeback of the own last move, or, after the end, a rematch. To offer what is offered accepts it. */
  offer(what: OfferKind, options?: CommandOptions): Promise<GameView> {
    return this.#command('game.offer', { what }, options)
  }

  /**
   * To an offer of the opponent; `false` declines it, and withdraws an own one. It is never an answer to an offer that has
   * taken the place of the one shown. After a rematch `next` of the view is the new game.
   */
  answer(what: OfferKind, accept = true, options?: CommandOptions): Promise<GameView> {
    return this.#command('game.answer', { what, accept }, options)
  }

  /** Clears a board with open seats. */
  restart(rules?: Params<'game.restart'>['rules'], options?: CommandOptions): Promise<GameView> {
    return this.#command('game.restart', rules === undefined ? {} : { rules }, options)
  }

  /** Asks again what an earlier client was not answered: a command that was done gets the answer that it got. */
  repeat(command: Unanswered, options?: AskOptions): Promise<GameView> {
    return this.#ask(command, options?.signal)
  }

  /** Every event of the game; see `verifyRecord`, and `readRecord` for one that has `too-many`. */
  record(options?: AskOptions): Promise<GameRecord> {
    return this.#keeper.call('game.record', { game: this.id }, options?.signal)
  }

  /** Called whenever anything here reads differently, also a clock, who is connected, and the end. The answer ends it. */
  onChange(listener: (handle: GameHandle) => void): () => void {
    return this.#changes.add(listener)
  }

  /**
   * Resolves with the first confirmed view that fits, this one included. States may be skipped, the newest never is. Waits
   * without end, through lost connections; rejects with `ended` once the handle is closed or of no more use, and with the
   * reason of a `signal` that aborts.
   */
  async until(fits: (view: GameView) => boolean, { signal }: AskOptions = {}): Promise<GameView> {
    while (this.#end === null && !fits(this.#view)) await this.#next(signal)
    if (fits(this.#view)) return this.#view
    throw this.#end ?? makeClosed('the game was closed')
  }

  /** The confirmed view, and each newer one until the handle ends, see `ended`; a slow reader gets the newest only. */
  async *[Symbol.asyncIterator](): AsyncGenerator<GameView, void, undefined> {
    for (let seen = 0; ;) {
      while (this.#views <= seen) if ((await this.#next()) === null) return
      seen = this.#views
      yield this.#view
      if (this.#end !== null) return
    }
  }

  /** Hears no more of the game: whoever iterates or waits for it is done. What was asked is still answered. Idempotent. */
  close(): void {
    this.end(makeClosed('the game was closed'))
  }

  /** For the client. A view that is not newer changes nothing but the clocks. */
  hear(view: GameView): void {
    const isNewer = view.version > this.#view.version || this.#isReplaced
    const isSame = view.version === this.#view.version
    if (this.#end !== null || !(isNewer || (isSame && view.clock !== undefined))) return
    this.#view = view
    this.#isReplaced = false
    this.#viewAt = this.#keeper.now()
    if (isNewer) this.#views++
    this.#show()
    if (isNewer) this.#wake(view)
  }

  /** For the client: whether `view` may be the state of this game that followed `known`, or that state itself. */
  mayLead(known: GameView, view: GameView): boolean {
    const { version, board, last } = known
    if (this.#isReplaced || view.version > version) return true
    return view.version === version && view.board === board && isSameEvent(view.last, last)
  }

  /** For the client: the server has other games than before. */
  replace(): void {
    this.#isReplaced = true
    this.#presence = null
  }

  /** For the client. */
  hearPresence(presence: Notification<'game.presence'>): void {
    this.#presence = presence
    this.#changes.tell(this)
  }

  /** For the client: the handle is of no more use, for this reason. */
  end(reason: OxoError): void {
    if (this.#end !== null) return
    this.#end = reason
    this.#keeper.release(this)
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
    this.#keeper.changed(this)
    const send = (): Promise<GameView> => this.#keeper.call(command.method, command.params as Params<Command>, signal)
    const answer = (before === null ? send() : before.then(send, refuseNext)).finally(() => {
      this.#pending.splice(this.#pending.indexOf(command), 1)
      this.#show()
      this.#keeper.changed(this)
    })
    this.#last = answer
    return answer
  }

  #show(): void {
    const moves = this.#pending.filter(({ method }) => method === 'game.move')
    const attempts = moves.map(({ params }) => params as unknown as Attempt)
    const now = this.#keeper.now()
    this.#shown = foresee(this.#view, attempts, this.#keeper.account()?.id ?? null, now - this.#viewAt)
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
