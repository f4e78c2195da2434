import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { TimerWheel } from './timer-wheel.ts'

test('a deadline is due at its time or up to a tick later, in order', () => {
  const clock = new VirtualClock()
  const wheel = new TimerWheel(clock, 1_000)
  clock.advance(300)
  const due: string[] = []
  wheel.after(5_000, () => due.push('second'))
  wheel.after(1_500, () => due.push('first'))
  wheel.after(1_600, () => due.push('cancelled')).cancel()
  clock.advance(1_400)
  assert.deepEqual(due, [])
  clock.advance(1_100)
  assert.deepEqual(due, ['first'])
  clock.advance(2_400)
  assert.deepEqual(due, ['first'])
  clock.advance(1_100)
  assert.deepEqual(due, ['first', 'second'])
})

test('a deadline that is set during a tick waits for its own tick, and an empty wheel has no timer', () => {
  const clock = new VirtualClock()
  const wheel = new TimerWheel(clock, 1_000)
  let beats = 0
  const beat = (): void => {
    if (++beats < 3) wheel.after(1_000, beat)
  }
  wheel.after(1_000, beat)
  clock.advance(10_000)
  assert.equal(beats, 3)
  clock.advance(60_000)
  wheel.after(2_000, beat)
  clock.advance(3_100)
  assert.equal(beats, 4)
})

test('a deadline is at most a tick late, whenever the wheel started', () => {
  for (const startedAt of [0, 1, 500, 900, 999]) {
    const clock = new VirtualClock()
    clock.advance(startedAt)
    const wheel = new TimerWheel(clock, 1_000)
    wheel.after(60_000, () => {})
    for (const ms of [150, 999, 1_000, 1_001]) {
      const deadline = clock.now() + ms
      let calledAt = Infinity
      wheel.after(ms, () => (calledAt = clock.now()))
      clock.advance(3_000)
      assert.ok(calledAt >= deadline && calledAt <= deadline + 1_000, `${calledAt} for ${deadline}`)
    }
  }
})
