/** What every store of devices must do, as checks that run against any implementation. */
import assert from 'node:assert/strict'
import type { PushSubscription } from '../push/push-sender.ts'
import type { SubscriptionStore } from '../push/subscription-store.ts'

export function makeSubscription(device: string): PushSubscription {
  return { endpoint: `https://push.example/${device}`, p256dh: `B${'p'.repeat(86)}`, auth: 'a'.repeat(22), key: 'k' }
}

interface StoreCheck {
  readonly title: string
  /** `one` and `other` are two openings of the same store, which was empty. */
  run(one: SubscriptionStore, other: SubscriptionStore): Promise<void>
}

export const subscriptionStoreContract: readonly StoreCheck[] = [
  {
    title: 'what was written is read, by everybody, and each account has its own devices',
    async run(one, other) {
      assert.deepEqual(await one.read('ann'), { subscriptions: [], revision: 0 })
      const devices = [makeSubscription('phone'), makeSubscription('tablet')]
      assert.equal(await one.write('ann', devices, 0), true)
      for (const store of [one, other]) {
        const { subscriptions, revision } = await store.read('ann')
        assert.deepEqual(subscriptions, devices)
        assert.ok(revision > 0)
        assert.deepEqual(await store.read('bob'), { subscriptions: [], revision: 0 })
      }
    },
  },
  {
    title: 'of two writers that read the same, one wins',
    async run(one, other) {
      const before = await one.read('ann')
      const wrote = await Promise.all([
        one.write('ann', [makeSubscription('phone')], before.revision),
        other.write('ann', [makeSubscription('tablet')], before.revision),
      ])
      assert.deepEqual(wrote.toSorted(), [false, true])
      const { subscriptions, revision } = await one.read('ann')
      assert.deepEqual(subscriptions, [makeSubscription(wrote[0] === true ? 'phone' : 'tablet')])
      assert.equal(await other.write('ann', [], before.revision), false)
      assert.equal(await other.write('ann', [], revision), true)
      const emptied = await one.read('ann')
      assert.deepEqual(emptied.subscriptions, [])
      assert.equal(await one.write('ann', [makeSubscription('phone')], revision), false)
      assert.equal(await one.write('ann', [makeSubscription('phone')], emptied.revision), true)
    },
  },
]
