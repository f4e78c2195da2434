import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockContract } from '../base/clock-contract.ts'
import { VirtualClock } from '../base/index.ts'
import { ClosableClock } from './closable.ts'

for (const { title, run } of clockContract)
  test(`the clock of a service: ${title}`, () => {
    const clock = new VirtualClock()
    return run({ clock: new ClosableClock(clock), pass: async (ms) => clock.advance(ms), isVirtual: true })
  })

test('after end() the clock of a service fires no timer, whether set before or after it', () => {
  const clock = new VirtualClock()
  const own = new ClosableClock(clock)
  const called: string[] = []
  const before = own.after(1, () => called.push('set before'))
  own.after(2, () => called.push('set before'))
  own.end()
  const afterwards = own.after(1, () => called.push('set afterwards'))
  assert.equal(clock.waiting, 0)
  clock.advance(10)
  for (const timer of [before, afterwards]) timer.cancel()
  own.end()
  assert.deepEqual(called, [])
})
