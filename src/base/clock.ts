/** Time as an input: the one place that reads a clock or sets a timer. What it promises `clockContract` proves. */
export interface Clock {
  /** Milliseconds on a monotonic clock, from an arbitrary origin. Only differences mean anything. */
  now(): number
  /** Milliseconds since 1970 on the wall clock. For people to read; never compared or subtracted. */
  wall(): number
  /**
   * Calls back once, `ms` milliseconds from now at the earliest, however far that is; where `ms` is 0 or less at once, but
   * never before this has returned; never for Infinity. Timers are called in the order in which they fall due, but for
   * those less than 3 ms apart, which a host may not tell apart. `call` does not throw.
   */
  after(ms: number, call: () => void): Timer
}

export interface Timer {
  /** Idempotent, and of no effect once it was called; after it returns the callback will not be called. */
  cancel(): void
}

/** The longest delay that a host's timer takes in one piece, in ms. */
const delayMsMax = 2 ** 31 - 1

/** The host's clock: Node or browser. Its timers never keep a process alive. */
export const systemClock: Clock = hostClock(false)

/** The host's clock, but a Node process waits for its timers: for a client that is away to reconnect. */
export const holdingClock: Clock = hostClock(true)

function hostClock(holdsProcess: boolean): Clock {
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after(ms, call) {
      let handle: ReturnType<typeof setTimeout>
      const due = performance.now() + ms
      // A host may call up to two milliseconds early: it drops fractions, and counts from the beginning of one.
      const ring = (): void => {
        const left = due - performance.now()
        if (left > 0) arm(left)
        else call()
      }
      const arm = (left: number): void => {
        handle = setTimeout(ring, Math.min(Math.ceil(left), delayMsMax))
        // Node's timers can be told not to hold the process; a browser's are numbers.
        const timer = handle as unknown
        if (!holdsProcess && typeof timer === 'object' && timer !== null && 'unref' in timer) {
          ;(timer as { unref(): void }).unref()
        }
      }
      arm(Math.max(0, ms))
      return { cancel: () => clearTimeout(handle) }
    },
  }
}

/** What is due this soon counts as due: sums of fractions are a little less than they should be, in ms. */
const soonMs = 1

/**
 * Calls back at each whole multiple of `ms` on the clock until it is cancelled: what a process does now and then it does in
 * one waking, for each costs as much as much of the work. One that could not be kept is left out. `call` does not throw.
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

/** A clock that moves only when told to, for tests: timers due at the same time are called as they were set. */
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

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length
  }

  /** Moves time forward, calling each timer that falls due, in order of due time and then of setting. */
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
