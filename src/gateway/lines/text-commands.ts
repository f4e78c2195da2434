/** The commands of the text protocol: what each line asks of the session, and the reply in lines. */
import type { Clock } from '../../base/index.ts'
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
  openBoard,
  type Params,
  parseText,
  type Result,
  type TextCommand,
  textHelp,
} from '../../protocol/index.ts'
import type { Session } from '../../service/index.ts'

/** Commands that lead to a game in which the client may own a seat. */
type SeatCommand = Extract<TextCommand, { verb: 'create' | 'play' | 'bot' | 'join' }>

/** How often an offer is tried when others move at the same time. */
const offerTriesMax = 3

export class TextCommands {
  readonly #session: Pick<Session, 'call' | 'charge'>
  readonly #clock: Pick<Clock, 'now'>
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
  #offerReplacedAt = -Infinity
  /** The client has said `quit`. */
  hasQuit = false

  constructor(session: Pick<Session, 'call' | 'charge'>, clock: Pick<Clock, 'now'>) {
    this.#session = session
    this.#clock = clock
  }

  /** The reply to one line. */
  async answer(line: string): Promise<readonly string[]> {
    const command = parseText(line)
    if ('problem' in command) {
      this.#session.charge()
      return [makeRefusal('not-understood', command.problem)]
    }
    try {
      return await this.#run(command)
    } catch (cause) {
      if (cause instanceof Fault) return [makeRefusal(cause.fault, sentenceOf(cause)), ...this.#makeHint()]
      throw cause
    }
  }

  /** True if the client has not been shown this state of a watched game, nor a newer one. It then counts as shown. */
  isNew(view: GameView): boolean {
    const shown = this.#shownState?.game === view.game ? this.#shownState : null
    if (shown !== null && shown.version >= view.version) return false
    if (view.game !== this.#game) return true
    if (shown?.offer !== undefined && view.offer !== undefined) this.#offerReplacedAt = this.#clock.now()
    this.#shownState = view
    return true
  }

  async #run(command: TextCommand): Promise<readonly string[]> {
    const game = this.#game
    switch (command.verb) {
      case 'move':
        return this.#moved(await this.#session.call('game.move', { game, ...command.move }))
      case 'board':
        return this.#shown(await this.#session.call('game.get', { game }))
      case 'main':
        return this.#shown(await this.#session.call('game.get', { game: openBoard }))
      case 'new':
        return this.#moved(await this.#session.call('game.restart', { game, ...rulesOf(command) }))
      case 'watch':
        return this.#entered(await this.#session.call('game.watch', { game: command.game ?? game }))
      case 'unwatch':
        await this.#session.call('game.unwatch', { game })
        return ['OK']
      case 'create':
      case 'play':
      case 'bot':
      case 'join':
        return this.#sit(command)
      case 'resign':
        return this.#moved(await this.#session.call('game.resign', { game }))
      case 'offer':
        return this.#offer(command.what)
      case 'answer':
        return this.#settle(command.accept)
      case 'say':
        await this.#session.call('game.say', { game, what: command.what })
        return ['OK']
      case 'games': {
        const { games } = await this.#session.call('lobby.list', {})
        return [`OK ${games.length} ${games.length === 1 ? 'game' : 'games'}`, ...games.map(makeListed)]
      }
      case 'name':
        return this.#named(await this.#session.call('hello', { name: command.name }))
      case 'as':
        return this.#named(await this.#session.call('hello', { token: command.token }))
      case 'token':
        return [`OK ${(await this.#session.call('hello', {})).token}`]
      case 'help':
        this.#session.charge()
        return ['OK', ...textHelp]
      case 'quit':
        this.hasQuit = true
        return ['OK goodbye']
    }
  }

  async #sit(command: SeatCommand): Promise<readonly string[]> {
    // The reply names the client's seat, so its account must be known.
    this.#account ??= (await this.#session.call('hello', {})).account.id
    return this.#entered(await this.#take(command))
  }

  #take(command: SeatCommand): Promise<GameView> {
    switch (command.verb) {
      case 'create':
        return this.#session.call('game.create', gameOf(command))
      case 'play':
        return this.#session.call('lobby.play', gameOf(command))
      case 'bot':
        return this.#session.call('game.create', { opponent: { bot: command.level }, ...gameOf(command) })
      case 'join': {
        const { game, player } = command
        return this.#session.call('game.join', player === undefined ? { game } : { game, player })
      }
    }
  }

  /** Answers the offer that was last shown here and no other: hence the version. */
  async #settle(accept: boolean): Promise<readonly string[]> {
    const game = this.#game
    const shown = this.#shownState?.game === game ? this.#shownState : null
    if (shown?.offer === undefined || this.#clock.now() - this.#offerReplacedAt < limits.noticeMs)
      return this.#refuseStale(await this.#session.call('game.get', { game }))
    const { version, offer } = shown
    try {
      return this.#moved(await this.#session.call('game.answer', { game, version, what: offer.what, accept }))
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.retry !== 'refresh') throw cause
      return this.#refuseStale(await this.#session.call('game.get', { game }))
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
        return this.#moved(await this.#session.call('game.offer', { game, what, ...shown }))
      } catch (cause) {
        if (!(cause instanceof Fault) || cause.fault !== 'stale' || tries === offerTriesMax) throw cause
        const view = await this.#session.call('game.get', { game })
        if (view.offer?.what === what) return this.#refuseStale(view)
        this.#shownState = view
      }
    }
  }

  /**
   * The current state is not the one that was shown: shows it now, and its offer can be answered from now on.
   * @throws Fault
   */
  #refuseStale(view: GameView): readonly string[] {
    if (view.offer === undefined && view.version === (this.#shownState?.version ?? view.version))
      throw new Fault('no-offer')
    this.#offerReplacedAt = -Infinity
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
}

/** The `rules` parameter, if the command names rules. */
function rulesOf({ rules }: { readonly rules?: string }): { rules?: string } {
  return rules === undefined ? {} : { rules }
}

/** The `rules` and `match` parameters, if the command names them. */
function gameOf({
  rules,
  match,
}: Pick<Params<'game.create'>, 'rules' | 'match'>): Pick<Params<'game.create'>, 'rules' | 'match'> {
  return { ...(rules === undefined ? {} : { rules }), ...(match === undefined ? {} : { match }) }
}

/** Adds the retry delay to the message: in JSON it is in the detail. */
function sentenceOf({ message, detail: { retryAfterMs } }: Fault): string {
  // Rounded up, so that a client that waits this long is not refused again.
  return retryAfterMs === undefined
    ? message
    : `${message}; try again in ${(Math.ceil(retryAfterMs / 100) / 10).toFixed(1)} s`
}
