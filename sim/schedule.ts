/** Virtual time: a queue of calls, ordered by time and then by time of scheduling. It is the only source of events. */
import type { Timer } from '../src/base/index.ts'

interface Plan {
  readonly at: number
  readonly order: number
  call: (() => void) | null
}

export class Schedule {
  #now = 0
  #order = 0
  /** A binary min-heap. */
  readonly #heap: Plan[] = []

  /** Milliseconds since the simulation began. */
  get now(): number {
    return this.#now
  }

  after(ms: number, call: () => void): Timer {
    return this.at(this.#now + Math.max(0, ms), call)
  }

  at(time: number, call: () => void): Timer {
    const plan: Plan = { at: Math.max(time, this.#now), order: this.#order++, call }
    this.#push(plan)
    return { cancel: () => (plan.call = null) }
  }

  /** Advances the time to the next call and makes it. Returns false if there is none. */
  step(): boolean {
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      if (next.call === null) continue
      this.#now = next.at
      next.call()
      return true
    }
    return false
  }

  #push(plan: Plan): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(plan)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, plan)) break
      heap[index] = above
      index = parent
    }
    heap[index] = plan
  }

  #pop(): Plan | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child++
      const least = child % 2 === 0 && right !== undefined ? right : left
      if (isBefore(last, least)) break
      heap[index] = least
      index = child
    }
    heap[index] = last
    return first
  }
}

function isBefore(a: Plan, b: Plan): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
