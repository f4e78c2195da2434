import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { type Check, type Durability, type Entry, type Journal, journalContract, MemoryJournal } from './index.ts'
import { methodsOf } from './contract/methods.ts'
import { partitionOf } from './partition.ts'
import { PartitionedJournal } from './partitioned.ts'
import { isAt, joinPositions, splitPosition } from './position.ts'

type Hear = (entries: readonly Entry[]) => void

const open = (count: number): Journal =>
  new PartitionedJournal(Array.from({ length: count }, () => new MemoryJournal()))
const checks = journalContract.filter(({ durable }) => !durable)

async function run(check: Check, journal: Journal): Promise<void> {
  await check.run({ open: async () => journal, openOther: async () => open(2), isPartitioned: true })
}

for (const count of [2, 3])
  for (const check of checks) test(`memory, ${count} partitions: ${check.title}`, () => run(check, open(count)))

test('[J13] games are in the partitions that spec/journal/partitions.json lists', async () => {
  const file = new URL('../../spec/journal/partitions.json', import.meta.url)
  const vectors = JSON.parse(await readFile(file, 'utf8')) as { game: string; partitions: Record<string, number> }[]
  assert.ok(vectors.length > 0)
  for (const { game, partitions } of vectors)
    for (const [count, place] of Object.entries(partitions)) assert.equal(partitionOf(game, Number(count)), place, game)
})

test('[J13] partitions get even shares of the games', () => {
  for (const count of [2, 3, 8]) {
    const shares = Array.from({ length: count }, () => 0)
    for (let index = 0; index < 8_000; index++) {
      const place = partitionOf(`game-${index}`, count)
      shares[place] = (shares[place] ?? 0) + 1
    }
    for (const share of shares) assert.ok(Math.abs(share - 8_000 / count) < 800 / count, shares.join())
  }
})

test('[J13] a position has one component for each partition; one with more or fewer is corrupt', () => {
  assert.equal(joinPositions(['3', '', '12']), '3..12')
  assert.deepEqual(splitPosition('3..12', 3), ['3', '', '12'])
  assert.deepEqual(splitPosition('', 2), ['', ''])
  for (const wrong of ['3', '3.4', '3.4.5.6']) assert.throws(() => splitPosition(wrong, 3), { fault: 'corrupt' })
  assert.ok(isAt('3.4.5', '.4.') && isAt('17', '17'))
  for (const [position, place] of [
    ['3.4.5', '.5.'],
    ['3.4.5', '4'],
    ['3.4', '.4.'],
    ['17', '1'],
  ] as const)
    assert.ok(!isAt(position, place), `${position} ${place}`)
})

test('[J15] the id of a partitioned journal is derived from the ids of its partitions and changes if one is replaced', () => {
  const idOf = (...ids: readonly string[]): string => new PartitionedJournal(ids.map((id) => fake({ id }))).id
  assert.equal(idOf('a', 'b'), idOf('a', 'b'))
  const ids = [idOf('a', 'b'), idOf('a', 'c'), idOf('b', 'a'), idOf('a', 'b', 'b'), idOf('ab', ''), 'a']
  assert.equal(new Set(ids).size, ids.length)
})

test('[J13] a partitioned journal has the durability that all partitions share', () => {
  const levels: readonly (readonly [readonly Durability[], Durability])[] = [
    [['disk', 'disk'], 'disk'],
    [['quorum', 'quorum', 'quorum'], 'quorum'],
    [['disk', 'process', 'disk'], 'process'],
    [['disk', 'quorum'], 'process'],
    [['process', 'memory', 'disk'], 'memory'],
  ]
  for (const [parts, level] of levels)
    assert.equal(new PartitionedJournal(parts.map((durability) => fake({ durability }))).durability, level)
})

const fake = (parts: Partial<Journal>): Journal => ({
  id: 'fake',
  durability: 'memory',
  append: async () => 'conflict',
  read: async () => [],
  readBack: async () => [],
  follow: () => ({ caughtUp: Promise.resolve(), close: () => {} }),
  listen: () => ({ close: () => {} }),
  close: async () => {},
  ...parts,
})

/** A journal that delivers the entries that the test gives it. */
class ScriptedJournal {
  readonly caughtUp = Promise.withResolvers<void>()
  handler: Hear = () => {}
  isFollowed = false

  readonly journal = fake({
    follow: (_, handler) => {
      this.handler = handler
      this.isFollowed = true
      return { caughtUp: this.caughtUp.promise, close: () => (this.isFollowed = false) }
    },
  })
}

