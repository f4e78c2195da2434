/** How long to wait before the next attempt. */
import type { Random } from '../base/index.ts'

const firstMs = 500
const mostMs = 15_000

/**
 * Exponential backoff with full jitter, in ms: uniform below a bound that doubles with each attempt, so that a thousand
 * clients of a restarted server do not return all at once. `attempt` counts from 0.
 */
export function backoffMs(attempt: number, random: Random, boundMsMax = mostMs): number {
  return random.below(Math.min(boundMsMax, firstMs * 2 ** Math.min(attempt, 16)))
}
