/** Makes what is due in games happen, whether or not they are in memory. */
import { type Game, isClockRunning, opponent, players } from '../../game/index.ts'
import type { GameSummary } from '../../protocol/index.ts'
import { faultOf, faultReasonOf } from './fold.ts'
import type { Games } from './games.ts'
import type { ServiceContext } from '../context.ts'

/** How many games are read from the journal in parallel because something is due. */
const loadsAtOnce = 64
/** Delay in ms before a game is read again if it could not be read, and if too many were being read. */
const againMs = 1_000
const queuedMs = 20
/** In a cluster another node probably has the game in memory and acts, so this node waits this much longer, in ms. */
const othersMs = 2_000

export class Timekeeper {
  readonly #shared: ServiceContext
  readonly #games: Games
  #loading = 0
  #isClosed = false

  constructor(shared: ServiceContext, games: Games) {
    this.#shared = shared
    this.#games = games
  }

  /** Sets the deadline of a game that is not in memory, from its state after its last event, decided at `at`. */
  updateDeadline(id: string, game: Game, at: number): void {
    if (this.#games.peek(id) !== null) return
    const { turn, clocks } = game
    if (turn === null || clocks === null || !isClockRunning(game)) {
      this.#games.stopped(id)
      return this.#shared.deadlines.clear(id)
    }
    const owesBot = isBot(game, turn) || (game.offer !== null && isBot(game, opponent(game.offer.player)))
    this.#set(id, owesBot ? at : at + clocks[turn])
  }

  /**
   * Sets the deadline of a live game with a clock of which only the summary is known: the earliest time at which its
   * flag may fall. The game is read then.
   */
  expectFlag({ game, at, clock, players: seated }: GameSummary): void {
    if (this.#isClosed || clock === undefined || this.#games.peek(game) !== null) return
    const hasBot = players.some((player) => seated[player]?.bot !== undefined)
    this.#set(game, hasBot ? at : at + ('perMoveMs' in clock ? clock.perMoveMs : clock.initialMs))
  }

  /** Something may be due in the game: lets it act, and loads it from the journal if it is not in memory. */
  wake(id: string): void {
    if (this.#isClosed || this.#games.runAutomation(id)) return
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

  /** `at`: a stored time, in ms of the wall clock. */
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
    else if (fault.fault !== 'no-such-game')
      log.warn({ reason: faultReasonOf(fault) }, 'a game with a clock cannot be read: its flag will not fall')
  }
}

function isBot({ players: seated }: Game, player: 'X' | 'O'): boolean {
  return seated[player]?.bot !== undefined
}
