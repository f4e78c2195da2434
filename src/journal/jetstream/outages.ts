/** When the leader of a stream did not answer, so that nobody could append. */
import { settleMs } from './limits.ts'

interface Outage {
  readonly from: number
  readonly to: number
}

/** The last ones that are kept: of days, where one comes each hour. */
const kept = 64

export class Outages {
  readonly #ended: Outage[] = []
  /** When the last question was sent that was answered. */
  #goodAt: number
  /** Questions without an answer since then: one may be lost by itself. */
  #unanswered = 0

  /** All instants are of the monotonic clock. */
  constructor(now: number) {
    this.#goodAt = now
  }

  /** The leader has answered what was sent at `sentAt`. */
  answered(sentAt: number, now: number): void {
    if (this.#isAway) this.#ended.push({ from: this.#goodAt, to: now + settleMs })
    if (this.#ended.length > kept) this.#ended.shift()
    this.#unanswered = 0
    this.#goodAt = Math.max(this.#goodAt, sentAt)
  }

  unanswered(): void {
    this.#unanswered++
  }

  /** How much of the time between two instants was an outage. */
  overlapMs(from: number, to: number): number {
    const all = this.#isAway ? [...this.#ended, { from: this.#goodAt, to: Infinity }] : this.#ended
    let sum = 0
    // One may begin before what is waited for after the one before has ended.
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
