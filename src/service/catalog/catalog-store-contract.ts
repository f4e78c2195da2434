/** What every catalog store must do, as checks that run under any test runner. */
import { assert, claimEqual } from '../../base/index.ts'
import { type Account, parseRules } from '../../game/index.ts'
import { Fault, type GameSummary, type Status } from '../../protocol/index.ts'
import type { CatalogStore, CatalogMark } from './catalog-store.ts'

export interface CatalogCheck {
  readonly title: string
  /** Takes a new, empty store, which the caller closes. Rejects and says what was expected if the store is wrong. */
  readonly run: (store: CatalogStore) => Promise<void>
}

/** The id of an account; null for an open seat. */
type Owner = string | null

/** Makes a summary for tests. */
export function makeRow(game: string, at: number, status: Status, ...[X, O]: readonly [Owner, Owner]): GameSummary {
  const rules = parseRules('tictactoe')
  assert(typeof rules !== 'string', 'tictactoe is a game')
  const owner = (id: Owner): Account | null => (id === null ? null : { id, name: `${id}'s name` })
  const outcome = status === 'over' ? { winner: null, by: 'full' as const } : null
  return { game, rules, status, players: { X: owner(X), O: owner(O) }, outcome, at }
}

/** Makes a mark for tests. */
export function makeMark(position: string): CatalogMark {
  return {
    journal: 'j',
    history: 'h',
    position,
    newest: { game: 'g', version: Number(position) || 1, chain: `chain ${position}` },
  }
}

