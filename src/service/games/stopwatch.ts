/** The time of one game: when its last event was decided, and what has to be charged since. */
import { type Game, isClockRunning, type Player } from '../../game/index.ts'
import { type GameView, makeView } from '../../protocol/index.ts'
import type { PendingCommand } from './pending-command.ts'
import { type Crowd, ClusterPresence } from '../audience/cluster-presence.ts'
import type { Shared } from '../context.ts'

const nobody: Crowd = { online: { X: false, O: false }, watching: 0 }

/**
 * Each event is charged with the time from the instant at which the event before it was decided, its `at`, to its own:
 * both are whole milliseconds, so that over a game the charges add up to the time that passed, commits included. An
 * event that follows one of another node is never charged with less than this node has seen pass, and its `at` is later
 * by what it was charged, so that a clock that is behind gives nothing away. Time in which the journal took nothing from
 * anybody is charged to nobody.
 */
export class Stopwatch {
  readonly #shared: Shared
  readonly #id: string
  #at = 0
  /** Monotonic time at which the last event was seen here; Infinity where it was read from the journal. */
  #seenAt = Infinity
  /** When players were first seen here, on the monotonic clock. */
  readonly #arrivedAt: Record<Player, number> = { X: Infinity, O: Infinity }

  constructor(shared: Shared, id: string) {
    this.#shared = shared
    this.#id = id
  }

  /** The last event, decided `at`, was read from the journal: nobody here saw it happen. */
  read(at: number): void {
    this.#at = at
    this.#seenAt = Infinity
  }

  /** The last event, decided `at`, has just happened: it is `now` on the monotonic clock. */
  saw(at: number, now: number): void {
    this.#at = at
    this.#seenAt = now
  }

  /** Somebody who plays is there, `now` on the monotonic clock. */
  arrived(player: Player, now: number): void {
    this.#arrivedAt[player] = Math.min(now, this.#arrivedAt[player])
  }

  /** Whether the player is connected to the game on another node, as far as that has told. */
  isElsewhere(player: Player): boolean {
    const { peers } = this.#shared
    return peers !== null && new ClusterPresence(peers, this.#id).with(nobody).online[player]
  }

  /** Whole milliseconds for which the clock of the player to move has run `now`, since the last event; at least 0. */
  elapsedMs(game: Game, now: number): number {
    return Math.max(0, this.#passedMs(now) - this.#awayMs(now) - this.#waitMs(game))
  }

  /** How many milliseconds from `now` the clock of the player to move still waits for them; 0 where it runs. */
  waitsMs(game: Game, now: number): number {
    return Math.max(0, this.#waitMs(game) - this.#passedMs(now))
  }

  /** What an event is charged that follows from `ask`, decided `now`: a move until it was heard, all else until now. */
  chargeMs(game: Game, { command, heardAt }: PendingCommand, now: number): number {
    if (command.type !== 'move' || heardAt === undefined) return this.elapsedMs(game, now)
    return this.elapsedMs(game, Math.min(now, Math.max(heardAt, now - this.#shared.limits.heardMsMax)))
  }

  /** The `at` of an event of `game` that is decided `now`. */
  at(game: Game | null, now: number): number {
    const runs = game !== null && isClockRunning(game)
    return runs ? this.#at + this.#passedMs(now) : this.#shared.timeline.at(now)
  }

  /** The game as it is shown `now`. */
  view(id: string, game: Game, now: number): GameView {
    return makeView(id, game, this.waitsMs(game, now) > 0 ? null : this.elapsedMs(game, now))
  }

  /** Whole milliseconds from the last event to `now`. */
  #passedMs(now: number): number {
    return Math.max(0, this.#shared.timeline.at(now) - this.#at, Math.floor(now - this.#seenAt))
  }

  /** How much of that nobody could append: it is nobody's. */
  #awayMs(now: number): number {
    const { journal } = this.#shared
    return Math.ceil(journal.awayMs?.(this.#id, now - this.#passedMs(now), now) ?? 0)
  }

  /** How long after the last event the clock of the player to move starts, if it waits for them; as far as is known. */
  #waitMs({ awaited, turn }: Game): number {
    if (turn === null || !awaited.includes(turn)) return 0
    const arrivedAt = this.#arrivedAt[turn]
    const { arrivalMs } = this.#shared.limits
    return arrivedAt === Infinity ? arrivalMs : Math.min(arrivalMs, this.#passedMs(arrivedAt))
  }
}
