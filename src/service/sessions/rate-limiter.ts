/**
 * A rate limit: so many units a second in the long run, so many at once after a pause. The generic cell rate algorithm: a
 * token bucket whose whole state is the time at which it will be full again, so one that has been full is like a new one.
 */
import { limits } from '../../protocol/index.ts'

/** The state of buckets, two numbers each: when it will be full, and the latest time that one who was refused was told. */
export type Times = Float64Array | number[]
const timesEach = 2

/** Of `count` buckets that are full. A connection has one of its own: an array of two numbers is the smallest. */
export function makeTimes(count: number): Times {
  return count === 1 ? [-Infinity, -Infinity] : new Float64Array(timesEach * count).fill(-Infinity)
}

export class RateLimiter {
  readonly #intervalMs: number
  readonly #burst: number
  readonly #times: Times
  /** Where its two numbers are. */
  readonly #at: number

  /** `perSecond` above 0, `burst` at least 1. `times`: where its state is kept, as the bucket number `index`. */
  constructor(perSecond: number, burst: number, times: Times = makeTimes(1), index = 0) {
    this.#intervalMs = 1000 / perSecond
    this.#burst = burst
    this.#times = times
    this.#at = index * timesEach
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
    const toldAt = this.#times[this.#at + 1] ?? -Infinity
    const queuedMs = Math.min(toldAt - now + this.#intervalMs * units, limits.retryAfterMsMax)
    const waitMs = Math.ceil(Math.max(earlyMs, queuedMs))
    this.#times[this.#at + 1] = now + waitMs
    return waitMs
  }

  /** Whether `units` can be spent now. Nobody is told to wait. */
  has(now: number, units: number): boolean {
    return this.#earlyMs(now, units) === 0
  }

  #earlyMs(now: number, units: number): number {
    const toleranceMs = this.#intervalMs * Math.max(0, this.#burst - units)
    const earlyMs = (this.#times[this.#at] ?? -Infinity) - now - toleranceMs
    // A thousandth of a millisecond absorbs what rounding adds up to.
    return earlyMs <= 1e-3 ? 0 : earlyMs
  }

  /** Only after {@link refusal} was 0, or {@link has}. */
  spend(now: number, units: number): void {
    const fullAt = this.#times[this.#at] ?? -Infinity
    this.#times[this.#at] = Math.max(fullAt, now) + this.#intervalMs * units
  }
}
