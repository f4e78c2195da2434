import type { StoredSubscriptions, SubscriptionStore } from './subscription-store.ts'
import type { PushSubscription } from './push-sender.ts'

const nothing: StoredSubscriptions = { subscriptions: [], revision: 0 }

/** Keeps the devices as long as the process lives. */
export class MemorySubscriptionStore implements SubscriptionStore {
  readonly #stored = new Map<string, StoredSubscriptions>()

  async read(account: string): Promise<StoredSubscriptions> {
    return this.#stored.get(account) ?? nothing
  }

  async write(account: string, subscriptions: readonly PushSubscription[], revision: number): Promise<boolean> {
    if ((this.#stored.get(account)?.revision ?? 0) !== revision) return false
    this.#stored.set(account, { subscriptions, revision: revision + 1 })
    return true
  }

  async close(): Promise<void> {}
}
