/** Records when the leader of a stream did not answer, so that nobody could append. */
import { settleMs } from './limits.ts'

interface Outage {
  readonly from: number
  readonly to: number
}

/** The number of outages that are kept. With one outage an hour, they cover days. */
const keptMax = 64

export class Outages {
  readonly #ended: Outage[] = []
  /** When the last answered request was sent. */
  #goodAt: number
  /** Requests without an answer since then. A single one may be lost without an outage. */
  #unanswered = 0

  /** All times are instants of the monotonic clock, in ms. */
  constructor(now: number) {
    this.#goodAt = now
  }

  /** The leader has answered the request that was sent at `sentAt`. */
  answered(sentAt: number, now: number): void {
    if (this.#isAway) this.#ended.push({ from: this.#goodAt, to: now + settleMs })
    if (this.#ended.length > keptMax) this.#ended.shift()
    this.#unanswered = 0
    this.#goodAt = Math.max(this.#goodAt, sentAt)
  }

  unanswered(): void {
    this.#unanswered++
  }

  /** The time between `from` and `to` that was part of an outage, in ms. */
  overlapMs(from: number, to: number): number {
    const all = this.#isAway ? [...this.#ended, { from: this.#goodAt, to: Infinity }] : this.#ended
    let sum = 0
    // Outages can overlap: one may begin during the extra time after the one before. Overlaps are counted once.
    let counted = from
    for (const outage of all) {
      const begin = Math.max(counted, outage.from)
      const end = Math.min(to, outage.to)
      if (end <= begin) continue
      sum += end - begin
      counted = end
    }
    return sum
  }

  get #isAway(): boolean {
    return this.#unanswered >= 2
  }
}
