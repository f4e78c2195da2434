/** A question to whoever thinks for bots: for whom, and whether its answer is still wanted. */
export class BotRequest {
  /** Who brought the game, as an address: between these, thoughts take turns. */
  readonly key: string
  #isDropped = false
  #dropped: (() => void) | null = null

  constructor(key: string) {
    this.key = key
  }

  get isDropped(): boolean {
    return this.#isDropped
  }

  /** Calls back once nobody wants the answer any more, at once if that is so already. A later call replaces an earlier one. */
  onDrop(call: () => void): void {
    this.#dropped = call
    if (this.#isDropped) call()
  }

  /** Nobody wants the answer any more. Idempotent. */
  drop(): void {
    if (this.#isDropped) return
    this.#isDropped = true
    this.#dropped?.()
  }
}
