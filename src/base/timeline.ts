/** Instants that may be stored and subtracted. */
import type { Clock } from './clock.ts'

/**
 * The wall clock as it was when this was made, moved on by the monotonic clock. It never jumps while the process runs,
 * whatever is done to the wall clock, so that the difference of two instants is the time that passed.
 */
export class Timeline {
  readonly #originMs: number

  constructor(clock: Clock) {
    this.#originMs = Math.round(clock.wall() - clock.now())
  }

  /** Whole milliseconds since 1970 at `now`, a time of the monotonic clock; rounded down. */
  at(now: number): number {
    return Math.floor(this.#originMs + now)
  }
}
