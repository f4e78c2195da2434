/** Instants that can be stored and subtracted. */
import type { Clock } from './clock.ts'

/**
 * The wall clock at the time of construction, advanced by the monotonic clock. It never jumps while the process runs, even if
 * the wall clock is changed, so the difference of two instants is the time between them.
 */
export class Timeline {
  readonly #originMs: number

  constructor(clock: Clock) {
    this.#originMs = Math.round(clock.wall() - clock.now())
  }

  /** Milliseconds since 1970 at `now`, an instant of the monotonic clock; rounded down to an integer. */
  at(now: number): number {
    return Math.floor(this.#originMs + now)
  }
}
