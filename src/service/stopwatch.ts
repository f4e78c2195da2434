/** The time of one game: when its last event was decided, and what has to be charged since. */
import { type Game, isClockRunning } from '../game/index.ts'
import type { Ask } from './ask.ts'
import type { Shared } from './shared.ts'

/**
 * Each event is charged with the time from the instant at which the event before it was decided, its `at`, to its own:
 * both are whole milliseconds, so that over a game the charges add up to the time that passed, commits included. An
 * event that follows one of another node is never charged with less than this node has seen pass, and its `at` is later
 * by what it was charged, so that a clock that is behind gives nothing away.
 */
export class Stopwatch {
  readonly #shared: Shared
  #at = 0
  /** Monotonic time at which the last event was seen here; Infinity where it was read from the journal. */
  #seenAt = Infinity

  constructor(shared: Shared) {
    this.#shared = shared
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

  /** Whole milliseconds from the last event to `now` on the monotonic clock, at least 0. */
  elapsedMs(now: number): number {
    return Math.max(0, this.#shared.timeline.at(now) - this.#at, Math.floor(now - this.#seenAt))
  }

  /** What an event is charged that follows from `ask`, decided `now`: a move until it was heard, all else until now. */
  chargeMs({ command, heardAt }: Ask, now: number): number {
    if (command.type !== 'move' || heardAt === undefined) return this.elapsedMs(now)
    return this.elapsedMs(Math.max(heardAt, now - this.#shared.limits.heardMsMax))
  }

  /** The `at` of an event of `game` that is decided `now`. */
  at(game: Game | null, now: number): number {
    const runs = game !== null && isClockRunning(game)
    return runs ? this.#at + this.elapsedMs(now) : this.#shared.timeline.at(now)
  }
}
