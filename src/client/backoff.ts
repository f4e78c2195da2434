/** How long to wait before trying again. */
import type { Random } from '../base/index.ts'

const firstMs = 500
const mostMs = 15_000

/**
 * Exponential with full jitter: uniform below a bound that doubles with each attempt, so that a thousand clients of a
 * server that restarts come back spread out. The first attempt is 0.
 */
export function backoffMs(attempt: number, random: Random, boundMsMax = mostMs): number {
  return random.below(Math.min(boundMsMax, firstMs * 2 ** Math.min(attempt, 16)))
}
