/** Lets the event loop serve everything else that is ready, then goes on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** How much is read in one turn of the event loop: so much at once, and a read that brings it to that or beyond waits. */
export class Turns {
  readonly #most: number
  #read = 0
  #last: Promise<void> = Promise.resolve()

  constructor(most: number) {
    this.#most = most
  }

  /** So much was read. Resolves when more may be; those who wait have a turn each, in the order in which they came. */
  spend(much: number): Promise<void> | undefined {
    if (this.#read === 0) setImmediate(() => (this.#read = 0))
    this.#read += much
    if (this.#read < this.#most) return undefined
    return (this.#last = this.#last.then(nextTurn))
  }
}
