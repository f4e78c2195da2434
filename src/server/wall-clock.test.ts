import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../base/index.ts'
import { waitForTime } from './wall-clock.ts'

const lateIn2026 = 1_796_000_000_000

/** A clock whose wall time can be set, and the log. */
function stand(wall: number) {
  const clock = new VirtualClock()
  const logged: string[] = []
  const log = (_: object, event: string): void => void logged.push(event)
  const hand = { wall }
  const stepped = { now: () => clock.now(), wall: () => hand.wall + clock.now(), after: clock.after.bind(clock) }
  return { clock, stepped, hand, logged, log: { debug: log, info: log, warn: log, error: log } }
}

async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.advance(500)
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  }
}

test('[S60] a plausible clock is not waited for', async () => {
  const { stepped, log, logged } = stand(lateIn2026)
  await waitForTime(stepped, log, 20_000)
  assert.deepEqual(logged, [])
})

test('[S60] a clock in 1970 is waited for until it is set, for a bounded time', async () => {
  const { clock, stepped, hand, log, logged } = stand(0)
  let isOver = false
  const waiting = waitForTime(stepped, log, 20_000).then(() => (isOver = true))
  await pass(clock, 5_000)
  assert.equal(isOver, false)
  hand.wall = lateIn2026
  await pass(clock, 1_000)
  await waiting
  assert.match(logged.join('\n'), /^the clock of this machine is wrong.*\nthe clock was set$/)
  const never = stand(0)
  const given = waitForTime(never.stepped, never.log, 20_000)
  await pass(never.clock, 21_000)
  await given
  assert.match(never.logged.join('\n'), /still wrong: start again once it is set/)
})
