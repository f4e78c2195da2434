import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { type Log, silentLog } from '../../base/index.ts'
import { Fault, type GameSummary } from '../../protocol/index.ts'
import { statuses } from '../../protocol/schema/index.ts'
import { catalogStoreContract, makeMark, makeRow } from '../catalog/catalog-store-contract.ts'
import type { CatalogStore } from '../catalog/catalog-store.ts'
import { MemoryCatalogStore } from '../catalog/memory-catalog-store.ts'
import { openSqliteCatalogStore } from './index.ts'

/** A folder that is deleted after its test, and the stores in it, which are closed by then. */
function makePlace(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-catalog-'))
  const stores: CatalogStore[] = []
  const warnings: object[] = []
  const log: Log = { ...silentLog, warn: (fields, event) => void warnings.push({ ...fields, event }) }
  t.after(async () => {
    for (const store of stores) await store.close()
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'catalog.db')
  const open = async (): Promise<CatalogStore> => {
    const store = await openSqliteCatalogStore({ file, log })
    stores.push(store)
    return store
  }
  return { file, log, open, warnings }
}

function isUnavailable(sentence: RegExp) {
  return (fault: unknown): boolean =>
    fault instanceof Fault && fault.fault === 'unavailable' && sentence.test(fault.message)
}

const gamesOfAnn = (store: CatalogStore) => store.gamesOf('ann', undefined, undefined, 100)

for (const { title, run } of catalogStoreContract)
  test(`[S13] sqlite: ${title}`, async (t) => run(await makePlace(t).open()))

test('[S13] the sqlite store answers every query like the memory store', async (t) => {
  const store = await makePlace(t).open()
  const memory = new MemoryCatalogStore()
  const id = fc.constantFrom('ann', 'bob', null)
  const row = fc.tuple(fc.nat(30), fc.nat(9), fc.constantFrom(...statuses), id, id)
  const query = fc.tuple(
    fc.constantFrom('ann', 'bob'),
    fc.option(fc.constantFrom(...statuses)),
    fc.integer({ min: 1, max: 9 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), query, async (rows, [account, status, limit]) => {
      const summaries = rows.map(([game, ...rest]) => makeRow(`g${game}`, ...rest))
      await Promise.all([store.put(summaries, makeMark('1')), memory.put(summaries, makeMark('1'))])
      for (let cursor: string | undefined; ;) {
        const page = await store.gamesOf(account, status ?? undefined, cursor, limit)
        assert.deepEqual(page, await memory.gamesOf(account, status ?? undefined, cursor, limit))
        if (page.next === undefined) break
        cursor = page.next
      }
    }),
    { seed: 1952, numRuns: 150 },
  )
})

test('[S26] written rows are there when the file is opened again', async (t) => {
  const { open, warnings } = makePlace(t)
  const row = makeRow('g1', 5, 'live', 'ann', 'bob')
  const first = await open()
  await first.put([row], makeMark('42'))
  await first.close()
  const second = await open()
  assert.deepEqual(await second.mark(), makeMark('42'))
  assert.deepEqual(await gamesOfAnn(second), { games: [row] })
  assert.deepEqual(warnings, [])
})

test('[S26] a put that fails half-way changes nothing', async (t) => {
  const store = await makePlace(t).open()
  await store.put([makeRow('g1', 1, 'open', 'ann', null)], makeMark('1'))
  // The file accepts integers only.
  const broken = makeRow('g2', 0.5, 'open', 'ann', null)
  await assert.rejects(
    store.put([makeRow('g1', 2, 'over', 'ann', null), broken], makeMark('2')),
    isUnavailable(/cannot be used/),
  )
  assert.deepEqual(await store.mark(), makeMark('1'))
  assert.deepEqual((await gamesOfAnn(store)).games, [makeRow('g1', 1, 'open', 'ann', null)])
  await store.put([makeRow('g1', 2, 'over', 'ann', null)], makeMark('2'))
  assert.deepEqual(await store.mark(), makeMark('2'))
})

const damages: Readonly<Record<string, (file: string) => void>> = {
  'is no database': (file) => writeFileSync(file, 'this was a catalog'.repeat(1_000)),
  'has lost its end': (file) => truncateSync(file, 5_000),
  'has a broken first page': (file) => writeFileSync(file, readFileSync(file).fill(0xff, 100, 4_096)),
  'has another format': (file) => {
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 99')
    database.close()
  },
}
for (const [title, damage] of Object.entries(damages))
  test(`[S27] a file that ${title} is rebuilt, and the log says so`, async (t) => {
    const { file, open, warnings } = makePlace(t)
    const first = await open()
    await first.put([makeRow('g1', 5, 'live', 'ann', 'bob')], makeMark('42'))
    await first.close()
    damage(file)
    const second = await open()
    assert.equal(await second.mark(), null)
    assert.deepEqual(await gamesOfAnn(second), { games: [] })
    assert.equal(warnings.length, 1)
    assert.partialDeepStrictEqual(warnings[0], { event: 'catalog is rebuilt', file })
    await second.put([makeRow('g1', 5, 'live', 'ann', 'bob')], makeMark('1'))
    assert.equal((await gamesOfAnn(second)).games.length, 1)
  })

test('[S27] damage found later makes the catalog unavailable, and the next opening starts with an empty one', async (t) => {
  const { file, open, warnings } = makePlace(t)
  const row = (i: number): GameSummary => makeRow(`g${i}`, i, 'over', `account ${i}`, null)
  const first = await open()
  await first.put(
    Array.from({ length: 20_000 }, (_, i) => row(i)),
    makeMark('1'),
  )
  await first.close()
  const second = await open()
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xff, 40_960))
  const damaged = isUnavailable(/^the catalog cannot be used: .* rebuilt at the next start/)
  await assert.rejects(second.put([row(12_345)], makeMark('2')), damaged)
  await assert.rejects(second.mark(), damaged)
  await second.close()
  const third = await open()
  assert.equal(await third.mark(), null)
  assert.deepEqual(warnings, [], 'the damaged file was gone by then')
})

