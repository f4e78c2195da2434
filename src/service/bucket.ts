/**
 * A rate limit: so many a second in the long run, so many at once after a pause. The generic cell rate algorithm: a
 * token bucket whose whole state is the time at which it will be full again.
 */
export class Bucket {
  readonly #intervalMs: number
  readonly #toleranceMs: number
  #fullAt = -Infinity

  /** `perSecond` 0: no limit. `burst` is at least 1. */
  constructor(perSecond: number, burst: number) {
    this.#intervalMs = perSecond === 0 ? 0 : 1000 / perSecond
    this.#toleranceMs = this.#intervalMs * (burst - 1)
  }

  /** Takes one at `now`, in ms of a clock that never goes back. 0: taken. Else after how many ms to try again. */
  take(now: number): number {
    const fullAt = Math.max(this.#fullAt, now)
    const early = fullAt - now - this.#toleranceMs
    // A thousandth of a millisecond absorbs what rounding adds up to.
    if (early > 1e-3) return Math.ceil(early)
    this.#fullAt = fullAt + this.#intervalMs
    return 0
  }
}
