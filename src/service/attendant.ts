/** What the server does in a game by itself: lets flags fall, plays for bots, and ends what was abandoned. */
import type { Timer } from '../base/index.ts'
import { type Account, type Command, type Game, isClockRunning, isStarted, opponent, players } from '../game/index.ts'
import { type ErrorName, errorRow } from '../protocol/index.ts'
import { type Ask, ownAsk } from './ask.ts'
import type { Presence } from './audience.ts'
import { faultOf, reasonOf } from './fold.ts'
import { noReply } from './reply.ts'
import type { Shared } from './shared.ts'
import type { Stopwatch } from './stopwatch.ts'

/** How long after it failed something due is tried again, in ms. */
const againMs = 1_000

export class Attendant {
  readonly #shared: Shared
  readonly #submit: (ask: Ask) => void
  #game: Game | null = null
  #flag: Timer | null = null
  #abandon: Timer | null = null
  /** The version at which a bot was last asked. */
  #asked = 0
  #thoughts = 0
  /** What failed, and is tried again. */
  #again: Timer | null = null

  constructor(shared: Shared, submit: (ask: Ask) => void) {
    this.#shared = shared
    this.#submit = submit
  }

  /** Whether a game may ever need one. */
  static isFor(game: Game): boolean {
    return game.clock !== null || game.public || players.some((player) => game.players[player]?.bot !== undefined)
  }

  /** Whether something is due that nobody else would do. */
  get isNeeded(): boolean {
    return this.#flag !== null || this.#thoughts > 0 || this.#again !== null
  }

  see(game: Game, stopwatch: Stopwatch, presence: Presence | null): void {
    this.#game = game
    this.#flag?.cancel()
    this.#flag = null
    if (isClockRunning(game)) this.#armFlag(game, stopwatch)
    if (presence !== null) this.presence(presence)
    this.#askBot(game)
  }

  /** Whoever is to move in a public game without a clock may not just stay away while the opponent waits. */
  presence({ online }: Presence): void {
    const game = this.#game
    const isLeft =
      game !== null &&
      game.turn !== null &&
      game.public &&
      game.clock === null &&
      game.seats === 'invite' &&
      isStarted(game) &&
      !online[game.turn] &&
      online[opponent(game.turn)]
    if (!isLeft) {
      this.#abandon?.cancel()
      this.#abandon = null
      return
    }
    const { version } = game
    this.#abandon ??= this.#shared.clock.after(this.#shared.limits.abandonMs, () => {
      this.#abandon = null
      this.#do({ type: 'abandon', version })
    })
  }

  close(): void {
    this.#flag?.cancel()
    this.#abandon?.cancel()
    this.#again?.cancel()
    this.#flag = null
    this.#abandon = null
    this.#again = null
    this.#game = null
  }

  #armFlag(game: Game, stopwatch: Stopwatch): void {
    const { version, turn, clocks } = game
    if (turn === null || clocks === null) return
    const elapsed = stopwatch.elapsedMs(this.#shared.clock.now())
    // One millisecond more: elapsed time is rounded down, and a flag that has not fallen must not be called.
    this.#flag = this.#shared.clock.after(clocks[turn] - elapsed + 1, () => {
      this.#flag = null
      this.#do({ type: 'flag', version })
    })
  }

  #askBot(game: Game): void {
    if (this.#asked === game.version || !isStarted(game)) return
    this.#asked = game.version
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

  /** Until its outcome is known, or the game has moved on. It names its version: a repeat finds what is done. */
  #do(command: Command & { readonly version?: number }): void {
    if (this.#game?.version !== command.version) return
    const error = (name: ErrorName): void => {
      if (errorRow(name).retry !== 'same' || this.#game === null) return
      this.#again?.cancel()
      this.#again = this.#shared.clock.after(againMs, () => {
        this.#again = null
        this.#do(command)
      })
    }
    this.#submit(ownAsk(command, { ...noReply, error }))
  }

  async #think(game: Game, account: Account, player: 'X' | 'O'): Promise<void> {
    const { version } = game
    this.#thoughts++
    try {
      const choice = await this.#shared.think(game, account.bot ?? 'random')
      const command: Command = { type: 'move', by: account.id, player, version, ...choice }
      this.#do(command)
    } catch (cause) {
      const { log } = this.#shared
      log.warn({ version, reason: reasonOf(faultOf(cause, log)) }, 'bot did not move')
    } finally {
      this.#thoughts--
    }
  }
}
