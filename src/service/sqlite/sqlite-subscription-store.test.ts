import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { type Log, silentLog } from '../../base/index.ts'
import { MemorySubscriptionStore } from '../push/memory-subscription-store.ts'
import { makeSubscription, subscriptionStoreContract } from '../testing/subscription-store-contract.ts'
import { SqliteSubscriptionStore } from './index.ts'

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-push-'))
  const file = join(folder, 'push')
  const stores: SqliteSubscriptionStore[] = []
  const warnings: string[] = []
  const log: Log = { ...silentLog, warn: (_fields, event) => void warnings.push(event) }
  t.after(async () => {
    for (const store of stores) await store.close()
    rmSync(folder, { recursive: true })
  })
  const open = (): SqliteSubscriptionStore => {
    const store = new SqliteSubscriptionStore({ file, log })
    stores.push(store)
    return store
  }
  return { file, open, warnings }
}

for (const check of subscriptionStoreContract) {
  test(`[W52] memory: ${check.title}`, async () => {
    const store = new MemorySubscriptionStore()
    await check.run(store, store)
  })

  test(`[W52] sqlite: ${check.title}`, async (t) => {
    const store = setUp(t).open()
    await check.run(store, store)
  })
}

test('[W52] the file is made with the first device, is readable by its owner only, and outlives the store', async (t) => {
  const { file, open } = setUp(t)
  const first = open()
  await first.read('ann')
  assert.ok(!existsSync(file))
  await first.write('ann', [makeSubscription('phone')], 0)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  await first.close()
  await assert.rejects(first.read('ann'), { fault: 'unavailable' })
  assert.deepEqual(await open().read('ann'), { subscriptions: [makeSubscription('phone')], revision: 1 })
})

test('[W52] a damaged file is replaced with a warning, a database of another program is not touched', async (t) => {
  const { file, open, warnings } = setUp(t)
  writeFileSync(file, 'no database'.repeat(1_000))
  assert.deepEqual(await open().read('ann'), { subscriptions: [], revision: 0 })
  assert.deepEqual(warnings, ['damaged file of devices is replaced'])
  const other = join(file, '..', 'other')
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(other)
  database.exec('CREATE TABLE theirs (x)')
  database.close()
  const store = new SqliteSubscriptionStore({ file: other, log: silentLog })
  await assert.rejects(store.read('ann'), { fault: 'unavailable' })
  await store.close()
})
