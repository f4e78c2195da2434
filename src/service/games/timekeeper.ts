/** What is due in games happens whether or not they are in memory. */
import { type Game, isClockRunning, opponent, players } from '../../game/index.ts'
import type { GameSummary } from '../../protocol/index.ts'
import { faultOf, reasonOf } from './fold.ts'
import type { Games } from './games.ts'
import type { Shared } from '../context.ts'

/** Games that are read from the journal side by side because something is due. */
const loadsAtOnce = 64
/** When a game is looked at again that could not be read, in ms, and one that was one too many. */
const againMs = 1_000
const queuedMs = 20
/** Another node probably has the game in memory and does what is due: this one looks so much later, in ms. */
const othersMs = 2_000

export class Timekeeper {
  readonly #shared: Shared
  readonly #games: Games
  #loading = 0
  #isClosed = false

  constructor(shared: Shared, games: Games) {
    this.#shared = shared
    this.#games = games
  }

  /** How a game stands that is not in memory, after its last event, decided `at`. */
  stands(id: string, game: Game, at: number): void {
    if (this.#games.peek(id) !== null) return
    const { turn, clocks } = game
    if (turn === null || clocks === null || !isClockRunning(game)) {
      this.#games.stopped(id)
      return this.#shared.deadlines.clear(id)
    }
    const isOwed = isBot(game, turn) || (game.offer !== null && isBot(game, opponent(game.offer.player)))
    this.#set(id, isOwed ? at : at + clocks[turn])
  }

  /**
   * A live game with a clock, of which no more is known: a summary tells when a flag may fall at the earliest. Then it is
   * looked at.
   */
  expects({ game, at, clock, players: seated }: GameSummary): void {
    if (this.#isClosed || clock === undefined || this.#games.peek(game) !== null) return
    const hasBot = players.some((player) => seated[player]?.bot !== undefined)
    this.#set(game, hasBot ? at : at + ('perMoveMs' in clock ? clock.perMoveMs : clock.initialMs))
  }

  /** Something may be due in the game: it is looked at, and read from the journal if need be. */
  wake(id: string): void {
    if (this.#isClosed || this.#games.attend(id)) return
    if (this.#loading >= loadsAtOnce) return this.#later(id, queuedMs)
    this.#loading++
    this.#games
      .load(id, null)
      .catch((cause: unknown) => this.#failed(id, cause))
      .finally(() => this.#loading--)
  }

  close(): void {
    this.#isClosed = true
  }

  /** `at`: an instant as it is stored. */
  #set(id: string, at: number): void {
    const { clock, timeline, deadlines, peers } = this.#shared
    const now = clock.now()
    const dueMs = Math.max(0, at - timeline.at(now))
    deadlines.set(id, now + dueMs + (peers === null ? 0 : othersMs))
  }

  #later(id: string, ms: number): void {
    this.#shared.deadlines.set(id, this.#shared.clock.now() + ms)
  }

  #failed(id: string, cause: unknown): void {
    const { log } = this.#shared
    const fault = faultOf(cause, log)
    if (fault.fault === 'unavailable') this.#later(id, againMs)
    else if (fault.fault !== 'no-such-game') log.warn({ reason: reasonOf(fault) }, 'a game with a clock cannot be read')
  }
}

function isBot({ players: seated }: Game, player: 'X' | 'O'): boolean {
  return seated[player]?.bot !== undefined
}