const entry = (game: string, position: string): Entry => ({ position, game, version: 1, body: '', chain: '' })

test('[J5] entries that another partition delivers during a call are delivered after it', () => {
  const [one, two] = [new ScriptedJournal(), new ScriptedJournal()]
  const calls: string[] = []
  new PartitionedJournal([one.journal, two.journal]).follow('', (entries) => {
    calls.push(`begin ${entries[0]?.position}`)
    if (calls.length === 1) two.handler([entry('b', '7')])
    calls.push(`end ${entries[0]?.position}`)
  })
  one.handler([entry('a', '3')])
  assert.deepEqual(calls, ['begin 3.', 'end 3.', 'begin 3.7', 'end 3.7'])
})

test('[J5] a follower that closes within a call gets none of the waiting entries', () => {
  const [one, two] = [new ScriptedJournal(), new ScriptedJournal()]
  let calls = 0
  const subscription = new PartitionedJournal([one.journal, two.journal]).follow('', () => {
    calls++
    two.handler([entry('b', '7')])
    subscription.close()
  })
  one.handler([entry('a', '3')])
  assert.equal(calls, 1)
  assert.ok(!one.isFollowed && !two.isFollowed)
})

test('[J5] a follower has caught up once it has caught up in every partition', async () => {
  const [one, two] = [new ScriptedJournal(), new ScriptedJournal()]
  const { caughtUp } = new PartitionedJournal([one.journal, two.journal]).follow('', () => {})
  one.caughtUp.resolve()
  const first = await Promise.race([caughtUp.then(() => 'caught up'), new Promise((later) => setImmediate(later))])
  assert.equal(first, undefined)
  two.caughtUp.resolve()
  await caughtUp
})

test('[J5] if one partition refuses a position, no partition is followed', async () => {
  const [one, memory] = [new ScriptedJournal(), new MemoryJournal()]
  const journal = new PartitionedJournal([one.journal, memory])
  await memory.append('b', 0, '')
  assert.throws(() => journal.follow('9.2', () => {}), { fault: 'corrupt' })
  assert.ok(!one.isFollowed)
})

/** Partitioned journals, each with a deliberate bug. */
const plants = {
  'forgets one partition': (right: Journal): Journal => ({
    ...methodsOf(right),
    follow: (after, handler) =>
      right.follow(after, (entries) => {
        const rest = entries.filter(({ game }) => partitionOf(game, 3) !== 2)
        if (rest.length > 0) handler(rest)
      }),
  }),
  'moves only one component of a position': (right: Journal): Journal => ({
    ...methodsOf(right),
    follow: (after, handler) => {
      const from = splitPosition(after, 3)
      return right.follow(after, (entries) =>
        handler(
          entries.map((each) => {
            const place = partitionOf(each.game, 3)
            return { ...each, position: joinPositions(from.with(place, each.position.split('.')[place] ?? '')) }
          }),
        ),
      )
    },
  }),
  'delivers a partition from its beginning': (right: Journal): Journal => ({
    ...methodsOf(right),
    follow: (after, handler) =>
      right.follow(after === '' ? '' : joinPositions(splitPosition(after, 3).with(1, '')), handler),
  }),
  'accepts a position of another number of partitions': (right: Journal): Journal => ({
    ...methodsOf(right),
    follow: (after, handler) => right.follow(after.split('.').length === 3 ? after : '', handler),
  }),
  'looks for a game in another partition than it was appended to': (right: Journal): Journal => ({
    ...methodsOf(right),
    read: (game, ...page) => right.read(game === 'a' ? 'c' : game, ...page),
  }),
  'looks for the last entries of a game in another partition': (right: Journal): Journal => ({
    ...methodsOf(right),
    readBack: (game, ...page) => right.readBack(game === 'a' ? 'c' : game, ...page),
  }),
} as const

test('[J13] the contract fails on partitioned journals with bugs', async () => {
  assert.deepEqual(await failing(methodsOf), [])
  const names = Object.keys(plants) as (keyof typeof plants)[]
  const found = await Promise.all(names.map((name) => failing(plants[name])))
  for (const [index, name] of names.entries()) assert.notDeepEqual(found[index], [], `a journal that ${name}`)
})

/** Titles of the checks that fail. Checks that wait for a missing entry take a while, so all run at once. */
async function failing(plant: (right: Journal) => Journal): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(checks.map((check) => run(check, plant(open(3)))))
  return checks.filter((_, index) => outcomes[index]?.status === 'rejected').map(({ title }) => title)
}
