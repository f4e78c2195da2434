/** Waiting on a clock, as promises. */
import type { Clock } from './clock.ts'

/** Resolves after `ms` milliseconds on `clock`. */
export function sleep(clock: Pick<Clock, 'after'>, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve))
}

/** Settles as the first of `events` does, or resolves after `ms` milliseconds on `clock`. Leaves no timer. */
export async function within(
  clock: Pick<Clock, 'after'>,
  ms: number,
  ...events: readonly Promise<unknown>[]
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = clock.after(ms, resolve)
  try {
    await Promise.race([...events, promise])
  } finally {
    timer.cancel()
  }
}
