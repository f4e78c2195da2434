/**
 * A rate limiter with a sustained rate and a burst. It uses the generic cell rate algorithm: a token bucket whose whole
 * state is the time at which it will be full again. So a bucket that has been full is like a new one.
 */
import { limits } from '../../protocol/index.ts'

/**
 * The state of buckets, two numbers each: when the bucket will be full, and the latest retry time that was given out. Zero
 * is the state of a bucket that was never used, so that memory for many buckets is only taken where one is.
 */
export type LimiterTimes = Float64Array | number[]
const timesEach = 2

/**
 * Makes the state of `count` full buckets. For the single bucket of a connection a plain array takes the least memory.
 */
export function makeTimes(count: number): LimiterTimes {
  return count === 1 ? [0, 0] : new Float64Array(timesEach * count)
}

export class RateLimiter {
  readonly #intervalMs: number
  readonly #burst: number
  readonly #times: LimiterTimes
  /** The index of its first number. */
  readonly #at: number

  /** `perSecond` > 0, `burst` ≥ 1. `times` holds the state, as bucket number `index`. */
  constructor(perSecond: number, burst: number, times: LimiterTimes = makeTimes(1), index = 0) {
    this.#intervalMs = 1000 / perSecond
    this.#burst = burst
    this.#times = times
    this.#at = index * timesEach
  }

  /**
   * Takes `units` at `now`, in ms of the monotonic clock. Returns 0 if they were taken, else the delay of {@link
   * refusal}.
   */
  take(now: number, units = 1): number {
    const waitMs = this.refusal(now, units)
    if (waitMs === 0) this.spend(now, units)
    return waitMs
  }

  /**
   * Returns 0 if `units` can be spent now, else the delay in ms before the next attempt. Each refused caller gets a
   * later time, as in a queue, so that callers that obey do not return all at once. `retryAfterMsMax` bounds the
   * queueing, not the wait for the units. A request above the burst waits until the bucket is full.
   */
  refusal(now: number, units: number): number {
    const earlyMs = this.#earlyMs(now, units)
    if (earlyMs === 0) return 0
    const lastRetryAt = this.#times[this.#at + 1] || -Infinity
    const queuedMs = Math.min(lastRetryAt - now + this.#intervalMs * units, limits.retryAfterMsMax)
    const waitMs = Math.ceil(Math.max(earlyMs, queuedMs))
    this.#times[this.#at + 1] = now + waitMs
    return waitMs
  }

  /** True if `units` can be spent now. Does not reserve a retry time. */
  has(now: number, units: number): boolean {
    return this.#earlyMs(now, units) === 0
  }

  #earlyMs(now: number, units: number): number {
    const toleranceMs = this.#intervalMs * Math.max(0, this.#burst - units)
    const earlyMs = (this.#times[this.#at] || -Infinity) - now - toleranceMs
    // A tolerance of 1 µs absorbs rounding errors.
    return earlyMs <= 1e-3 ? 0 : earlyMs
  }

  /** Spends `units`. Call it only after {@link refusal} returned 0 or {@link has} returned true. */
  spend(now: number, units: number): void {
    const fullAt = this.#times[this.#at] || -Infinity
    this.#times[this.#at] = Math.max(fullAt, now) + this.#intervalMs * units
  }
}
