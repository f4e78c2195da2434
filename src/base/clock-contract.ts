/** The contract of every clock, as checks that run in any test runner. */
import { assert } from './assert.ts'
import { claimEqual } from './claim.ts'
import type { Clock } from './clock.ts'

export interface ClockStand {
  readonly clock: Clock
  /** Lets at least `ms` milliseconds pass. When it resolves, all timers that fell due have been called. */
  readonly pass: (ms: number) => Promise<void>
  /** True if `pass` takes no longer for a month than for a second. */
  readonly isVirtual: boolean
}

export interface ClockCheck {
  readonly title: string
  /** Needs a clock without waiting timers. Rejects if the clock violates the contract; the message says what was expected. */
  readonly run: (stand: ClockStand) => Promise<void>
}

/** Timers that fall due less than this time apart, in ms, may be called in any order. */
const apartMs = 3
/** The rounding error of sums of fractions, in ms. */
const roundingMs = 1e-3

export const clockContract: readonly ClockCheck[] = [
  {
    title: 'it never goes back, and counts all the time that passes',
    async run({ clock, pass }) {
      let last = clock.now()
      for (const ms of [0, 1, 0.5, 7]) {
        const before = last
        await pass(ms)
        for (let reading = 0; reading < 100; reading++) {
          const now = clock.now()
          assert(now >= last, `it went back from ${last} to ${now}`)
          last = now
        }
        assert(last - before >= ms - roundingMs, `${ms} ms passed, but it counted ${last - before}`)
      }
      assert(Number.isFinite(clock.wall()), 'the wall clock is a number')
    },
  },
  {
    title: 'a timer is called once, not early, and not before `after` has returned',
    async run({ clock, pass }) {
      const called: string[] = []
      const delays = [0, 0.2, 1, 1.5, 2.7, 5, 5, -1]
      for (const ms of delays) {
        const setAt = clock.now()
        let isSet = false
        clock.after(ms, () => {
          called.push(String(ms))
          const early = ms - (clock.now() - setAt)
          assert(early <= roundingMs, `a timer of ${ms} ms was ${early} ms early`)
          assert(isSet, `a timer of ${ms} ms was called before after() had returned`)
        })
        isSet = true
      }
      await pass(20)
      claimEqual(called.toSorted(), delays.map(String).toSorted(), 'called')
      await pass(20)
      claimEqual(called.length, delays.length, 'calls, later')
    },
  },
  {
    title: 'timers are called in the order in which they fall due',
    async run({ clock, pass }) {
      const called: number[] = []
      const delays = [12, 3, 9, 0, 6].map((step) => step * apartMs)
      for (const ms of delays) clock.after(ms, () => called.push(ms))
      await pass(13 * apartMs)
      const sorted = delays.toSorted((a, b) => a - b)
      claimEqual(called, sorted, 'order')
    },
  },
  {
    title: 'a cancelled timer is not called; cancelling twice or too late does not affect other timers',
    async run({ clock, pass }) {
      const called: string[] = []
      const record = (what: string) => (): void => void called.push(what)
      const first = clock.after(0, record('cancelled'))
      const kept = clock.after(2, record('kept'))
      first.cancel()
      clock.after(2, record('set afterwards'))
      first.cancel()
      await pass(10)
      claimEqual(called.toSorted(), ['kept', 'set afterwards'], 'called')
      clock.after(2, record('set later'))
      kept.cancel()
      first.cancel()
      await pass(10)
      claimEqual(called[2], 'set later', 'called after others were cancelled too late')
    },
  },
  {
    title: 'a timer can cancel itself within its call without effect, and other timers that are due at the same time',
    async run({ clock, pass }) {
      const called: number[] = []
      const timers = [0, 1, 2].map((index) =>
        clock.after(5, () => {
          called.push(index)
          for (const timer of timers) timer.cancel()
        }),
      )
      await pass(15)
      claimEqual(called.length, 1, 'calls')
    },
  },
  {
    title: 'a timer that is set within a call is called after that call, at once if it is due',
    async run({ clock, pass }) {
      const called: string[] = []
      clock.after(1, () => {
        clock.after(0, () => called.push('next'))
        clock.after(4, () => called.push('later'))
        called.push('first')
      })
      await pass(20)
      claimEqual(called, ['first', 'next', 'later'], 'order')
    },
  },
  {
    title: 'a timer with a very long delay is not called at once, and one with an infinite delay never',
    async run({ clock, pass, isVirtual }) {
      const far = 2 ** 31 + 5
      const called: number[] = []
      const timers = [far, 2 * far, 2 ** 53, Infinity].map((ms) => clock.after(ms, () => called.push(ms)))
      await pass(10)
      claimEqual(called, [], 'called')
      if (isVirtual) {
        await pass(far)
        claimEqual(called, [far], 'called later')
        await pass(far)
        claimEqual(called, [far, 2 * far], 'called in the end')
      }
      for (const timer of timers) timer.cancel()
    },
  },
]
