/** What the server does in a game by itself: lets flags fall, plays for bots, and ends what was abandoned. */
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
import { faultOf, reasonOf } from './fold.ts'
import { noReply } from '../sessions/reply.ts'
import type { Shared } from '../context.ts'
import type { Stopwatch } from './stopwatch.ts'

/** How long after it failed something due is tried again, in ms. */
const againMs = 1_000
/** How long the fall of a flag is left to the node where its player is, in ms. */
const otherNodeMs = 1_000

/** The game that is attended to. */
export interface AutomationHost {
  readonly id: string
  readonly stopwatch: Stopwatch
  submit(ask: PendingCommand): void
  /** Who hears of it, null while nobody does. */
  readonly audience: Audience | null
  /** The state as of now. */
  change(): Change | null
}

type OwnCommand = Command & { readonly version?: number }

/**
 * Nothing is armed for a version: whenever the game or its presence changes, and when a deadline is due, it looks at the
 * game as it stands, does what is due now, and says when to look again.
 */
export class GameAutomation {
  readonly #shared: Shared
  readonly #host: AutomationHost
  readonly #askerOf: () => string
  #game: Game | null = null
  /** Since when the player to move has been away while the opponent waits, on the monotonic clock; null: neither. */
  #leftAt: number | null = null
  /** The version at which a bot was last asked. */
  #asked = 0
  /** What a bot thinks about now. */
  #thought: BotRequest | null = null
  /** When a bot is asked again, on the monotonic clock, for what nobody could think; Infinity: there is nothing. */
  #askAt = Infinity
  /** What is on its way, by the version that it names. */
  #doing = 0
  /** What a bot decided and could not be stored. */
  #owed: OwnCommand | null = null
  /** The game while its clock waits for the player to move. */
  #waiting: Game | null = null
  /** Before this time nothing is tried, on the monotonic clock. */
  #againAt = 0

  /** @param askerOf on whose behalf bots think about this game, as an address. */
  constructor(shared: Shared, host: AutomationHost, askerOf: () => string) {
    this.#shared = shared
    this.#host = host
    this.#askerOf = askerOf
  }

  /** Whether a game may ever need one. */
  static isFor(game: Game): boolean {
    return game.clock !== null || game.public || players.some((player) => game.players[player]?.bot !== undefined)
  }

  /** Whether something is under way that needs the game in memory. A clock does not: its deadline stays. */
  get isNeeded(): boolean {
    return this.#thought !== null || this.#owed !== null || this.#doing > 0 || this.#leftAt !== null
  }

  /** Whether somebody is about to lose because they are away, unless they come back to any node. */
  get isAwaiting(): boolean {
    return this.#leftAt !== null
  }

  /** The game as it is now, whether or not it has changed. `presence` is null while nobody hears of it. */
  see(game: Game, presence: Presence | null): void {
    const before = this.#game
    if (before?.version !== game.version) this.#dropThought()
    this.#game = game
    // Whoever is to move has as long as everybody from when their turn began, or they last did something.
    const isTheirs = 'player' in game.last && game.last.player === game.turn
    const isTurn = before?.turn !== game.turn || before.moves.length !== game.moves.length
    if (before !== game && (isTheirs || isTurn)) this.#leftAt = null
    if (presence !== null) this.#note(presence)
    this.#askBot(game)
    this.look()
  }

  /** Somebody came or went. */
  presence(presence: Presence): void {
    this.#note(presence)
    this.look()
  }

