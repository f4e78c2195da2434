import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { clockContract, type ClockStand } from './clock-contract.ts'
import { type Clock, every, holdingClock, systemClock, type Timer, VirtualClock } from './index.ts'

function stand(clock: Clock): ClockStand {
  // 5 ms more, so that this comes after every timer that is due: hosts count from the beginning of a millisecond.
  const pass = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms + 5))
  return { clock, pass, isVirtual: false }
}

function standStill(clock = new VirtualClock(1_790_000_000_000), seen: Clock = clock): ClockStand {
  return { clock: seen, pass: async (ms) => clock.advance(ms), isVirtual: true }
}

for (const [name, clock] of Object.entries({ systemClock, holdingClock }))
  for (const { title, run } of clockContract) test(`${name}: ${title}`, () => run(stand(clock)))

for (const { title, run } of clockContract) test(`VirtualClock: ${title}`, () => run(standStill()))

test('a timer of the host is never early when measured with its own clock', async () => {
  // Node drops the fraction of a delay and counts from the beginning of a millisecond.
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

test('`every` calls at whole multiples of the clock, whenever it began, until it is cancelled', () => {
  const clock = new VirtualClock()
  // A fraction that sums of fractions do not reproduce exactly.
  clock.advance(1_700.1)
  const called: string[] = []
  const note = (name: string) => (): void => void called.push(`${name} ${Math.round(clock.now())}`)
  const first = every(clock, 1_000, note('first'))
  clock.advance(200)
  const second = every(clock, 1_000, () => {
    note('second')()
    if (called.length >= 4) second.cancel()
  })
  clock.advance(2_000)
  assert.deepEqual(called, ['first 2000', 'second 2000', 'first 3000', 'second 3000'])
  first.cancel()
  clock.advance(5_000)
  assert.equal(called.length, 4)
})

/** Replaces the timers of the host by the least precise ones: whole milliseconds, counted from the beginning of a millisecond. */
function useHost(t: TestContext): ClockStand {
  const virtual = new VirtualClock()
  virtual.advance(0.7)
  const handles = new Map<number, Timer>()
  const longest = 2 ** 31 - 1
  let last = 0
  t.mock.method(performance, 'now', () => virtual.now())
  t.mock.method(globalThis, 'setTimeout', (call: () => void, ms: number) => {
    assert.ok(ms <= longest, `a host treats ${ms} ms as 1 ms`)
    const whole = Math.max(1, Math.trunc(ms))
    const isBegun = virtual.now() - Math.trunc(virtual.now())
    handles.set(
      ++last,
      virtual.after(whole - isBegun, () => call()),
    )
    return last
  })
  t.mock.method(globalThis, 'clearTimeout', (handle: number) => handles.get(handle)?.cancel())
  return standStill(virtual, systemClock)
}

for (const { title, run } of clockContract) test(`the least precise host: ${title}`, (t) => run(useHost(t)))

test('a virtual clock calls timers that fall due at the same time in the order in which they were set', () => {
  const clock = new VirtualClock()
  const called: string[] = []
  clock.after(5, () => called.push('a'))
  clock.advance(2)
  clock.after(3, () => called.push('b'))
  clock.after(3, () => called.push('c'))
  clock.advance(3)
  assert.deepEqual(called, ['a', 'b', 'c'])
})

for (const [name, output] of [
  ['systemClock', ''],
  ['holdingClock', 'called'],
])
  test(`${name} ${output === '' ? 'does not keep a process alive' : 'keeps a process alive until its timers were called'}`, async () => {
    const file = new URL('index.ts', import.meta.url).href
    const script = `import { ${name} as clock } from '${file}'
      clock.after(100, () => process.stdout.write('called'))
      clock.after(3e9, () => {}).cancel()`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    assert.equal(stdout, output)
  })

/** Clocks with deliberate bugs, each based on a correct one: the contract is useful only if it fails on each of them. */
const plants: Readonly<Record<string, (right: VirtualClock) => Partial<Clock>>> = {
  'goes back': (right) => {
    let readings = 0
    return { now: () => right.now() - (++readings % 50) }
  },
  'misses a part of the time': (right) => ({ now: () => right.now() * 0.9 }),
  'is early': (right) => ({ after: (ms, call) => right.after(ms - 1.5, call) }),
  'calls twice': (right) => ({
    after: (ms, call) => {
      right.after(ms + 1, call)
      return right.after(ms, call)
    },
  }),
  'calls before it returns': (right) => ({
    after: (ms, call) => {
      if (ms > 0) return right.after(ms, call)
      call()
      return { cancel() {} }
    },
  }),
  'calls in the order of setting': (right) => {
    const calls: (() => void)[] = []
    return {
      after: (ms, call) => {
        calls.push(call)
        return right.after(ms, () => calls.shift()?.())
      },
    }
  },
  'cancels nothing': (right) => ({
    after: (ms, call) => {
      right.after(ms, call)
      return { cancel() {} }
    },
  }),
  'cancels another timer the second time': (right) => {
    const timers: Timer[] = []
    return {
      after: (ms, call) => {
        const timer = right.after(ms, call)
        timers.push(timer)
        const cancel = (): void => {
          timer.cancel()
          if (isCancelled) timers.at(-1)?.cancel()
          isCancelled = true
        }
        let isCancelled = false
        return { cancel }
      },
    }
  },
  'calls all timers that are due although one cancels the others': (right) => {
    let due: (() => void)[] = []
    return {
      after: (ms, call) => {
        let isCancelled = false
        right.after(ms, () => {
          if (isCancelled) return
          due.push(call)
          right.after(0, () => {
            const calls = due
            due = []
            for (const each of calls) each()
          })
        })
        return { cancel: () => (isCancelled = true) }
      },
    }
  },
  'loses timers set within a call': (right) => {
    let isCalling = false
    return {
      after: (ms, call) =>
        isCalling
          ? { cancel() {} }
          : right.after(ms, () => {
              isCalling = true
              call()
              isCalling = false
            }),
    }
  },
  'calls timers with a long delay at once': (right) => ({
    after: (ms, call) => right.after(ms > 2 ** 31 - 1 ? 1 : ms, call),
  }),
  'never calls timers with a long delay': (right) => ({
    after: (ms, call) => right.after(ms > 2 ** 31 - 1 ? Infinity : ms, call),
  }),
}

for (const [plant, make] of Object.entries(plants))
  test(`the contract fails on a clock that ${plant}`, async () => {
    await assert.rejects(async () => {
      for (const { run } of clockContract) {
        const right = new VirtualClock()
        const base: Clock = {
          now: () => right.now(),
          wall: () => right.wall(),
          after: (ms, call) => right.after(ms, call),
        }
        await run(standStill(right, { ...base, ...make(right) }))
      }
    })
  })
