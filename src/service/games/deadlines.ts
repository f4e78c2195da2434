/** The next deadline of each game, in memory or not, with one timer for all games of a node. */
import type { Clock, Timer } from '../../base/index.ts'

interface Deadline {
  readonly game: string
  /** On the monotonic clock. */
  at: number
  /** Its index in the heap. */
  index: number
}

/** Games that are woken per turn of the event loop: about 1 ms of work. */
const wakesPerTurn = 64

/**
 * A binary heap with at most one deadline per game. The function that is woken checks the current game and sets the
 * next deadline. Messages that arrived before a deadline are handled before it.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #wake: (game: string) => void
  readonly #heap: Deadline[] = []
  readonly #ofGame = new Map<string, Deadline>()
  #timer: Timer | null = null
  #timerAt = Infinity
  #isClosed = false

  /** `wake` is called in order of time, once for each deadline. The deadline is removed before the call. */
  constructor(clock: Clock, wake: (game: string) => void) {
    this.#clock = clock
    this.#wake = wake
  }

  get size(): number {
    return this.#heap.length
  }

  has(game: string): boolean {
    return this.#ofGame.has(game)
  }

  /** Replaces the game's deadline. `at` is on the monotonic clock and may be in the past. */
  set(game: string, at: number): void {
    if (this.#isClosed) return
    let deadline = this.#ofGame.get(game)
    if (deadline === undefined) {
      deadline = { game, at, index: this.#heap.length }
      this.#ofGame.set(game, deadline)
      this.#heap.push(deadline)
    }
    deadline.at = at
    this.#siftIntoPlace(deadline)
    this.#arm()
  }

  clear(game: string): void {
    const deadline = this.#ofGame.get(game)
    if (deadline === undefined) return
    this.#ofGame.delete(game)
    const last = this.#heap.pop()
    if (last === undefined || last === deadline) return
    this.#put(last, deadline.index)
    this.#siftIntoPlace(last)
  }

  /** Nothing is woken from now on. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = null
    this.#heap.length = 0
    this.#ofGame.clear()
  }

  /** Does not replace a timer that fires too early: deadlines move later with every move. */
  #arm(): void {
    const [first] = this.#heap
    if (first === undefined || first.at >= this.#timerAt || this.#isClosed) return
    this.#timer?.cancel()
    this.#timerAt = first.at
    this.#timer = this.#clock.after(first.at - this.#clock.now(), () => this.#fire())
  }

  #fire(): void {
    const [first] = this.#heap
    // Waits for one more turn of the event loop: a message that arrived in time is handled before its sender's flag
    // falls.
    if (first !== undefined && first.at <= this.#clock.now()) this.#timer = this.#clock.after(0, () => this.#wakeDue())
    else this.#rearm()
  }

  #wakeDue(): void {
    const now = this.#clock.now()
    for (let left = wakesPerTurn; left > 0; left--) {
      const [first] = this.#heap
      if (first === undefined || first.at > now) break
      this.clear(first.game)
      this.#wake(first.game)
    }
    this.#rearm()
  }

  #rearm(): void {
    this.#timer = null
    this.#timerAt = Infinity
    this.#arm()
  }

  #siftIntoPlace(deadline: Deadline): void {
    let { index } = deadline
    for (let parent = (index - 1) >> 1; index > 0; parent = (index - 1) >> 1) {
      const above = this.#heap[parent]
      if (above === undefined || above.at <= deadline.at) break
      this.#put(above, index)
      index = parent
    }
    for (;;) {
      const [left, right] = [this.#heap[2 * index + 1], this.#heap[2 * index + 2]]
      const least = right !== undefined && left !== undefined && right.at < left.at ? right : left
      if (least === undefined || least === deadline || least.at >= deadline.at) break
      const { index: below } = least
      this.#put(least, index)
      index = below
    }
    this.#put(deadline, index)
  }

  #put(deadline: Deadline, index: number): void {
    this.#heap[index] = deadline
    deadline.index = index
  }
}
