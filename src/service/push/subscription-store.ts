/** Where the devices of accounts are stored. */
import type { PushSubscription } from './push-sender.ts'

/** The devices of one account. */
export interface StoredSubscriptions {
  /** Oldest first. */
  readonly subscriptions: readonly PushSubscription[]
  /** Grows with each write; 0 before the first one. */
  readonly revision: number
}

export interface SubscriptionStore {
  /** The devices of an account, as the last write left them. @throws Fault or JournalFault */
  read(account: string): Promise<StoredSubscriptions>
  /**
   * Replaces them if nobody has written since `revision`; else returns false and changes nothing.
   * @throws Fault or JournalFault; then it may or may not have been written
   */
  write(account: string, subscriptions: readonly PushSubscription[], revision: number): Promise<boolean>
  close(): Promise<void>
}