export const catalogStoreContract: readonly CatalogCheck[] = [
  {
    title: 'a new store has no mark and no games',
    async run(store) {
      claimEqual(await store.mark(), null, 'mark')
      claimEqual(await store.gamesOf('ann', undefined, undefined, 10), { games: [] }, 'page')
    },
  },
  {
    title: 'each owner finds the whole row, and the mark is written with the rows',
    async run(store) {
      const row = makeRow('g1', 5, 'live', 'ann', 'bob')
      const clocked = { ...makeRow('g2', 6, 'open', null, 'ann'), clock: { initialMs: 60_000, incrementMs: 0 } }
      await store.put([row, clocked], makeMark('7'))
      claimEqual(await store.mark(), makeMark('7'), 'mark')
      claimEqual(await store.gamesOf('ann', undefined, undefined, 10), { games: [clocked, row] }, "Ann's page")
      claimEqual(await store.gamesOf('bob', undefined, undefined, 10), { games: [row] }, "Bob's page")
      claimEqual(await store.gamesOf('eve', undefined, undefined, 10), { games: [] }, "Eve's page")
      const bare = { journal: 'another', history: 'another', position: '9.', newest: null }
      await store.put([], bare)
      claimEqual(await store.mark(), bare, 'mark without rows')
    },
  },
  {
    title: 'a cleared store is like a new one',
    async run(store) {
      await store.put([makeRow('g1', 1, 'open', 'ann', null), makeRow('g2', 2, 'over', 'ann', 'bob')], makeMark('2'))
      await store.clear()
      claimEqual(await store.mark(), null, 'mark')
      for (const account of ['ann', 'bob']) await claimGames(store, account, undefined, [])
      await store.put([makeRow('g2', 1, 'live', 'eve', null)], makeMark('1'))
      await claimGames(store, 'ann', undefined, [])
      await claimGames(store, 'eve', 'live', ['g2'])
      claimEqual(await store.mark(), makeMark('1'), 'mark afterwards')
    },
  },
  {
    title: 'a row replaces the older row of its game: status, time and owners',
    async run(store) {
      await store.put([makeRow('g1', 1, 'open', 'ann', null), makeRow('g2', 2, 'open', 'ann', null)], makeMark('2'))
      await store.put([makeRow('g1', 3, 'live', 'ann', 'bob')], makeMark('3'))
      await claimGames(store, 'ann', undefined, ['g1', 'g2'])
      await claimGames(store, 'ann', 'open', ['g2'])
      await claimGames(store, 'ann', 'live', ['g1'])
      await store.put([makeRow('g1', 4, 'over', null, 'bob')], makeMark('4'))
      await claimGames(store, 'ann', undefined, ['g2'])
      await claimGames(store, 'bob', 'over', ['g1'])
      await claimGames(store, 'bob', 'live', [])
    },
  },
  {
    title: 'if one put has two rows of one game, the later row counts',
    async run(store) {
      await store.put([makeRow('g1', 1, 'open', 'ann', null), makeRow('g1', 2, 'live', 'bob', null)], makeMark('2'))
      await claimGames(store, 'ann', undefined, [])
      await claimGames(store, 'bob', undefined, ['g1'])
    },
  },
  {
    title: 'the latest change of status comes first, then the higher id, in whatever order the rows were put',
    async run(store) {
      const rows = ['b3', 'a1', 'c2', 'a3', 'B3', '-3', 'd0'].map((game) =>
        makeRow(game, Number(game.slice(1)), game === 'c2' ? 'live' : 'over', 'ann', null),
      )
      await store.put(rows, makeMark('7'))
      await claimGames(store, 'ann', undefined, ['b3', 'a3', 'B3', '-3', 'c2', 'a1', 'd0'])
    },
  },
  {
    title: 'an account that owns both seats has the game once',
    async run(store) {
      await store.put([makeRow('g1', 1, 'live', 'ann', 'ann'), makeRow('g2', 2, 'live', 'bob', 'ann')], makeMark('2'))
      await claimGames(store, 'ann', undefined, ['g2', 'g1'])
    },
  },
  {
    title: 'all pages together are the list, each row once, and the last page has no next',
    async run(store) {
      const statuses = ['open', 'live', 'over'] as const
      const rows = Array.from({ length: 30 }, (_, i) => {
        const [X, O] = i % 2 === 0 ? ['ann', null] : ['bob', 'ann']
        return makeRow(`g${i}`, Math.floor(i / 4), statuses[i % 3] ?? 'over', X ?? null, O ?? null)
      })
      await store.put(rows, makeMark('30'))
      const all = (await store.gamesOf('ann', undefined, undefined, 100)).games.map(({ game }) => game)
      claimEqual(all.length, 30, 'rows')
      for (const limit of [1, 4, 7, 29, 30]) claimEqual(await walk(store, limit), all, `pages of ${limit}`)
    },
  },
  {
    title: 'a page continues where the previous one ended, although games have moved to the front',
    async run(store) {
      const row = (game: string, at: number): GameSummary => makeRow(game, at, 'over', 'ann', null)
      await store.put([row('g1', 1), row('g2', 2), row('g3', 3), row('g4', 4)], makeMark('4'))
      const { next } = await store.gamesOf('ann', undefined, undefined, 2)
      await store.put([row('g3', 9), row('g5', 10)], makeMark('6'))
      const { games } = await store.gamesOf('ann', undefined, next, 10)
      claimEqual(games, [row('g2', 2), row('g1', 1)], 'the second page')
    },
  },
  {
    title: 'a cursor that is from no page is refused',
    async run(store) {
      for (const cursor of ['', 'x', '1', '1.', '.g1', '-1.g1', '1.g 1', "1.g1' OR 1=1 --", `1.${'g'.repeat(65)}`])
        await claimRefused(store.gamesOf('ann', undefined, cursor, 10), cursor)
    },
  },
  {
    title: 'clocked returns the live games with a clock by id, page by page, and no others',
    async run(store) {
      const clock = { initialMs: 60_000, incrementMs: 0 }
      const names = ['c', 'B', 'a', '-d', '_e', 'f1', 'f2']
      const live = names.map((game, i) => ({ ...makeRow(game, i, 'live', 'ann', 'bob'), clock }))
      const others = [
        makeRow('g1', 1, 'live', 'ann', 'bob'),
        { ...makeRow('g2', 1, 'open', 'ann', null), clock },
        { ...makeRow('g3', 1, 'over', 'ann', 'bob'), clock },
        { ...makeRow('g4', 1, 'live', 'ann', 'bob'), clock },
        { ...makeRow('g5', 1, 'live', '"clock":{}', 'bob') },
      ]
      await store.put([...live, ...others], makeMark('1'))
      await store.put([{ ...makeRow('g4', 2, 'over', 'ann', 'bob'), clock }], makeMark('2'))
      const sorted = live.toSorted((a, b) => (a.game < b.game ? -1 : 1))
      claimEqual(await store.clocked('', 100), sorted, 'all')
      claimEqual(await store.clocked('', 3), sorted.slice(0, 3), 'the first page')
      claimEqual(await store.clocked(sorted[2]?.game ?? '', 3), sorted.slice(3, 6), 'the second page')
      claimEqual(await store.clocked(sorted[6]?.game ?? '', 3), [], 'the page after the last')
    },
  },
  {
    title: 'any text may be an account id, and no two are confused',
    async run(store) {
      const ids = ['ann', 'ANN', "a'nn", 'a"nn', 'ann\0', 'änn', 'a\u0308nn', '%', '_', '__proto__', '1', '1.0']
      await store.put(
        ids.map((id, i) => makeRow(`g${i}`, i, 'live', id, null)),
        makeMark('1'),
      )
      for (const [i, id] of ids.entries()) await claimGames(store, id, undefined, [`g${i}`])
    },
  },
]

async function walk(store: CatalogStore, limit: number): Promise<string[]> {
  const games: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await store.gamesOf('ann', undefined, cursor, limit)
    assert(page.games.length <= limit && page.games.length > 0, `a page has 1 to ${limit} rows`)
    games.push(...page.games.map(({ game }) => game))
    if (page.next === undefined) return games
    assert(games.length <= 100, 'pages come to an end')
    cursor = page.next
  }
}

async function claimGames(
  store: CatalogStore,
  account: string,
  status: Status | undefined,
  games: readonly string[],
): Promise<void> {
  const page = await store.gamesOf(account, status, undefined, 100)
  claimEqual(
    page.games.map(({ game }) => game),
    games,
    `games of ${JSON.stringify(account)}`,
  )
}

async function claimRefused(answer: Promise<unknown>, cursor: string): Promise<void> {
  const fault = await answer.then(
    () => null,
    (error: unknown) => error,
  )
  assert(
    fault instanceof Fault && fault.fault === 'invalid-params',
    `the cursor ${JSON.stringify(cursor)} was not refused`,
  )
}