test('[S27] a database of another program is refused and left unchanged', async (t) => {
  const { file, open } = makePlace(t)
  await (await open()).close()
  rmSync(file)
  const database = new DatabaseSync(file)
  database.exec("CREATE TABLE precious (thing TEXT); INSERT INTO precious VALUES ('ring')")
  database.close()
  const before = readFileSync(file)
  await assert.rejects(open(), isUnavailable(/not a catalog of Oxo: name another file/))
  assert.deepEqual(readFileSync(file), before)
})

test('[S27] a file that is no catalog is refused, however late the main thread reads the message', async (t) => {
  const { file, open } = makePlace(t)
  using database = new DatabaseSync(file)
  database.exec('CREATE TABLE recipe (name)')
  const opening = assert.rejects(open(), isUnavailable(/the catalog/))
  // Long enough for the thread to report it and to end.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
  await opening
})

test('[S27] the file is not touched before the promise resolves, and not at all if it rejects', async (t) => {
  const { file, log } = makePlace(t)
  const journal = Promise.withResolvers<void>()
  const opening = openSqliteCatalogStore({ file, log, behind: journal.promise })
  // The thread has had time to start.
  await (await openSqliteCatalogStore({ file: `${file}-other`, log })).close()
  assert.ok(!existsSync(file))
  journal.reject(new Error('locked'))
  await assert.rejects(opening, /locked/)
  assert.ok(!existsSync(file))
})

test('[S26] a closed store answers earlier questions, and no later ones', async (t) => {
  const store = await makePlace(t).open()
  const put = store.put([makeRow('g1', 5, 'live', 'ann', 'bob')], makeMark('42'))
  const mark = store.mark()
  await Promise.all([store.close(), store.close()])
  await put
  assert.deepEqual(await mark, makeMark('42'))
  await assert.rejects(store.mark(), isUnavailable(/closed/))
})
