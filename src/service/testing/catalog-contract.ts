/** What every catalog must do, as checks that run against any implementation, with two nodes over one journal. */
import assert from 'node:assert/strict'
import type { Params, Result } from '../../protocol/index.ts'
import { type Person, type Play, settle } from './play.ts'

/** Opens nodes over one journal, with the catalog under test. */
export interface CatalogBench {
  open(): Promise<Play>
  /** How many entries of games were read from the journal so far. */
  readonly reads: () => number
}

interface CatalogCheck {
  readonly title: string
  run(bench: CatalogBench): Promise<void>
}

type Games = Result<'account.games'>

/** Requests the list, and lets time pass until the answer is there. */
async function listed(play: Play, person: Person, params: Params<'account.games'> = {}): Promise<Games> {
  let games: Games | null = null
  const asked = person.ask('account.games', params).then((result) => (games = result))
  for (let step = 0; step < 100 && games === null; step++) await play.pass(50)
  return asked
}

const briefly = ({ games }: Games) => games.map(({ game, status }) => `${game} ${status}`)

export const catalogContract: readonly CatalogCheck[] = [
  {
    title: '[S13] the node that changed a game lists it at once, another node soon',
    async run(bench) {
      const [one, two] = [await bench.open(), await bench.open()]
      await one.pass(5_000)
      const [ann, bob] = [one.sit(), one.sit()]
      const { token } = await ann.ask('hello', {})
      await ann.ask('game.create', { game: 'a' })
      assert.deepEqual(briefly(await listed(one, ann)), ['a open'])
      await bob.ask('game.join', { game: 'a' })
      assert.deepEqual(briefly(await listed(one, bob)), ['a live'])
      assert.equal((await listed(one, bob)).behind, undefined)
      const there = two.sit()
      await there.ask('hello', { token })
      await one.pass(2_500)
      assert.deepEqual(await listed(two, there), await listed(one, ann))
      assert.deepEqual(briefly(await listed(two, there)), ['a live'])
      await bob.ask('game.resign', { game: 'a' })
      await one.pass(2_500)
      const [row] = (await listed(two, there)).games
      assert.deepEqual([row?.status, row?.outcome?.by, row?.outcome?.winner], ['over', 'resignation', 'X'])
    },
  },
  {
    title: '[S13] a game that ends with a move on another node is listed as over, an open board not at all',
    async run(bench) {
      const [one, two] = [await bench.open(), await bench.open()]
      const [ann, bob, eve] = [one.sit(), one.sit(), two.sit()]
      const { token } = await ann.ask('hello', {})
      await eve.ask('hello', { token })
      await ann.ask('game.create', { game: 'board', seats: 'open' })
      await ann.ask('game.create', { game: 'a' })
      await bob.ask('game.join', { game: 'a' })
      for (const [index, x] of [0, 0, 1, 1, 2].entries()) {
        await ann.ask('game.move', { game: 'board', x, y: index % 2 })
        await (index % 2 === 0 ? ann : bob).ask('game.move', { game: 'a', x, y: index % 2 })
        await one.pass(2_500)
        const expected = index < 4 ? ['a live'] : ['a over']
        assert.deepEqual(briefly(await listed(two, eve)), expected, `after move ${index + 1}`)
      }
    },
  },
  {
    title: '[S13] pages of a long list have each game once, latest change first, in each status',
    async run(bench) {
      const one = await bench.open()
      const [ann, bob] = [one.sit(), one.sit()]
      const count = 230
      for (let game = 0; game < count; game++) {
        await ann.ask('game.create', { game: `g${game}` })
        one.clock.advance(10)
      }
      for (const game of [3, 200]) {
        await bob.ask('game.join', { game: `g${game}` })
        await one.pass(10)
      }
      await one.pass(5_000)
      const all: string[] = []
      for (let cursor: string | undefined; ;) {
        const page: Games = await listed(one, ann, cursor === undefined ? {} : { cursor })
        all.push(...page.games.map(({ game }) => game))
        if (page.next === undefined) break
        cursor = page.next
      }
      const rest = Array.from({ length: count }, (_, index) => count - 1 - index).filter((n) => n !== 3 && n !== 200)
      assert.deepEqual(all, ['g200', 'g3', ...rest.map((n) => `g${n}`)])
      assert.deepEqual(briefly(await listed(one, ann, { status: 'live' })), ['g200 live', 'g3 live'])
      assert.deepEqual(briefly(await listed(one, ann, { status: 'over' })), [])
      assert.equal(await ann.refused('account.games', { cursor: 'x.1' }), 'invalid-params')
    },
  },
  {
    title: '[S53] after all nodes have stopped, the next node has everything and reads no game for it',
    async run(bench) {
      const [one, two] = [await bench.open(), await bench.open()]
      const ann = two.sit()
      const { token } = await ann.ask('hello', {})
      for (let game = 0; game < 50; game++) await ann.ask('game.create', { game: `g${game}` })
      await one.pass(3_000)
      await one.service.close()
      await two.service.close()
      const before = bench.reads()
      const three = await bench.open()
      const again = three.sit()
      await again.ask('hello', { token })
      for (let second = 0; second < 6; second++) await three.pass(1_000)
      const page = await listed(three, again)
      assert.deepEqual([page.games.length, page.behind], [50, undefined])
      assert.equal((await three.service.readiness()).checks['catalog'], 'ok')
      assert.ok(bench.reads() - before < 5, `${bench.reads() - before} reads`)
    },
  },
  {
    title: '[S33] a flag falls in a game that no node has in memory, after all nodes have stopped',
    async run(bench) {
      const one = await bench.open()
      const [ann, bob] = [one.sit(), one.sit()]
      await ann.ask('game.create', { game: 'a', clock: { initialMs: 60_000, incrementMs: 0 } })
      await bob.ask('game.join', { game: 'a' })
      await ann.ask('game.move', { game: 'a', x: 0, y: 0 })
      await one.pass(3_000)
      await one.service.close()
      const two = await bench.open()
      for (let second = 0; second < 90; second++) await two.pass(1_000)
      await settle()
      const last = (await two.journal.readBack('a', Infinity, 1))[0]
      assert.match(last?.body ?? '', /"type":"flagged","player":"O"/)
    },
  },
]
