/** Waits for the wall clock: a machine without a hardware clock starts in 1970, until it gets the time from the network. */
import { type Clock, type Log, sleep } from '../base/index.ts'

/** 1 January 2026, in ms since 1970: an earlier time is certainly wrong. */
const earliestMs = 1_767_225_600_000
const dayMs = 86_400_000
const checkMs = 500

/**
 * Waits until the wall clock is plausible, at most `patienceMs`. Stored events carry their time: the clock of a game that
 * was stored in 1970 would have run out at the next start.
 */
export async function waitForTime(clock: Clock, log: Log, patienceMs: number): Promise<void> {
  if (clock.wall() >= earliestMs) return
  const daysSince1970 = Math.floor(clock.wall() / dayMs)
  log.warn({ daysSince1970, waitsMs: patienceMs }, 'the clock of this machine is wrong: set it; games wait for it')
  const until = clock.now() + patienceMs
  while (clock.wall() < earliestMs && clock.now() < until) await sleep(clock, checkMs)
  if (clock.wall() >= earliestMs) return log.info({}, 'the clock was set')
  log.error(
    { daysSince1970 },
    'the clock is still wrong: start again once it is set, or the clocks of running games run out as soon as it is',
  )
}
