/** Resolves in the next turn of the event loop, after everything else that is ready. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Limits the amount read in one turn of the event loop. A read that reaches the limit has to wait for another turn. */
export class Turns {
  readonly #amountMax: number
  #read = 0
  #last: Promise<void> = Promise.resolve()

  constructor(amountMax: number) {
    this.#amountMax = amountMax
  }

  /**
   * Records that `amount` was read. Returns undefined if the caller may continue at once; otherwise a promise that resolves
   * when it may. Waiting callers get one turn each, in the order of their calls.
   */
  spend(amount: number): Promise<void> | undefined {
    if (this.#read === 0) setImmediate(() => (this.#read = 0))
    this.#read += amount
    if (this.#read < this.#amountMax) return undefined
    return (this.#last = this.#last.then(nextTurn))
  }
}
