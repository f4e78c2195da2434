/**
 * The time accounting of one game: when its last event was decided, and how much time the next event is charged with.
 */
import { type Command, type Game, isClockRunning, type Player } from '../../game/index.ts'
import { type GameView, makeView } from '../../protocol/index.ts'
import { type Crowd, ClusterPresence } from '../audience/cluster-presence.ts'
import type { ServiceContext } from '../context.ts'

/** A command, and when it was received, on the monotonic clock, if that is known. */
interface Charged {
  readonly command: Command
  readonly heardAt?: number
}

const nobody: Crowd = { online: { X: false, O: false }, watching: 0 }

/**
 * Each event is charged with the time between the `at` of the event before it and its own `at`. Both are whole
 * milliseconds, so the charges of a game add up to the time that passed, commits included.
 *
 * An event that follows an event of another node is charged with no less than this node has seen pass, and its `at` is
 * that much later. So a node whose clock is behind gives no time away.
 *
 * Time in which the journal accepted no append from anybody is charged to nobody.
 */
export class Stopwatch {
  readonly #shared: ServiceContext
  readonly #id: string
  #at = 0
  /** Monotonic time at which the last event was seen here; Infinity if it was read from the journal. */
  #seenAt = Infinity
  /** When players were first seen here, on the monotonic clock. */
  readonly #arrivedAt: Record<Player, number> = { X: Infinity, O: Infinity }

  constructor(shared: ServiceContext, id: string) {
    this.#shared = shared
    this.#id = id
  }

  /**
   * The last event, decided `at`, was read from the journal: this node does not know when it happened on its own clock.
   */
  read(at: number): void {
    this.#at = at
    this.#seenAt = Infinity
  }

  /** The last event, decided `at`, has just happened, at `now` on the monotonic clock. */
  saw(at: number, now: number): void {
    this.#at = at
    this.#seenAt = now
  }

  /** The player is connected, at `now` on the monotonic clock. */
  arrived(player: Player, now: number): void {
    this.#arrivedAt[player] = Math.min(now, this.#arrivedAt[player])
  }

  /** True if another node has reported that the player is connected to the game there. */
  isElsewhere(player: Player): boolean {
    const { peers } = this.#shared
    return peers !== null && new ClusterPresence(peers, this.#id).with(nobody).online[player]
  }

  /** Whole milliseconds that the clock of the player to move has run between the last event and `now`; at least 0. */
  elapsedMs(game: Game, now: number): number {
    return Math.max(0, this.#passedMs(now) - this.#outageMs(now) - this.#waitMs(game))
  }

  /** Milliseconds from `now` until the clock of the player to move stops waiting for them; 0 if it runs. */
  waitsMs(game: Game, now: number): number {
    return Math.max(0, this.#waitMs(game) - this.#passedMs(now))
  }

  /**
   * The charge of an event that follows from the command, decided at `now`: a move pays until it was received, at `heardAt`,
   * any other command until now.
   */
  chargeMs(game: Game, { command, heardAt }: Charged, now: number): number {
    if (command.type !== 'move' || heardAt === undefined) return this.elapsedMs(game, now)
    return this.elapsedMs(game, Math.min(now, Math.max(heardAt, now - this.#shared.limits.heardMsMax)))
  }

  /** The `at` of an event of `game` that is decided at `now`. */
  at(game: Game | null, now: number): number {
    const runs = game !== null && isClockRunning(game)
    return runs ? this.#at + this.#passedMs(now) : this.#shared.timeline.at(now)
  }

  /** The game as clients see it at `now`. */
  view(id: string, game: Game, now: number): GameView {
    return makeView(id, game, this.waitsMs(game, now) > 0 ? null : this.elapsedMs(game, now))
  }

  /** Whole milliseconds from the last event to `now`. */
  #passedMs(now: number): number {
    return Math.max(0, this.#shared.timeline.at(now) - this.#at, Math.floor(now - this.#seenAt))
  }

  /** How much of that time the journal took no append: nobody is charged for it. */
  #outageMs(now: number): number {
    const { journal } = this.#shared
    return Math.ceil(journal.awayMs?.(this.#id, now - this.#passedMs(now), now) ?? 0)
  }

  /**
   * How long after the last event the clock of the player to move starts, if it waits for them, as far as is known
   * here.
   */
  #waitMs({ awaited, turn }: Game): number {
    if (turn === null || !awaited.includes(turn)) return 0
    const arrivedAt = this.#arrivedAt[turn]
    const { arrivalMs } = this.#shared.limits
    return arrivedAt === Infinity ? arrivalMs : Math.min(arrivalMs, this.#passedMs(arrivedAt))
  }
}
