/** Joins what a connection sends in one turn of the event loop into one write. */

export interface Flushable {
  /** Writes everything that is queued. */
  flush(): void
}

/**
 * Streams with states only, no answers, that are flushed in one turn of the event loop: about a millisecond of work, so that a
 * thousand watchers of a game delay nobody else. One commit can fill that many streams: 32 made a move cost a fifth more.
 */
const statesPerTurn = 256

/**
 * Flushes the streams at the end of a turn of the event loop: all that contain an answer, and a bounded number of those
 * with states only.
 */
export class Flusher {
  #answers: Flushable[] = []
  #states: Flushable[] = []
  #isScheduled = false

  mark(stream: Flushable, isAnswer: boolean): void {
    ;(isAnswer ? this.#answers : this.#states).push(stream)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    this.#isScheduled = false
    const answers = this.#answers
    this.#answers = []
    for (const stream of answers) stream.flush()
    const states = this.#states
    this.#states = states.length > statesPerTurn ? states.slice(statesPerTurn) : []
    for (const stream of states.slice(0, statesPerTurn)) stream.flush()
    if (this.#states.length > 0) this.#schedule()
  }
}
