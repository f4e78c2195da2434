/** What every partition of a projection store must do, as checks that run against any implementation. */
import assert from 'node:assert/strict'
import { sleep, systemClock } from '../../base/index.ts'
import type { Account } from '../../game/index.ts'
import { presets } from '../../game/index.ts'
import type { GameSummary, Status } from '../../protocol/index.ts'
import type { ProjectionMark, ProjectionPartition } from '../catalog/projection-store.ts'

const person = (name: string): Account => ({ id: name, name })

type Seats = readonly [X: Account, O: Account]

function row(game: string, status: Status, [X, O]: Seats, clock?: GameSummary['clock']): GameSummary {
  const outcome = status === 'over' ? ({ winner: 'X', by: 'resignation' } as const) : null
  const rules = presets.tictactoe
  return { game, rules, status, players: { X, O }, outcome, at: 1, ...(clock === undefined ? {} : { clock }) }
}

const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')]
const bot: Account = { id: 'bot-casual', name: 'Casual bot', bot: 'casual' }
const clock = { initialMs: 60_000, incrementMs: 0 }

interface ProjectionCheck {
  readonly title: string
  /** `one` and `two` are the same partition, as seen by two nodes. */
  run(one: ProjectionPartition, two: ProjectionPartition): Promise<void>
}

const mark = (partition: ProjectionPartition, keeper: string, position = 0): ProjectionMark => ({
  journal: partition.journal.id,
  position,
  keeper,
  number: 1,
})

async function begin(partition: ProjectionPartition): Promise<number> {
  const token = await partition.write([], mark(partition, 'one'), 0)
  assert.ok(token !== null)
  return token
}

const gamesOf = async (partition: ProjectionPartition, account: string, before = Infinity, count = 100) => {
  await partition.state()
  return (await partition.latest(account, before, count)).map(({ row: { game, status } }) => `${game} ${status}`)
}

export const projectionContract: readonly ProjectionCheck[] = [
  {
    title: '[S52] if two nodes write, one write succeeds, and nothing of the other is stored',
    async run(one, two) {
      assert.deepEqual((await one.state()).mark, null)
      const token = await begin(one)
      assert.equal(await two.write([row('a', 'live', [ann, bob])], mark(two, 'two'), 0), null)
      assert.deepEqual(await gamesOf(two, 'ann'), [])
      const second = await two.write([row('a', 'live', [ann, bob])], mark(two, 'two', 5), token)
      assert.ok(second !== null && second > token)
      assert.equal(await one.write([row('b', 'live', [ann, bob])], mark(one, 'one', 9), token), null)
      assert.equal(await one.write([], mark(one, 'one', 9), token), null)
      assert.deepEqual(await gamesOf(one, 'ann'), ['a live'])
      const { mark: found } = await one.state()
      assert.deepEqual([found?.keeper, found?.position, found?.token], ['two', 5, second])
    },
  },
  {
    title: '[S13] rows are listed by account, last written first, each game once; bots have no list',
    async run(one, two) {
      let token = await begin(one)
      const write = async (...rows: readonly GameSummary[]): Promise<void> => {
        const next = await one.write(rows, mark(one, 'one'), token)
        assert.ok(next !== null)
        token = next
      }
      await write(row('a', 'open', [ann, bob]), row('b', 'live', [ann, eve]), row('c', 'live', [ann, bot]))
      await write(row('a', 'live', [ann, bob]), row('d', 'live', [bob, eve]), row('s', 'live', [ann, ann]))
      await write(row('b', 'over', [ann, eve]))
      assert.deepEqual(await gamesOf(two, 'ann'), ['b over', 's live', 'a live', 'c live'])
      assert.deepEqual(await gamesOf(two, 'bob'), ['d live', 'a live'])
      assert.deepEqual(await gamesOf(two, 'eve'), ['b over', 'd live'])
      assert.deepEqual(await gamesOf(two, 'bot-casual'), [])
      assert.deepEqual(await gamesOf(two, 'an'), [])
    },
  },
  {
    title: '[S13] pages continue where the previous one ended, also in a long list with many other rows between',
    async run(one, two) {
      let token = await begin(one)
      for (let first = 0; first < 3_000; first += 300) {
        const rows = Array.from({ length: 300 }, (_, index) => {
          const number = first + index
          return row(`g${number}`, 'over', [number % 100 === 7 ? ann : person(`p${number}`), eve])
        })
        const next = await one.write(rows, mark(one, 'one', first), token)
        assert.ok(next !== null)
        token = next
      }
      await two.state()
      const found: string[] = []
      for (let before = Infinity; ;) {
        const rows = await two.latest('ann', before, 7)
        found.push(...rows.map(({ row: { game } }) => game))
        if (rows.length < 7) break
        before = rows.at(-1)?.place ?? 0
      }
      assert.deepEqual(
        found,
        Array.from({ length: 30 }, (_, index) => `g${2_907 - 100 * index}`),
      )
      assert.equal((await two.latest('eve', Infinity, 500)).length, 500)
      assert.deepEqual(await gamesOf(two, 'p0'), ['g0 over'])
    },
  },
  {
    title: '[S33] clocked returns the live games with a clock and no others',
    async run(one, two) {
      const token = await begin(one)
      const rows = Array.from({ length: 250 }, (_, index) => row(`g${index}`, 'live', [ann, bob], clock))
      const more = [row('open', 'open', [ann, bob], clock), row('none', 'live', [ann, bob])]
      const next = await one.write([...rows, ...more], mark(one, 'one'), token)
      assert.ok(next !== null)
      const over = rows.slice(0, 100).map(({ game }) => row(game, 'over', [ann, bob], clock))
      assert.ok((await one.write(over, mark(one, 'one'), next)) !== null)
      await two.state()
      const found: string[] = []
      for (let after = 0; ;) {
        const page = await two.clocked(after, 40)
        found.push(...page.map(({ row: { game } }) => game))
        if (page.length < 40) break
        after = page.at(-1)?.place ?? 0
      }
      assert.deepEqual(
        found,
        rows.slice(100).map(({ game }) => game),
      )
    },
  },
  {
    title: '[S45] rows that were written before a mark can be deleted',
    async run(one, two) {
      const token = await begin(one)
      const next = await one.write([row('a', 'live', [ann, bob], clock)], mark(one, 'one', 3), token)
      assert.ok(next !== null)
      const taken = await two.write([], mark(two, 'two'), next)
      assert.ok(taken !== null)
      await two.forget(taken)
      const left = async (): Promise<number> => (await gamesOf(one, 'ann')).length + (await one.clocked(0, 10)).length
      for (let tries = 0; (await left()) > 0; tries++) {
        assert.ok(tries < 100, 'the rows are still there after 100 reads')
        await sleep(systemClock, 20)
      }
      assert.equal((await one.state()).mark?.token, taken)
      assert.ok((await two.write([row('b', 'live', [ann, bob])], mark(two, 'two', 1), taken)) !== null)
      assert.deepEqual(await gamesOf(one, 'ann'), ['b live'])
    },
  },
  {
    title: '[S53] state says where the journal ends',
    async run(one, two) {
      assert.equal((await one.state()).end, 0)
      await one.journal.append('x', 0, 'one')
      await one.journal.append('x', 1, 'two')
      assert.deepEqual([(await one.state()).end, (await two.state()).end], [2, 2])
    },
  },
]
