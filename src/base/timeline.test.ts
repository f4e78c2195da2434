import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, VirtualClock } from './clock.ts'
import { Timeline } from './timeline.ts'

test('an instant is the wall clock at the beginning plus the time since then, even if the wall clock jumps', () => {
  const virtual = new VirtualClock(1_790_000_000_000)
  let jumpMs = 0
  const clock: Clock = {
    now: () => virtual.now() + 0.3,
    wall: () => virtual.wall() + jumpMs,
    after: (ms, call) => virtual.after(ms, call),
  }
  const timeline = new Timeline(clock)
  virtual.advance(1_000.5)
  jumpMs = -3_600_000
  assert.equal(timeline.at(clock.now()), 1_790_000_001_000)
  virtual.advance(0.3)
  assert.equal(timeline.at(clock.now()), 1_790_000_001_001)
})
