/** One timer for all connections. Deadlines are rounded up to whole ticks, so that setting one is cheap. */
import { type Clock, type Timer } from '../../base/index.ts'

export class TimerWheel {
  readonly #clock: Clock
  readonly #tickMs: number
  /** Deadlines by the number of the tick at which they are due. */
  readonly #slots = new Map<number, Set<Deadline>>()
  #now: number
  #lastTick: number
  #timer: Timer | null = null
  #isClosed = false

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock
    this.#tickMs = tickMs
    this.#now = clock.now()
    this.#lastTick = this.#tickOf(this.#now)
  }

  /** The monotonic time, up to a tick late, without the cost of reading the clock. */
  get now(): number {
    return this.#now
  }

  /** Calls back once, at the earliest after `ms`, at the latest one tick later. */
  after(ms: number, call: () => void): Timer {
    if (this.#isClosed) return { cancel() {} }
    this.#start()
    const tick = Math.max(this.#lastTick + 1, Math.ceil((this.#clock.now() + ms) / this.#tickMs))
    const slot = this.#slots.get(tick) ?? new Set()
    this.#slots.set(tick, slot)
    return new Deadline(slot, call)
  }

  /** Cancels every deadline; later ones are ignored. */
  close(): void {
    this.#isClosed = true
    this.#stop()
  }

  #stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#slots.clear()
  }

  #tickOf(time: number): number {
    return Math.floor(time / this.#tickMs)
  }

  #start(): void {
    if (this.#timer !== null) return
    this.#now = this.#clock.now()
    this.#lastTick = this.#tickOf(this.#now)
    this.#schedule()
  }

  /** Sets the timer to the beginning of the next tick, so that no deadline waits for two. */
  #schedule(): void {
    this.#timer = this.#clock.after((this.#lastTick + 1) * this.#tickMs - this.#clock.now(), this.#tick)
  }

  readonly #tick = (): void => {
    this.#now = this.#clock.now()
    const end = this.#tickOf(this.#now)
    while (this.#lastTick < end) {
      const slot = this.#slots.get(++this.#lastTick)
      if (slot === undefined) continue
      this.#slots.delete(this.#lastTick)
      for (const { call } of slot) call()
    }
    if (this.#slots.size === 0) this.#stop()
    else this.#schedule()
  }
}

/** Small, because every connection has at least one. */
class Deadline implements Timer {
  readonly #slot: Set<Deadline>
  readonly call: () => void

  constructor(slot: Set<Deadline>, call: () => void) {
    this.#slot = slot
    this.call = call
    slot.add(this)
  }

  cancel(): void {
    this.#slot.delete(this)
  }
}
