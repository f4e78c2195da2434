/** One timer for all connections: deadlines rounded up to whole ticks, so that setting one costs nothing. */
import { type Clock, type Timer } from '../../base/index.ts'

export class TimerWheel {
  readonly #clock: Clock
  readonly #tickMs: number
  /** Deadlines by the number of the tick at which they fall due. */
  readonly #slots = new Map<number, Set<Deadline>>()
  #now: number
  #ticked: number
  #timer: Timer | null = null
  #isClosed = false

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock
    this.#tickMs = tickMs
    this.#now = clock.now()
    this.#ticked = this.#tickOf(this.#now)
  }

  /** The clock, up to a tick late, without the cost of reading it. */
  get now(): number {
    return this.#now
  }

  /** Calls back once, `ms` from now at the earliest and a tick later at the latest. */
  after(ms: number, call: () => void): Timer {
    if (this.#isClosed) return { cancel() {} }
    this.#wind()
    const tick = Math.max(this.#ticked + 1, Math.ceil((this.#clock.now() + ms) / this.#tickMs))
    const slot = this.#slots.get(tick) ?? new Set()
    this.#slots.set(tick, slot)
    return new Deadline(slot, call)
  }

  /** Forgets every deadline, and those that are still to be set. */
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

  #wind(): void {
    if (this.#timer !== null) return
    this.#now = this.#clock.now()
    this.#ticked = this.#tickOf(this.#now)
    this.#timer = this.#clock.after(this.#tickMs, this.#turn)
  }

  readonly #turn = (): void => {
    this.#timer = this.#clock.after(this.#tickMs, this.#turn)
    this.#now = this.#clock.now()
    const end = this.#tickOf(this.#now)
    while (this.#ticked < end) {
      const slot = this.#slots.get(++this.#ticked)
      if (slot === undefined) continue
      this.#slots.delete(this.#ticked)
      for (const { call } of slot) call()
    }
    if (this.#slots.size === 0) this.#stop()
  }
}

/** Every connection has one, so it is small. */
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
