/** The only interface through which the program reads clocks and sets timers. `clockContract` checks its contract. */
export interface Clock {
  /** Milliseconds on a monotonic clock with an arbitrary origin. Only differences are meaningful. */
  now(): number
  /** Milliseconds since 1970 on the wall clock. Only for people to read: never compare or subtract it. */
  wall(): number
  /**
   * Calls `call` once, at least `ms` milliseconds from now. `ms` may be of any size. If it is 0 or less, the call comes at once,
   * but never before this has returned. If it is Infinity, the call never comes. Timers are called in the order in which they
   * fall due, except those less than 3 ms apart, which a host may not distinguish. `call` must not throw.
   */
  after(ms: number, call: () => void): Timer
}

export interface Timer {
  /** Cancels the timer. Idempotent. Has no effect after the callback was called. The callback is not called after this returns. */
  cancel(): void
}

/** The longest delay that a timer of the host supports, in ms. */
const delayMsMax = 2 ** 31 - 1

/** The clock of the host, Node or a browser. Its timers do not keep a process alive. */
export const systemClock: Clock = hostClock(false)

/** The clock of the host, but its timers keep a Node process alive, for example while a client waits to reconnect. */
export const holdingClock: Clock = hostClock(true)

function hostClock(holdsProcess: boolean): Clock {
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after(ms, call) {
      let handle: ReturnType<typeof setTimeout>
      const due = performance.now() + ms
      // A host may call up to two milliseconds early: it drops fractions and counts from the beginning of a millisecond.
      const fire = (): void => {
        const left = due - performance.now()
        if (left > 0) start(left)
        else call()
      }
      const start = (left: number): void => {
        handle = setTimeout(fire, Math.min(Math.ceil(left), delayMsMax))
        // A timer of Node is an object with `unref`; a timer of a browser is a number.
        const timer = handle as unknown
        if (!holdsProcess && typeof timer === 'object' && timer !== null && 'unref' in timer) {
          ;(timer as { unref(): void }).unref()
        }
      }
      start(Math.max(0, ms))
      return { cancel: () => clearTimeout(handle) }
    },
  }
}

/** A time this close, in ms, counts as reached: sums of fractions are slightly too small. */
const soonMs = 1

/**
 * Calls `call` at each whole multiple of `ms` on the clock until the timer is cancelled. So all periodic work of a process
 * shares the same wake-ups, which are expensive. If the process misses a multiple, that call is left out. `call` must not
 * throw.
 */
export function every(clock: Clock, ms: number, call: () => void): Timer {
  const wait = (): Timer => {
    const now = clock.now()
    const next = (Math.floor((now + soonMs) / ms) + 1) * ms
    return clock.after(next - now, () => {
      timer = wait()
      call()
    })
  }
  let timer = wait()
  return { cancel: () => timer.cancel() }
}

interface VirtualTimer {
  readonly at: number
  readonly order: number
  readonly call: () => void
}

/** A clock for tests that moves only by `advance`. Timers due at the same time are called in the order in which they were set. */
export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  readonly #wallOrigin: number
  readonly #timers: VirtualTimer[] = []

  constructor(wallOrigin = 0) {
    this.#wallOrigin = wallOrigin
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#wallOrigin + this.#now
  }

  after(ms: number, call: () => void): Timer {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, call }
    this.#timers.push(timer)
    return {
      cancel: () => {
        const index = this.#timers.indexOf(timer)
        if (index >= 0) this.#timers.splice(index, 1)
      },
    }
  }

  /** The number of waiting timers. */
  get waiting(): number {
    return this.#timers.length
  }

  /** Moves time forward. Calls each timer that falls due, ordered by due time and then by the order of setting. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#timers.reduce<VirtualTimer | undefined>(
        (first, timer) =>
          timer.at <= end &&
          (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
            ? timer
            : first,
        undefined,
      )
      if (due === undefined) break
      this.#timers.splice(this.#timers.indexOf(due), 1)
      this.#now = due.at
      due.call()
    }
    this.#now = end
  }
}
