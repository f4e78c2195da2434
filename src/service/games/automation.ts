/** What the server does in a game by itself: flags falls, moves for bots, and ends abandoned games. */
import {
  type Account,
  type Command,
  type Game,
  isClockRunning,
  isStarted,
  opponent,
  type Player,
  players,
} from '../../game/index.ts'
import { type ErrorName, errorRow } from '../../protocol/index.ts'
import { type PendingCommand, makeServerCommand } from './pending-command.ts'
import type { Audience, Presence } from '../audience/audience.ts'
import type { Change } from './change.ts'
import { BotRequest } from './bot-request.ts'
import { faultOf, faultReasonOf } from './fold.ts'
import { noReply } from '../sessions/reply.ts'
import type { ServiceContext } from '../context.ts'
import type { Stopwatch } from './stopwatch.ts'

/** Delay before a failed action is tried again, in ms. */
const againMs = 1_000
/** How long this node leaves the fall of a flag to the node where the player is connected, in ms. */
const otherNodeMs = 1_000

/** What the automation needs from its game. */
export interface AutomationHost {
  readonly id: string
  readonly stopwatch: Stopwatch
  submit(pending: PendingCommand): void
  /** The sessions that watch the game; null if there are none. */
  readonly audience: Audience | null
  /** The current state of the game. */
  change(): Change | null
}

type OwnCommand = Command & { readonly version?: number }

/**
 * No timer belongs to a version. Whenever the game or its presence changes, or a deadline is due, it checks the current
 * game, does what is due now, and sets the next deadline.
 */
export class GameAutomation {
  readonly #shared: ServiceContext
  readonly #host: AutomationHost
  readonly #chargedAddressOf: () => string
  #game: Game | null = null
  /**
   * Since when the player to move has been away while the opponent is present, on the monotonic clock; null if that is
   * not so.
   */
  #leftAt: number | null = null
  /** The version at which a bot was last asked. */
  #askedVersion = 0
  /** The bot computation in progress. */
  #computation: BotRequest | null = null
  /** When a bot is asked again because the last request was not computed, on the monotonic clock; Infinity: never. */
  #askAt = Infinity
  /** The version at which a command of the automation is in progress; 0 if there is none. */
  #doing = 0
  /** A command that failed and must be submitted again. */
  #retryCommand: OwnCommand | null = null
  /** The game while its clock waits for the player to move. */
  #waiting: Game | null = null
  /** No command is submitted before this time, on the monotonic clock. */
  #againAt = 0

  /** @param chargedAddressOf the address that bot computations of this game are charged to. */
  constructor(shared: ServiceContext, host: AutomationHost, chargedAddressOf: () => string) {
    this.#shared = shared
    this.#host = host
    this.#chargedAddressOf = chargedAddressOf
  }

  /** True if such a game may ever need an automation. */
  static isFor(game: Game): boolean {
    return game.clock !== null || game.public || players.some((player) => game.players[player]?.bot !== undefined)
  }

  /** True if something in progress needs the game in memory. A running clock does not: its deadline is kept. */
  get isNeeded(): boolean {
    return this.#computation !== null || this.#retryCommand !== null || this.#doing > 0 || this.#leftAt !== null
  }

  /** True if a player will lose by abandonment unless they come back to any node. */
  get isAwaiting(): boolean {
    return this.#leftAt !== null
  }

  /** Takes the current game, changed or not. `presence` is null while nobody watches. */
  update(game: Game, presence: Presence | null): void {
    const before = this.#game
    if (before?.version !== game.version) this.#dropComputation()
    this.#game = game
    // The time to come back starts again when a turn begins or the player to move does something.
    const isTheirs = 'player' in game.last && game.last.player === game.turn
    const isNewTurn = before?.turn !== game.turn || before.moves.length !== game.moves.length
    if (before !== game && (isTheirs || isNewTurn)) this.#leftAt = null
    if (presence !== null) this.#updateAbsence(presence)
    this.#askBot(game)
    this.check()
  }

  /** The presence has changed. */
  presence(presence: Presence): void {
    this.#updateAbsence(presence)
    this.check()
  }

