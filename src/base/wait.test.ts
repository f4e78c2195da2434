import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { sleep, within } from './wait.ts'

test('sleep resolves after its time on the clock, not before', async () => {
  const clock = new VirtualClock(0)
  let isAwake = false
  void sleep(clock, 1_000).then(() => (isAwake = true))
  clock.advance(999)
  await Promise.resolve()
  assert.equal(isAwake, false)
  clock.advance(1)
  await Promise.resolve()
  assert.equal(isAwake, true)
})

test('within ends with its event, with its failure, or after its time, and leaves no timer', async () => {
  const clock = new VirtualClock(0)
  await within(clock, 1_000, Promise.resolve('done'))
  assert.equal(clock.waiting, 0)
  await assert.rejects(within(clock, 1_000, Promise.reject(new Error('failed'))), /failed/)
  assert.equal(clock.waiting, 0)
  const late = within(clock, 1_000, new Promise(() => {}))
  clock.advance(1_000)
  await late
})
