import { test } from 'node:test'
import { clockContract, type ClockStand } from '../src/base/clock-contract.ts'
import { Schedule } from './schedule.ts'

/** A clock of the simulation, with an arbitrary origin. */
function open(): ClockStand {
  const schedule = new Schedule()
  const origin = 123_456
  const now = (): number => origin + schedule.now
  return {
    clock: { now, wall: now, after: (ms, call) => schedule.after(ms, call) },
    async pass(ms) {
      let isOver = false
      schedule.after(ms, () => (isOver = true))
      while (!isOver) schedule.step()
    },
    isVirtual: true,
  }
}

for (const { title, run } of clockContract) test(`virtual time: ${title}`, () => run(open()))
