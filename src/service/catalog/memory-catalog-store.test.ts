import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { GameSummary } from '../../protocol/index.ts'
import { statuses } from '../../protocol/schema/index.ts'
import { catalogStoreContract, makeMark, makeRow } from './catalog-store-contract.ts'
import type { CatalogStore } from './catalog-store.ts'
import { MemoryCatalogStore } from './memory-catalog-store.ts'

for (const { title, run } of catalogStoreContract) test(`[S13] memory: ${title}`, () => run(new MemoryCatalogStore()))

/** Stores with one fault each. */
const planted: Readonly<Record<string, () => CatalogStore>> = {
  'keeps replaced rows'() {
    const store = new MemoryCatalogStore()
    const kept: GameSummary[] = []
    return changed(store, {
      async put(rows, mark) {
        kept.push(...rows)
        await store.put(
          kept.map((row, i) => ({ ...row, game: `${row.game}-${i}` })),
          mark,
        )
      },
    })
  },
  'loses the position'() {
    const store = new MemoryCatalogStore()
    return changed(store, { put: (rows, mark) => store.put(rows, { ...mark, position: '' }) })
  },
  'loses the newest entry'() {
    const store = new MemoryCatalogStore()
    return changed(store, { put: (rows, mark) => store.put(rows, { ...mark, newest: null }) })
  },
  'keeps its rows when it is cleared'() {
    const store = new MemoryCatalogStore()
    let isCleared = false
    return changed(store, {
      mark: async () => (isCleared ? null : store.mark()),
      async put(...row) {
        isCleared = false
        await store.put(...row)
      },
      clear: async () => void (isCleared = true),
    })
  },
  'keeps its mark when it is cleared'() {
    const store = new MemoryCatalogStore()
    return changed(store, {
      async clear() {
        const mark = await store.mark()
        await store.clear()
        if (mark !== null) await store.put([], mark)
      },
    })
  },
  'gives the oldest first'() {
    const store = new MemoryCatalogStore()
    return changed(store, {
      async gamesOf(...query) {
        const { games, ...page } = await store.gamesOf(...query)
        return { games: games.toReversed(), ...page }
      },
    })
  },
  'pages by number of rows'() {
    const store = new MemoryCatalogStore()
    return changed(store, {
      async gamesOf(account, status, cursor, limit) {
        const { games } = await store.gamesOf(account, status, undefined, 1_000)
        const from = Number(cursor ?? 0)
        const page = games.slice(from, from + limit)
        return from + limit < games.length ? { games: page, next: String(from + limit) } : { games: page }
      },
    })
  },
  'ignores the status'() {
    const store = new MemoryCatalogStore()
    return changed(store, { gamesOf: (account, _, cursor, limit) => store.gamesOf(account, undefined, cursor, limit) })
  },
}

function changed(store: MemoryCatalogStore, change: Partial<CatalogStore>): CatalogStore {
  return {
    isLost: false,
    mark: () => store.mark(),
    put: (...row) => store.put(...row),
    clear: () => store.clear(),
    gamesOf: (...query) => store.gamesOf(...query),
    clocked: (...query) => store.clocked(...query),
    close: () => store.close(),
    ...change,
  }
}

for (const [title, open] of Object.entries(planted))
  test(`[S13] the contract fails a store that ${title}`, async () => {
    const runs = await Promise.allSettled(catalogStoreContract.map(({ run }) => run(open())))
    assert.ok(runs.some(({ status }) => status === 'rejected'))
  })

test('[S13] a sorted partition gives the same result as sorting everything', async () => {
  const id = fc.constantFrom('ann', 'bob', null)
  const row = fc.tuple(fc.nat(9), fc.nat(5), fc.constantFrom(...statuses), id, id)
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 60 }), async (rows) => {
      const store = new MemoryCatalogStore()
      const newest = new Map<string, GameSummary>()
      for (const [game, at, status, X, O] of rows) {
        const summary = makeRow(`g${game}`, at, status, X, O)
        newest.set(summary.game, summary)
        await store.put([summary], makeMark('1'))
      }
      const sorted = [...newest.values()]
        .filter(({ players }) => players.X?.id === 'ann' || players.O?.id === 'ann')
        .toSorted((a, b) => b.at - a.at || (a.game < b.game ? 1 : -1))
      assert.deepEqual((await store.gamesOf('ann', undefined, undefined, 100)).games, sorted)
    }),
    { seed: 1952, numRuns: 300 },
  )
})
