/** A machine without a clock of its own begins in 1970, until its network tells it the time. */
import type { Clock, Log } from '../base/index.ts'

/** 1 January 2026: before anything that is running today was made, in ms since 1970. */
const earliestMs = 1_767_225_600_000
const dayMs = 86_400_000
const lookMs = 500

/**
 * Waits until the clock can be right, `patienceMs` at most: what is stored carries its time, and the clock of a game that was
 * stored in 1970 would have run out by the next start.
 */
export async function waitForTime(clock: Clock, log: Log, patienceMs: number): Promise<void> {
  if (clock.wall() >= earliestMs) return
  const daysSince1970 = Math.floor(clock.wall() / dayMs)
  log.warn({ daysSince1970, waitsMs: patienceMs }, 'the clock of this machine is wrong: set it; games wait for it')
  const until = clock.now() + patienceMs
  while (clock.wall() < earliestMs && clock.now() < until) {
    const { promise, resolve } = Promise.withResolvers<void>()
    clock.after(lookMs, resolve)
    await promise
  }
  if (clock.wall() >= earliestMs) return log.info({}, 'the clock was set')
  log.error(
    { daysSince1970 },
    'the clock is still wrong: start again once it is set, or clocks of games run out at once then',
  )
}
