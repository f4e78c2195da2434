/**
 * A rate limit: so many units a second in the long run, so many at once after a pause. The generic cell rate algorithm: a
 * token bucket whose whole state is the time at which it will be full again, so one that has been full is like a new one.
 */
import { limits } from '../protocol/index.ts'

export class Bucket {
  readonly #intervalMs: number
  readonly #burst: number
  #fullAt = -Infinity
  /** The latest time that somebody who was refused was told to come again. */
  #toldAt = -Infinity

  /** `perSecond` 0: no limit. `burst` is at least 1. */
  constructor(perSecond: number, burst: number) {
    this.#intervalMs = perSecond === 0 ? 0 : 1000 / perSecond
    this.#burst = burst
  }

  /** Takes `units` at `now`, in ms of a clock that never goes back. 0: taken. Else {@link refusal}. */
  take(now: number, units = 1): number {
    const waitMs = this.refusal(now, units)
    if (waitMs === 0) this.spend(now, units)
    return waitMs
  }

  /**
   * 0 where `units` can be spent now. Else after how many ms to try again. Each who is refused is told a later time, as if
   * they stood in a queue, so that all who obey do not come back together; `retryAfterMsMax` bounds the queue, not the
   * wait itself. What needs more than a burst waits until the bucket is full.
   */
  refusal(now: number, units: number): number {
    const earlyMs = this.#earlyMs(now, units)
    if (earlyMs === 0) return 0
    const queuedMs = Math.min(this.#toldAt - now + this.#intervalMs * units, limits.retryAfterMsMax)
    const waitMs = Math.ceil(Math.max(earlyMs, queuedMs))
    this.#toldAt = now + waitMs
    return waitMs
  }

  /** Whether `units` can be spent now. Nobody is told to wait. */
  has(now: number, units: number): boolean {
    return this.#earlyMs(now, units) === 0
  }

  #earlyMs(now: number, units: number): number {
    const toleranceMs = this.#intervalMs * Math.max(0, this.#burst - units)
    const earlyMs = this.#fullAt - now - toleranceMs
    // A thousandth of a millisecond absorbs what rounding adds up to.
    return earlyMs <= 1e-3 ? 0 : earlyMs
  }

  /** Only after {@link refusal} was 0, or {@link has}. */
  spend(now: number, units: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + this.#intervalMs * units
  }
}
