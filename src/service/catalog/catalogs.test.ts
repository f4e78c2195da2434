import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { MemoryJournal, PartitionedJournal } from '../../journal/index.ts'
import { MemoryProjectionStore } from './memory-projection-store.ts'
import { MemoryCatalogStore } from './memory-catalog-store.ts'
import { shareProjection } from './shared-catalog.ts'
import { type CatalogBench, catalogContract } from '../testing/catalog-contract.ts'
import { Play } from '../testing/play.ts'

class CountingJournal extends MemoryJournal {
  reads = 0

  override read(...asked: Parameters<MemoryJournal['read']>): ReturnType<MemoryJournal['read']> {
    this.reads++
    return super.read(...asked)
  }
}

/** Each node has a store of its own, which its successor finds. */
function own(): CatalogBench {
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new CountingJournal()
  const free: MemoryCatalogStore[] = []
  let seed = 0
  return {
    reads: () => journal.reads,
    open: async () => {
      const store = free.pop() ?? new MemoryCatalogStore()
      store.close = async () => void free.push(store)
      return Play.open({ journal, clock, store, seed: ++seed })
    },
  }
}

/** All nodes share one projection store. */
function shared(count: number): CatalogBench {
  const clock = new VirtualClock(1_790_000_000_000)
  const partitions = Array.from({ length: count }, () => new CountingJournal())
  const store = new MemoryProjectionStore(count)
  let seed = 0
  return {
    reads: () => partitions.reduce((sum, { reads }) => sum + reads, 0),
    open: () => {
      const journal = count === 1 ? partitions[0] : new PartitionedJournal(partitions)
      const rows = shareProjection(store.open(partitions.map((each) => ({ journal: each, length: () => each.length }))))
      return Play.open({ ...(journal === undefined ? {} : { journal }), clock, store: rows, seed: ++seed })
    },
  }
}

for (const check of catalogContract) {
  test(`own: ${check.title}`, () => check.run(own()))
  test(`shared: ${check.title}`, () => check.run(shared(1)))
  test(`shared, three partitions: ${check.title}`, () => check.run(shared(3)))
}

/** Two nodes that share one projection store; each can be disconnected from it. */
async function two() {
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new MemoryJournal()
  const store = new MemoryProjectionStore()
  const cut = [false, false]
  const open = (place: number) =>
    Play.open({
      journal,
      clock,
      seed: place + 1,
      store: shareProjection(store.open([{ journal, length: () => journal.length }], () => cut[place] === true)),
    })
  const plays = [await open(0), await open(1)] as const
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 100) await plays[0].pass(100)
  }
  await pass(2_000)
  return { plays, cut, pass }
}

test('[S52] if the node that writes the histories stops, another takes over, and its later writes are refused', async () => {
  const { plays, cut, pass } = await two()
  const [one, other] = plays
  const ann = other.sit()
  await ann.ask('game.create', { game: 'a' })
  await pass(1_000)
  cut[0] = true
  await one.sit().ask('game.create', { game: 'elsewhere' })
  await ann.ask('game.create', { game: 'b' })
  await pass(7_000)
  const rows = async () => (await ann.ask('account.games', {})).games.map(({ game }) => game)
  assert.deepEqual(await rows(), ['b', 'a'])
  assert.match((await one.service.readiness()).checks['catalog'] ?? '', /catching up/)
  cut[0] = false
  await ann.ask('game.resign', { game: 'a' })
  await pass(3_000)
  assert.deepEqual(await rows(), ['a', 'b'])
  for (const play of plays) assert.equal((await play.service.readiness()).checks['catalog'], 'ok')
})

test('[S53] a list that may be outdated says so, and readiness reports it', async () => {
  const { plays, cut, pass } = await two()
  const ann = plays[0].sit()
  await ann.ask('game.create', { game: 'a' })
  await pass(1_000)
  assert.equal((await ann.ask('account.games', {})).behind, undefined)
  cut[1] = true
  await plays[1].service.close()
  cut[0] = true
  await ann.ask('game.create', { game: 'b' })
  const asked = ann.refused('account.games', {})
  await pass(6_000)
  assert.equal(await asked, 'unavailable')
  assert.match((await plays[0].service.readiness()).checks['catalog'] ?? '', /catching up/)
  cut[0] = false
  const soon = ann.ask('account.games', {})
  await pass(6_000)
  assert.equal((await soon).games.length, 2)
  assert.equal((await plays[0].service.readiness()).checks['catalog'], 'ok')
})

test('[S52] hold is called while a node reads what the histories do not account for, and released afterwards', async () => {
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new MemoryJournal()
  const before = await Play.open({ journal, clock, seed: 1 })
  await before.sit().ask('game.create', { game: 'a' })
  await before.service.close()
  const store = new MemoryProjectionStore()
  const held: string[] = []
  const hold = () => {
    held.push('begins')
    return () => void held.push('ends')
  }
  const partitions = [{ journal, length: () => journal.length }]
  const play = await Play.open({ journal, clock, seed: 2, store: shareProjection(store.open(partitions), hold) })
  await play.pass(2_000)
  assert.deepEqual(held.slice(0, 2), ['begins', 'ends'])
  const one = await Play.open({ journal, clock, seed: 3, store: shareProjection(store.open(partitions), hold) })
  await play.pass(2_000)
  assert.deepEqual(held.filter((what) => what === 'begins').length, 1)
  for (const each of [one, play]) await each.service.close()
})
