/** What every clock must do, as checks that run under any test runner. */
import { assert } from './assert.ts'
import { claimEqual } from './claim.ts'
import type { Clock } from './clock.ts'

export interface ClockStand {
  readonly clock: Clock
  /** Lets at least so many milliseconds pass; when it resolves everything that fell due in them has been called. */
  readonly pass: (ms: number) => Promise<void>
  /** Passing a month takes no longer than passing a second. */
  readonly isVirtual: boolean
}

export interface ClockCheck {
  readonly title: string
  /** Takes a clock on which no timer waits. Rejects, saying what was expected, if it is wrong. */
  readonly run: (stand: ClockStand) => Promise<void>
}

/** Timers that fall due less than this apart may be called in any order, in ms. */
const apartMs = 3
/** What sums of fractions lose, in ms. */
const roundingMs = 1e-3

export const clockContract: readonly ClockCheck[] = [
  {
    title: 'it never goes back, and takes in all that passes',
    async run({ clock, pass }) {
      let last = clock.now()
      for (const ms of [0, 1, 0.5, 7]) {
        const before = last
        await pass(ms)
        for (let look = 0; look < 100; look++) {
          const now = clock.now()
          assert(now >= last, `it went back from ${last} to ${now}`)
          last = now
        }
        assert(last - before >= ms - roundingMs, `${ms} ms passed, and it took in ${last - before}`)
      }
      assert(Number.isFinite(clock.wall()), 'the wall clock tells a time')
    },
  },
  {
    title: 'a timer is called once, not early, and not before it is set',
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
          assert(isSet, `a timer of ${ms} ms was called before it was set`)
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
    title: 'a cancelled timer is not called, whatever is cancelled again or too late',
    async run({ clock, pass }) {
      const called: string[] = []
      const say = (what: string) => (): void => void called.push(what)
      const first = clock.after(0, say('cancelled'))
      const kept = clock.after(2, say('kept'))
      first.cancel()
      clock.after(2, say('set afterwards'))
      first.cancel()
      await pass(10)
      claimEqual(called.toSorted(), ['kept', 'set afterwards'], 'called')
      clock.after(2, say('set later'))
      kept.cancel()
      first.cancel()
      await pass(10)
      claimEqual(called[2], 'set later', 'called after others were cancelled too late')
    },
  },
  {
    title: 'a timer that is called cancels itself without harm, and others that are due with it for good',
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
    title: 'a timer that is set by a call is called after it, at once if it is due',
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
    title: 'a far timer is not called at once, and one of Infinity never',
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
