/** One connection of the text protocol: lines in, replies in the same order, and pushed boards in between. */
import { BoundedQueue, type Clock } from '../../base/index.ts'
import type { OfferKind, Player } from '../../game/index.ts'
import {
  Fault,
  type GameView,
  limits,
  makeEntered,
  makeListed,
  makeMoved,
  makePushed,
  makeRefusal,
  makeShown,
  makeTextPush,
  makeTextReply,
  type MethodName,
  openBoard,
  type Params,
  parseText,
  type Result,
  type TextCommand,
  textHelp,
} from '../../protocol/index.ts'
import type { Connection } from './connection.ts'

export interface TextDialogueOptions {
  /** Serves a request of the session. @throws Fault */
  readonly call: <Method extends MethodName>(method: Method, params: Params<Method>) => Promise<Result<Method>>
  /** Called when a line was answered without a request: it is charged all the same. */
  readonly withoutRequest?: () => void
  /** Ends each message with LF. */
  readonly connection: Pick<Connection, 'send' | 'sendNewest' | 'close'>
  readonly clock: Pick<Clock, 'now'>
  /** How many lines may wait. Lines after a full queue are refused, each in its turn. */
  readonly linesWaitingMax?: number
}

/** Commands that lead to a game in which the client may own a seat. */
type Sit = Extract<TextCommand, { verb: 'create' | 'play' | 'bot' | 'join' }>

/** How often an offer is tried when others move at the same time. */
const offerTriesMax = 3

export class TextDialogue {
  readonly #call: TextDialogueOptions['call']
  readonly #withoutRequest: () => void
  readonly #connection: TextDialogueOptions['connection']
  readonly #clock: TextDialogueOptions['clock']
  readonly #waiting: BoundedQueue<string>
  /**
   * How many lines came after the queue was full. While there are any, later lines join them, so that replies keep
   * their order.
   */
  #refused = 0
  #working: Promise<void> | null = null
  #isOver = false
  /** The current game: the one that a move or `board` is about. */
  #game = openBoard
  /** The id of this client's account; null until it is needed. */
  #account: string | null = null
  /**
   * The newest state of the current game that was sent. The same state is not pushed again, and its offer is the one
   * that `accept` and `decline` answer.
   */
  #shownState: GameView | null = null
  /** When a push last replaced one offer by another, on the monotonic clock. */
  #replacedAt = -Infinity
  /** Changes that came while a command was in progress, the newest of each game. */
  readonly #held = new Map<string, GameView>()

  constructor(options: TextDialogueOptions) {
    const { call, connection, clock, withoutRequest = () => {}, linesWaitingMax = limits.requestsInFlight } = options
    this.#call = call
    this.#withoutRequest = withoutRequest
    this.#connection = connection
    this.#clock = clock
    this.#waiting = new BoundedQueue(linesWaitingMax)
  }

