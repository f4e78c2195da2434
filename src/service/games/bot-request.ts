/** One request for a bot's move: who is charged for it, and whether the answer is still wanted. */
export class BotRequest {
  /** The address that is charged. Requests with different keys take turns. */
  readonly key: string
  #isDropped = false
  #dropped: (() => void) | null = null

  constructor(key: string) {
    this.key = key
  }

  get isDropped(): boolean {
    return this.#isDropped
  }

  /** Calls `call` when the request is dropped; at once if it already was. A later call replaces an earlier one. */
  onDrop(call: () => void): void {
    this.#dropped = call
    if (this.#isDropped) call()
  }

  /** Cancels the request: nobody wants the answer any more. Idempotent. */
  drop(): void {
    if (this.#isDropped) return
    this.#isDropped = true
    this.#dropped?.()
  }
}
