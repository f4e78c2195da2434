/** One person at the text protocol: lines in, replies in the same order, and pushed boards in between. */
import { BoundedQueue, type Clock } from '../../base/index.ts'
import type { OfferKind, Player } from '../../game/index.ts'
import {
  Fault,
  type GameView,
  limits,
  makeEntered,
  makeListed,
  makeMoved,
  makeRefusal,
  makeShown,
  makePushed,
  makeTextPush,
  makeTextReply,
  type MethodName,
  type Params,
  parseText,
  type Result,
  type TextCommand,
  textHelp,
} from '../../protocol/index.ts'
import type { Connection } from './connection.ts'

export interface TextDialogueOptions {
  /** The session's. @throws Fault */
  readonly call: <Method extends MethodName>(method: Method, params: Params<Method>) => Promise<Result<Method>>
  /** A line was answered without a request: it is paid for all the same. */
  readonly withoutRequest?: () => void
  /** Ends each message with LF. */
  readonly connection: Pick<Connection, 'send' | 'sendNewest' | 'close'>
  readonly clock: Pick<Clock, 'now'>
  /** Lines that may wait for their turn; the ones behind are refused, in their turn. */
  readonly linesWaitingMax?: number
}

/** What leads to a game in which one may own a seat. */
type Sit = Extract<TextCommand, { verb: 'create' | 'play' | 'bot' | 'join' }>

/** Who offers while others move is tried again this often. */
const offerTriesMax = 3

/** The board that every server has. */
const openBoard = 'main'

export class TextDialogue {
  readonly #call: TextDialogueOptions['call']
  readonly #withoutRequest: () => void
  readonly #connection: TextDialogueOptions['connection']
  readonly #clock: TextDialogueOptions['clock']
  readonly #waiting: BoundedQueue<string>
  /** Lines that came behind a full queue. While there are any, later ones join them: replies keep their order. */
  #refused = 0
  #working: Promise<void> | null = null
  #isOver = false
  /** The game that a move or `board` is about. */
  #game = openBoard
  /** Who this is, once it had to be known. */
  #account: string | null = null
  /** The newest state that was told of the current game: the same need not be pushed, and its offer is the one to answer. */
  #told: GameView | null = null
  /** When a push last put one offer in the place of another. */
  #replacedAt = -Infinity
  /** Changes that came while a reply was on its way, the newest of each game. */
  readonly #held = new Map<string, GameView>()

  constructor(options: TextDialogueOptions) {
    const { call, connection, clock, withoutRequest = () => {}, linesWaitingMax = limits.requestsInFlight } = options
    this.#call = call
    this.#withoutRequest = withoutRequest
    this.#connection = connection
    this.#clock = clock
    this.#waiting = new BoundedQueue(linesWaitingMax)
  }

  /** One line without its end. A blank one has no reply. */
  hear(line: string): void {
    if (this.#isOver || line.trim() === '') return
    if (this.#refused > 0 || !this.#waiting.push(line)) this.#refused++
    this.#working ??= this.#work()
  }

  /** A game that this connection hears of has changed. */
  changed(view: GameView): void {
    if (this.#working === null) this.#push(view)
    else this.#held.set(view.game, view)
  }

  /** The server is going away. */
  closing(reason: string): void {
    if (!this.#isOver) this.#connection.send(makeTextPush([`CLOSING ${reason}`]))
  }

  /** Resolves when every line heard has its reply. */
  async finish(): Promise<void> {
    await this.#working
  }

  /** Nothing is answered from now on. */
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
    for (; this.#refused > 0; this.#refused--) this.#reply([makeRefusal('rate-limited', 'too many lines are waiting')])
    this.#working = null
  }

  #reply(lines: readonly string[]): void {
    if (!this.#isOver) this.#connection.send(makeTextReply(lines))
  }

  #push(view: GameView): void {
    const told = this.#told?.game === view.game ? this.#told : null
    if (this.#isOver || (told !== null && told.version >= view.version)) return
    this.#connection.sendNewest(view.game, makePushed(view))
    if (view.game !== this.#game) return
    if (told?.offer !== undefined && view.offer !== undefined) this.#replacedAt = this.#clock.now()
    this.#told = view
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
    // Only who is known can be told which seat is theirs.
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

  /** Answers the offer that was last told here, and no other: hence the version. */
  async #settle(accept: boolean): Promise<readonly string[]> {
    const game = this.#game
    const told = this.#told?.game === game ? this.#told : null
    if (told?.offer === undefined || this.#clock.now() - this.#replacedAt < limits.noticeMs)
      return this.#refuseAnswer(await this.#call('game.get', { game }))
    const { version, offer } = told
    try {
      return this.#moved(await this.#call('game.answer', { game, version, what: offer.what, accept }))
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.retry !== 'refresh') throw cause
      return this.#refuseAnswer(await this.#call('game.get', { game }))
    }
  }

  /** Offers, but for what the opponent offers without this connection knowing: to offer that would accept it. */
  async #offer(what: OfferKind): Promise<readonly string[]> {
    const game = this.#game
    for (let tries = 1; ; tries++) {
      const told = this.#told?.game === game ? { version: this.#told.version } : {}
      try {
        return this.#moved(await this.#call('game.offer', { game, what, ...told }))
      } catch (cause) {
        if (!(cause instanceof Fault) || cause.fault !== 'stale' || tries === offerTriesMax) throw cause
        const view = await this.#call('game.get', { game })
        if (view.offer?.what === what) return this.#refuseAnswer(view)
        this.#told = view
      }
    }
  }

  /** What stands is not what was told: it is told now, and can be answered from now on. @throws Fault */
  #refuseAnswer(view: GameView): readonly string[] {
    if (view.offer === undefined && view.version === (this.#told?.version ?? view.version)) throw new Fault('no-offer')
    this.#replacedAt = -Infinity
    const why = view.offer === undefined ? 'the offer is gone' : 'the offer is another one: look, then answer again'
    return [makeRefusal('stale', why), ...this.#shown(view)]
  }

  /** The rematch of the current game, for a player who has missed it. */
  #makeHint(): readonly string[] {
    const next = this.#told?.game === this.#game ? this.#told.next : undefined
    return next === undefined ? [] : [`the rematch: join ${next}`]
  }

  #moved(view: GameView): readonly string[] {
    this.#told = view
    return makeMoved(view)
  }

  #shown(view: GameView): readonly string[] {
    this.#told = view
    this.#game = view.game
    return makeShown(view)
  }

  #entered(view: GameView): readonly string[] {
    this.#told = view
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

/** The params of what takes rules: none where none were named. */
function rulesOf({ rules }: { readonly rules?: string }): { rules?: string } {
  return rules === undefined ? {} : { rules }
}

/** What programs read from the detail stands in the sentence. */
function sentenceOf({ message, detail: { retryAfterMs } }: Fault): string {
  // Rounded up: who comes back too early is refused again.
  return retryAfterMs === undefined
    ? message
    : `${message}; try again in ${(Math.ceil(retryAfterMs / 100) / 10).toFixed(1)} s`
}
