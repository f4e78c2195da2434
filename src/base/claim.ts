/** The few words in which the contracts of ports are written: they run under any test runner. */
import { assert } from './assert.ts'
import { systemClock } from './clock.ts'

/** How long what must come may take, in ms: long enough for real sockets. */
const patienceMsDefault = 5_000
/** Characters that are shown before and behind where two texts begin to differ. */
const shownCharacters = 100

/** Claims that both are the same as JSON. Of long texts it says where they begin to differ. @throws Bug */
export function claimEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, ought] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is === ought) return
  let from = 0
  while (is?.[from] === ought?.[from]) from++
  const show = (text: string | undefined): string =>
    text?.slice(Math.max(0, from - shownCharacters), from + shownCharacters) ?? 'nothing'
  assert(false, `${what}: expected ${show(ought)}, got ${show(is)}`)
}

/** What a stand for a contract has that a check waits with. */
export interface Settling {
  /** Lets what is under way arrive. */
  readonly settle: () => Promise<void>
  /** How long what must come may take, in ms; by default long enough for real sockets. */
  readonly patienceMs?: number
}

/** Waits until `holds`: what is wrong costs as much as it is waited for. @throws Bug when it does not in time */
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
