/** The devices of accounts: at most so many each, and each once. */
import { Fault } from '../../protocol/index.ts'
import type { PushSubscription } from './push-sender.ts'
import type { SubscriptionStore } from './subscription-store.ts'

/** How often a change is tried again if somebody else changed the devices of the same account. */
const attemptsMax = 8

export class Subscriptions {
  readonly #store: SubscriptionStore
  readonly #perAccount: number

  constructor(store: SubscriptionStore, perAccount: number) {
    this.#store = store
    this.#perAccount = perAccount
  }

  /** @throws Fault, JournalFault */
  async of(account: string): Promise<readonly PushSubscription[]> {
    return (await this.#store.read(account)).subscriptions
  }

  /** Adds a device, or renews it. If the account has too many, the one that was renewed least recently goes. @throws Fault, JournalFault */
  async add(account: string, added: PushSubscription): Promise<void> {
    await this.#change(account, (before) => {
      const last = before.at(-1)
      if (last !== undefined && isEqual(last, added)) return before
      return [...before.filter(({ endpoint }) => endpoint !== added.endpoint), added].slice(-this.#perAccount)
    })
  }

  /** Without effect if the account does not have the device. @throws Fault, JournalFault */
  async remove(account: string, endpoint: string): Promise<void> {
    await this.#change(account, (before) => {
      const rest = before.filter((device) => device.endpoint !== endpoint)
      return rest.length === before.length ? before : rest
    })
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  /** `change` returns the same list if nothing is to be written. */
  async #change(
    account: string,
    change: (before: readonly PushSubscription[]) => readonly PushSubscription[],
  ): Promise<void> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const { subscriptions, revision } = await this.#store.read(account)
      const changed = change(subscriptions)
      if (changed === subscriptions || (await this.#store.write(account, changed, revision))) return
    }
    throw new Fault('unavailable', 'the devices of this account change too often: try again')
  }
}

function isEqual(one: PushSubscription, other: PushSubscription): boolean {
  return (
    one.endpoint === other.endpoint && one.p256dh === other.p256dh && one.auth === other.auth && one.key === other.key
  )
}
