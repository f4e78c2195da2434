/** Everybody who follows one journal. */
import { JournalFault, type Subscription } from './journal.ts'

export class Followers<Each extends Subscription> implements Iterable<Each> {
  readonly #all = new Set<Each>()

  get size(): number {
    return this.#all.size
  }

  /** Its subscription: whoever closes it hears nothing more. */
  add(follower: Each): Subscription {
    this.#all.add(follower)
    return {
      caughtUp: follower.caughtUp,
      close: () => {
        this.#all.delete(follower)
        follower.close()
      },
    }
  }

  /** With the journal. */
  close(): void {
    for (const follower of this.#all) follower.close()
    this.#all.clear()
  }

  [Symbol.iterator](): Iterator<Each> {
    return this.#all.values()
  }
}

/** When a follower has heard what was stored at its beginning. Idempotent: the first word counts. */
export class CatchingUp {
  readonly promise: Promise<void>
  readonly #done = Promise.withResolvers<void>()

  constructor() {
    this.promise = this.#done.promise
  }

  reach(): void {
    this.#done.resolve()
  }

  fail(cause: unknown): void {
    this.#done.reject(cause)
  }

  /** The follower was closed. Whoever closes knows; only those who still wait are told. */
  close(): void {
    this.promise.catch(() => {})
    this.fail(new JournalFault('unavailable', 'the subscription was closed before it had caught up'))
  }
}
