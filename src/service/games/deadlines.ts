/** What is due when: one timer for all games of a node, in memory or not. */
import type { Clock, Timer } from '../../base/index.ts'

interface Deadline {
  readonly game: string
  /** On the monotonic clock. */
  at: number
  /** Its place in the heap. */
  index: number
}

/** Games that are woken in one turn of the loop: about a millisecond's work. */
const wakesPerTurn = 64

/**
 * A binary heap with one deadline a game at most: when somebody has to look at it next. Whoever is woken looks at the
 * game as it stands and sets the next deadline. What came in before one is due is heard first.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #wake: (game: string) => void
  readonly #heap: Deadline[] = []
  readonly #ofGame = new Map<string, Deadline>()
  #timer: Timer | null = null
  #timerAt = Infinity
  #isClosed = false

  /** `wake` is called in order of time, once for each deadline, which is then gone. */
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

  /** Replaces the game's deadline; `at` is on the monotonic clock, and may be past. */
  set(game: string, at: number): void {
    if (this.#isClosed) return
    let deadline = this.#ofGame.get(game)
    if (deadline === undefined) {
      deadline = { game, at, index: this.#heap.length }
      this.#ofGame.set(game, deadline)
      this.#heap.push(deadline)
    }
    deadline.at = at
    this.#settle(deadline)
    this.#arm()
  }

  clear(game: string): void {
    const deadline = this.#ofGame.get(game)
    if (deadline === undefined) return
    this.#ofGame.delete(game)
    const last = this.#heap.pop()
    if (last === undefined || last === deadline) return
    this.#put(last, deadline.index)
    this.#settle(last)
  }

  /** Nothing is woken from now on. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = null
    this.#heap.length = 0
    this.#ofGame.clear()
  }

  /** A timer that rings too early is left as it is: deadlines move on with every move. */
  #arm(): void {
    const [first] = this.#heap
    if (first === undefined || first.at >= this.#timerAt || this.#isClosed) return
    this.#timer?.cancel()
    this.#timerAt = first.at
    this.#timer = this.#clock.after(first.at - this.#clock.now(), () => this.#ring())
  }

  #ring(): void {
    const [first] = this.#heap
    // The loop turns once more: bytes that came in time are heard before their sender's time is called over.
    if (first !== undefined && first.at <= this.#clock.now()) this.#timer = this.#clock.after(0, () => this.#wakeDue())
    else this.#again()
  }

  #wakeDue(): void {
    const now = this.#clock.now()
    for (let left = wakesPerTurn; left > 0; left--) {
      const [first] = this.#heap
      if (first === undefined || first.at > now) break
      this.clear(first.game)
      this.#wake(first.game)
    }
    this.#again()
  }

  #again(): void {
    this.#timer = null
    this.#timerAt = Infinity
    this.#arm()
  }

  #settle(deadline: Deadline): void {
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
