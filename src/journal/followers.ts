/** The followers of one journal. */
import { JournalFault, type Subscription } from './journal.ts'

export class Followers<Each extends Subscription> implements Iterable<Each> {
  readonly #all = new Set<Each>()

  get size(): number {
    return this.#all.size
  }

  /** Returns the subscription of `follower`. After it is closed, the follower gets no more entries. */
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

  /** Closes all followers. The journal calls this when it closes. */
  close(): void {
    for (const follower of this.#all) follower.close()
    this.#all.clear()
  }

  [Symbol.iterator](): Iterator<Each> {
    return this.#all.values()
  }
}

/**
 * Tells when a follower has received all entries that were stored when it began. Idempotent: only the first call of
 * `reach`, `fail` or `close` counts.
 */
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

  /** Rejects the promise because the follower was closed. If nobody awaits it, this is not an unhandled rejection. */
  close(): void {
    this.promise.catch(() => {})
    this.fail(new JournalFault('unavailable', 'the subscription was closed before it had caught up'))
  }
}
