/** Waiting in real time. */
import { holdingClock, sleep, systemClock } from '../../src/base/index.ts'

/** Resolves after `ms`, by the host's timers. */
export const pass = (ms: number): Promise<void> => sleep(holdingClock, ms)

/** Waits until the claim holds; resolves with the time it took, in ms. @throws after `msMax` */
export async function eventually(
  claim: () => boolean | Promise<boolean>,
  msMax = 10_000,
  what = String(claim),
): Promise<number> {
  const from = systemClock.now()
  for (; !(await claim()); await pass(20))
    if (systemClock.now() > from + msMax) throw new Error(`it does not hold after ${msMax} ms: ${what}`)
  return Math.round(systemClock.now() - from)
}