  /** Does what is due now and sets the next deadline. */
  check(): void {
    const { clock, deadlines, limits } = this.#shared
    const game = this.#game
    if (game === null || this.#doing === game.version) return
    const now = clock.now()
    const waitsMs = this.#host.stopwatch.waitsMs(game, now)
    if (this.#waiting === game && waitsMs === 0) this.#notifyStart()
    this.#waiting = waitsMs > 0 ? game : null
    const flagAt = waitsMs > 0 ? now + waitsMs : this.#flagAt(game, now)
    const abandonAt = this.#leftAt === null ? Infinity : this.#certainAt(this.#leftAt + limits.abandonMs, now)
    const owedAt = this.#retryCommand === null ? Infinity : this.#againAt
    const { version } = game
    if (now >= this.#againAt) {
      if (waitsMs === 0 && now >= flagAt) return this.#flag(game)
      if (now >= abandonAt) return this.#do({ type: 'abandon', version })
      if (this.#retryCommand !== null) return this.#do(this.#retryCommand)
    }
    if (now >= this.#askAt) {
      this.#resetAsked()
      this.#askBot(game)
    }
    const next = Math.max(Math.min(flagAt, abandonAt, owedAt, this.#askAt), this.#againAt)
    if (next === Infinity) deadlines.clear(this.#host.id)
    else deadlines.set(this.#host.id, next)
  }

  /**
   * Flags the fall only while the journal accepts appends. Otherwise the flag would wait in the journal's queue, and
   * might be stored before moves that were made in time and wait as well.
   */
  #flag(game: Game): void {
    const { version } = game
    const { journal } = this.#shared
    if (journal.isAwake === undefined) return this.#do({ type: 'flag', version })
    this.#doing = version
    journal.isAwake(this.#host.id).then(
      (isAwake) => this.#flagIf(game, isAwake),
      () => this.#flagIf(game, false),
    )
  }

  #flagIf(game: Game, isAwake: boolean): void {
    const { version } = game
    if (this.#doing !== version) return
    this.#doing = 0
    if (this.#game !== game) return
    const now = this.#shared.clock.now()
    if (isAwake && now >= this.#flagAt(game, now)) return this.#do({ type: 'flag', version })
    if (!isAwake) this.#againAt = now + againMs
    this.check()
  }

  /** The game leaves memory: drops the bot computation. The deadline of a clock is kept. */
  close(): void {
    this.#dropComputation()
    this.#game = null
  }

  /**
   * Call with true when a session watches or loads the game, with false when none watches it any more. Unwatched, a bot
   * does
   * not compute, unless a clock runs.
   */
  audienceChanged(isWatched: boolean): void {
    const game = this.#game
    if (game === null) return
    if (isWatched) this.#askBot(game)
    else if (!isClockRunning(game) && (this.#dropComputation() || this.#askAt < Infinity)) this.#resetAsked()
  }

  /**
   * Returns `time`, or a later time: abandonment is not certain before all nodes have reported who was connected at
   * `time`.
   */
  #certainAt(time: number, now: number): number {
    const { peers } = this.#shared
    return now >= time && peers !== null && peers.agreedAt < time ? now + againMs : time
  }

  /** In a public game without a clock, the player to move may not stay away while the opponent waits. */
  #updateAbsence({ online }: Presence): void {
    const game = this.#game
    const now = this.#shared.clock.now()
    for (const player of game?.awaited ?? []) if (online[player]) this.#host.stopwatch.arrived(player, now)
    const isLeft =
      game !== null &&
      game.turn !== null &&
      game.public &&
      game.clock === null &&
      game.seats === 'invite' &&
      isStarted(game) &&
      !online[game.turn] &&
      this.#host.audience?.mayBeOnline(game.turn) !== true &&
      online[opponent(game.turn)]
    this.#leftAt = isLeft ? (this.#leftAt ?? now) : null
  }

  /** The clock waited for the player to move, and runs now: notifies the audience. */
  #notifyStart(): void {
    const change = this.#host.change()
    if (change !== null) this.#host.audience?.tell(change, null)
  }

  /** When the flag of the player to move falls, on the monotonic clock. */
  #flagAt(game: Game, now: number): number {
    const { turn, clocks } = game
    if (turn === null || clocks === null || !isClockRunning(game)) return Infinity
    const graceMs = this.#isElsewhere(game, turn) ? otherNodeMs : 0
    return now + clocks[turn] - this.#host.stopwatch.elapsedMs(game, now) + graceMs
  }

  /**
   * True if the player is connected to other nodes only. A move made in time there may be on its way to the journal.
   */
  #isElsewhere({ players: seated }: Game, player: Player): boolean {
    const { audience, stopwatch } = this.#host
    const account = seated[player]
    if (account === null || !stopwatch.isElsewhere(player)) return false
    return (audience?.addressOf(account.id) ?? null) === null
  }

  #askBot(game: Game): void {
    if (this.#askedVersion === game.version || !isStarted(game)) return
    this.#askedVersion = game.version
    this.#retryCommand = null
    const { offer, turn, version } = game
    const player = offer === null ? turn : opponent(offer.player)
    const account = player === null ? null : game.players[player]
    if (player === null || account?.bot === undefined) return
    const by = account.id
    // A bot accepts rematches and takebacks, and declines draws.
    if (offer !== null)
      this.#do({ type: 'answer', what: offer.what, accept: offer.what !== 'draw', by, player, version })
    else void this.#think(game, account, player)
  }

  /** Submits a command. It names its version, so a repeat is recognised. */
  #do(command: OwnCommand): void {
    const game = this.#game
    if (game === null || game.version !== command.version) return
    this.#retryCommand = null
    const { version } = game
    this.#doing = version
    const done = (): void => {
      if (this.#doing === version) this.#doing = 0
      this.check()
    }
    const error = (name: ErrorName): void => {
      if (this.#game?.version === version) {
        this.#againAt = this.#shared.clock.now() + againMs
        if (errorRow(name).retry === 'same') this.#retryCommand = command
      }
      done()
    }
    this.#host.submit(makeServerCommand(command, { ...noReply, change: done, error }))
  }

  async #think(game: Game, account: Account, player: 'X' | 'O'): Promise<void> {
    const { version } = game
    const request = new BotRequest(this.#chargedAddressOf())
    this.#computation = request
    try {
      const choice = await this.#shared.think(game, account.bot ?? 'random', request)
      if (this.#computation === request) this.#computation = null
      if (choice === null) return this.#thinkLater(game, request)
      const command: Command = { type: 'move', by: account.id, player, version, ...choice }
      this.#do(command)
    } catch (cause) {
      if (this.#computation === request) this.#computation = null
      const { log } = this.#shared
      log.warn({ version, reason: faultReasonOf(faultOf(cause, log)) }, 'a bot could not compute its move')
    }
  }

  /** The request was refused because too many wait: tries again soon. */
  #thinkLater(game: Game, { isDropped }: BotRequest): void {
    if (isDropped || this.#game?.version !== game.version) return
    this.#askAt = this.#shared.clock.now() + againMs
    this.check()
  }

  #resetAsked(): void {
    this.#askedVersion = 0
    this.#askAt = Infinity
  }

  /** Drops the bot computation in progress. Returns whether there was one. */
  #dropComputation(): boolean {
    const computation = this.#computation
    this.#computation = null
    computation?.drop()
    return computation !== null
  }
}