  /** Takes one line without its terminator. A blank line has no reply. */
  hear(line: string): void {
    if (this.#isOver || line.trim() === '') return
    if (this.#refused > 0 || !this.#waiting.push(line)) this.#refused++
    this.#working ??= this.#work()
  }

  /** A game that this connection watches has changed. */
  changed(view: GameView): void {
    if (this.#working === null) this.#push(view)
    else this.#held.set(view.game, view)
  }

  /** The server is closing. */
  closing(reason: string): void {
    if (!this.#isOver) this.#connection.send(makeTextPush([`CLOSING ${reason}`]))
  }

  /** Resolves when every line received has its reply. */
  async finish(): Promise<void> {
    await this.#working
  }

  /** From now on nothing is sent. */
  end(): void {
    this.#isOver = true
    this.#held.clear()
  }

  async #work(): Promise<void> {
    for (let line = this.#waiting.shift(); line !== undefined && !this.#isOver; line = this.#waiting.shift()) {
      this.#reply(await this.#answer(line))
      for (const view of this.#held.values()) this.#push(view)
      this.#held.clear()
    }
    for (; this.#refused > 0; this.#refused--)
      this.#reply([makeRefusal('rate-limited', 'too many lines are waiting: wait for the replies')])
    this.#working = null
  }

  #reply(lines: readonly string[]): void {
    if (!this.#isOver) this.#connection.send(makeTextReply(lines))
  }

  #push(view: GameView): void {
    const shown = this.#shownState?.game === view.game ? this.#shownState : null
    if (this.#isOver || (shown !== null && shown.version >= view.version)) return
    this.#connection.sendNewest(view.game, makePushed(view))
    if (view.game !== this.#game) return
    if (shown?.offer !== undefined && view.offer !== undefined) this.#replacedAt = this.#clock.now()
    this.#shownState = view
  }

  async #answer(line: string): Promise<readonly string[]> {
    const command = parseText(line)
    if ('problem' in command) {
      this.#withoutRequest()
      return [makeRefusal('not-understood', command.problem)]
    }
    try {
      return await this.#run(command)
    } catch (cause) {
      if (cause instanceof Fault) return [makeRefusal(cause.fault, sentenceOf(cause)), ...this.#makeHint()]
      throw cause
    }
  }

  async #run(command: TextCommand): Promise<readonly string[]> {
    const game = this.#game
    switch (command.verb) {
      case 'move':
        return this.#moved(await this.#call('game.move', { game, ...command.move }))
      case 'board':
        return this.#shown(await this.#call('game.get', { game }))
      case 'main':
        return this.#shown(await this.#call('game.get', { game: openBoard }))
      case 'new':
        return this.#moved(await this.#call('game.restart', { game, ...rulesOf(command) }))
      case 'watch':
        return this.#entered(await this.#call('game.watch', { game: command.game ?? game }))
      case 'unwatch':
        await this.#call('game.unwatch', { game })
        return ['OK']
      case 'create':
      case 'play':
      case 'bot':
      case 'join':
        return this.#sit(command)
      case 'resign':
        return this.#moved(await this.#call('game.resign', { game }))
      case 'offer':
        return this.#offer(command.what)
      case 'answer':
        return this.#settle(command.accept)
      case 'games': {
        const { games } = await this.#call('lobby.list', {})
        return [`OK ${games.length} ${games.length === 1 ? 'game' : 'games'}`, ...games.map(makeListed)]
      }
      case 'name':
        return this.#named(await this.#call('hello', { name: command.name }))
      case 'as':
        return this.#named(await this.#call('hello', { token: command.token }))
      case 'token':
        return [`OK ${(await this.#call('hello', {})).token}`]
      case 'help':
        this.#withoutRequest()
        return ['OK', ...textHelp]
      case 'quit':
        return this.#quit()
    }
  }

  async #sit(command: Sit): Promise<readonly string[]> {
    // The reply names the client's seat, so its account must be known.
    this.#account ??= (await this.#call('hello', {})).account.id
    return this.#entered(await this.#take(command))
  }

  #take(command: Sit): Promise<GameView> {
    switch (command.verb) {
      case 'create':
        return this.#call('game.create', rulesOf(command))
      case 'play':
        return this.#call('lobby.play', rulesOf(command))
      case 'bot':
        return this.#call('game.create', { opponent: { bot: command.level }, ...rulesOf(command) })
      case 'join': {
        const { game, player } = command
        return this.#call('game.join', player === undefined ? { game } : { game, player })
      }
    }
  }

  /** Answers the offer that was last shown here and no other: hence the version. */
  async #settle(accept: boolean): Promise<readonly string[]> {
    const game = this.#game
    const shown = this.#shownState?.game === game ? this.#shownState : null
    if (shown?.offer === undefined || this.#clock.now() - this.#replacedAt < limits.noticeMs)
      return this.#refuseAnswer(await this.#call('game.get', { game }))
    const { version, offer } = shown
    try {
      return this.#moved(await this.#call('game.answer', { game, version, what: offer.what, accept }))
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.retry !== 'refresh') throw cause
      return this.#refuseAnswer(await this.#call('game.get', { game }))
    }
  }

  /**
   * Makes an offer, unless the opponent has made the same offer and this client has not seen it: repeating it would
   * accept it.
   */
  async #offer(what: OfferKind): Promise<readonly string[]> {
    const game = this.#game
    for (let tries = 1; ; tries++) {
      const shown = this.#shownState?.game === game ? { version: this.#shownState.version } : {}
      try {
        return this.#moved(await this.#call('game.offer', { game, what, ...shown }))
      } catch (cause) {
        if (!(cause instanceof Fault) || cause.fault !== 'stale' || tries === offerTriesMax) throw cause
        const view = await this.#call('game.get', { game })
        if (view.offer?.what === what) return this.#refuseAnswer(view)
        this.#shownState = view
      }
    }
  }

  /**
   * The current state is not the one that was shown: shows it now, and its offer can be answered from now on.
   * @throws Fault
   */
  #refuseAnswer(view: GameView): readonly string[] {
    if (view.offer === undefined && view.version === (this.#shownState?.version ?? view.version))
      throw new Fault('no-offer')
    this.#replacedAt = -Infinity
    const why = view.offer === undefined ? 'the offer is gone' : 'the offer is another one: look, then answer again'
    return [makeRefusal('stale', why), ...this.#shown(view)]
  }

  /** Names the rematch of the current game, for a player who has missed it. */
  #makeHint(): readonly string[] {
    const next = this.#shownState?.game === this.#game ? this.#shownState.next : undefined
    return next === undefined ? [] : [`the rematch: join ${next}`]
  }

  #moved(view: GameView): readonly string[] {
    this.#shownState = view
    return makeMoved(view)
  }

  #shown(view: GameView): readonly string[] {
    this.#shownState = view
    this.#game = view.game
    return makeShown(view)
  }

  #entered(view: GameView): readonly string[] {
    this.#shownState = view
    this.#game = view.game
    return makeEntered(view, this.#seatIn(view))
  }

  #seatIn({ players }: GameView): Player | undefined {
    if (this.#account === null) return undefined
    return players.X?.id === this.#account ? 'X' : players.O?.id === this.#account ? 'O' : undefined
  }

  #named({ account }: Result<'hello'>): readonly string[] {
    this.#account = account.id
    return [`OK you are ${account.name}`]
  }

  #quit(): readonly string[] {
    this.#reply(['OK goodbye'])
    this.end()
    this.#connection.close(1000, 'quit')
    return []
  }
}

/** The `rules` parameter, if the command names rules. */
function rulesOf({ rules }: { readonly rules?: string }): { rules?: string } {
  return rules === undefined ? {} : { rules }
}

/** Adds the retry delay to the message: in JSON it is in the detail. */
function sentenceOf({ message, detail: { retryAfterMs } }: Fault): string {
  // Rounded up, so that a client that waits this long is not refused again.
  return retryAfterMs === undefined
    ? message
    : `${message}; try again in ${(Math.ceil(retryAfterMs / 100) / 10).toFixed(1)} s`
}
