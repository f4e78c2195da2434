/** Helpers for contract checks. They run in any test runner. */
import { assert } from './assert.ts'
import { systemClock } from './clock.ts'

/** How long a check waits for an expected result, in ms: long enough for real sockets. */
const patienceMsDefault = 5_000
/** Characters that are shown before and after the place where two texts begin to differ. */
const shownCharacters = 100

/** Asserts that both values are equal as JSON. The message shows where long texts begin to differ. @throws Bug */
export function claimEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is === wanted) return
  let from = 0
  while (is?.[from] === wanted?.[from]) from++
  const show = (text: string | undefined): string =>
    text?.slice(Math.max(0, from - shownCharacters), from + shownCharacters) ?? 'nothing'
  assert(false, `${what}: expected ${show(wanted)}, got ${show(is)}`)
}

/** What a check needs to wait for a result. */
export interface Settling {
  /** Lets messages and timers in flight arrive. */
  readonly settle: () => Promise<void>
  /** How long to wait for an expected result, in ms. Default: long enough for real sockets. */
  readonly patienceMs?: number
}

/** Waits until `holds` returns true. @throws Bug if it does not within `patienceMs` */
export async function until(
  { settle, patienceMs = patienceMsDefault }: Settling,
  holds: () => boolean,
  what: string,
): Promise<void> {
  const late = systemClock.now() + patienceMs
  while (!holds()) {
    assert(systemClock.now() < late, `${what}: not within ${patienceMs} ms`)
    await settle()
  }
}
