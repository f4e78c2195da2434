/** Lets the event loop serve everything else that is ready, then goes on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Gives each of those who wait a turn of the event loop of its own, in the order in which they came. */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  next(): Promise<void> {
    return (this.#last = this.#last.then(nextTurn))
  }
}