  /** Does what is due now. */
  look(): void {
    const { clock, deadlines, limits } = this.#shared
    const game = this.#game
    if (game === null || this.#doing === game.version) return
    const now = clock.now()
    const waitsMs = this.#host.stopwatch.waitsMs(game, now)
    if (this.#waiting === game && waitsMs === 0) this.#tellStart()
    this.#waiting = waitsMs > 0 ? game : null
    const flagAt = waitsMs > 0 ? now + waitsMs : this.#flagAt(game, now)
    const abandonAt = this.#leftAt === null ? Infinity : this.#sureAt(this.#leftAt + limits.abandonMs, now)
    const owedAt = this.#owed === null ? Infinity : this.#againAt
    const { version } = game
    if (now >= this.#againAt) {
      if (waitsMs === 0 && now >= flagAt) return this.#flag(game)
      if (now >= abandonAt) return this.#do({ type: 'abandon', version })
      if (this.#owed !== null) return this.#do(this.#owed)
    }
    if (now >= this.#askAt) {
      this.#forgetAsked()
      this.#askBot(game)
    }
    const next = Math.max(Math.min(flagAt, abandonAt, owedAt, this.#askAt), this.#againAt)
    if (next === Infinity) deadlines.clear(this.#host.id)
    else deadlines.set(this.#host.id, next)
  }

  /**
   * Only while an append would be taken: else the flag would wait for the journal, and be there before the moves that were
   * in time and wait as well.
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
    this.look()
  }

  /** The game leaves memory: what needs it there is given up, the deadline of a clock stays. */
  close(): void {
    this.#dropThought()
    this.#game = null
  }

  /**
   * Somebody looks at the game, or nobody any more: then no bot thinks about it, unless its clock runs, and it does when
   * somebody is back.
   */
  gathered(isAttended: boolean): void {
    const game = this.#game
    if (game === null) return
    if (isAttended) this.#askBot(game)
    else if (!isClockRunning(game) && (this.#dropThought() || this.#askAt < Infinity)) this.#forgetAsked()
  }

  /** That time, or later: not before all nodes have told who was connected then. */
  #sureAt(time: number, now: number): number {
    const { peers } = this.#shared
    return now >= time && peers !== null && peers.agreedAt < time ? now + againMs : time
  }

  /** Whoever is to move in a public game without a clock may not just stay away while the opponent waits. */
  #note({ online }: Presence): void {
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

  /** The clock has waited for the player to move, and runs now. */
  #tellStart(): void {
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

  /** Whether the player is at another node only: a move that was in time there may be on its way to the journal. */
  #isElsewhere({ players: seated }: Game, player: Player): boolean {
    const { audience, stopwatch } = this.#host
    const account = seated[player]
    if (account === null || !stopwatch.isElsewhere(player)) return false
    return (audience?.addressOf(account.id) ?? null) === null
  }

  #askBot(game: Game): void {
    if (this.#asked === game.version || !isStarted(game)) return
    this.#asked = game.version
    this.#owed = null
    const { offer, turn, version } = game
    const player = offer === null ? turn : opponent(offer.player)
    const account = player === null ? null : game.players[player]
    if (player === null || account?.bot === undefined) return
    const by = account.id
    // A bot has nothing against another game or another try; it does not agree to draws.
    if (offer !== null)
      this.#do({ type: 'answer', what: offer.what, accept: offer.what !== 'draw', by, player, version })
    else void this.#think(game, account, player)
  }

  /** It names its version: a repeat finds what is done. */
  #do(command: OwnCommand): void {
    const game = this.#game
    if (game === null || game.version !== command.version) return
    this.#owed = null
    const { version } = game
    this.#doing = version
    const done = (): void => {
      if (this.#doing === version) this.#doing = 0
      this.look()
    }
    const error = (name: ErrorName): void => {
      if (this.#game?.version === version) {
        this.#againAt = this.#shared.clock.now() + againMs
        if (errorRow(name).retry === 'same') this.#owed = command
      }
      done()
    }
    this.#host.submit(makeServerCommand(command, { ...noReply, change: done, error }))
  }

  async #think(game: Game, account: Account, player: 'X' | 'O'): Promise<void> {
    const { version } = game
    const request = new BotRequest(this.#askerOf())
    this.#thought = request
    try {
      const choice = await this.#shared.think(game, account.bot ?? 'random', request)
      if (this.#thought === request) this.#thought = null
      if (choice === null) return this.#thinkLater(game, request)
      const command: Command = { type: 'move', by: account.id, player, version, ...choice }
      this.#do(command)
    } catch (cause) {
      if (this.#thought === request) this.#thought = null
      const { log } = this.#shared
      log.warn({ version, reason: reasonOf(faultOf(cause, log)) }, 'bot did not move')
    }
  }

  /** Too much is thought already: the same again soon. */
  #thinkLater(game: Game, { isDropped }: BotRequest): void {
    if (isDropped || this.#game?.version !== game.version) return
    this.#askAt = this.#shared.clock.now() + againMs
    this.look()
  }

  #forgetAsked(): void {
    this.#asked = 0
    this.#askAt = Infinity
  }

  /** Whether there was one. */
  #dropThought(): boolean {
    const thought = this.#thought
    this.#thought = null
    thought?.drop()
    return thought !== null
  }
}
