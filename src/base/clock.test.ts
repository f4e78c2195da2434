import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdingClock } from './index.ts'

test('a timer of the host is never early: whoever measures when it calls finds that the time has passed', async () => {
  // Node drops the fraction of a delay, and counts from the beginning of a millisecond.
  const wait = (ms: number): Promise<number> =>
    new Promise((resolve) => {
      const setAt = holdingClock.now()
      holdingClock.after(ms, () => resolve(holdingClock.now() - setAt - ms))
    })
  for (let round = 0; round < 10; round++) {
    const late = await Promise.all(Array.from({ length: 10 }, (_, index) => wait(3 + index / 10)))
    assert.deepEqual(
      late.filter((ms) => ms < 0),
      [],
    )
  }
})
