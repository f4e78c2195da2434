import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../base/index.ts'
import { type Appended, JournalFault, MemoryJournal } from '../journal/index.ts'
import { MemoryNodeBus } from './cluster/node-bus.ts'
import { Play } from './testing/play.ts'

/** A journal that accepts nothing for a while, and knows afterwards for how long. */
class InterruptedJournal extends MemoryJournal {
  readonly #clock: VirtualClock
  #from = Infinity
  #to = Infinity

  constructor(clock: VirtualClock) {
    super()
    this.#clock = clock
  }

  get #isAway(): boolean {
    return this.#clock.now() >= this.#from && this.#clock.now() < this.#to
  }

  leave(): void {
    this.#from = this.#clock.now()
  }

  comeBack(): void {
    this.#to = this.#clock.now()
  }

  override async append(...entry: Parameters<MemoryJournal['append']>): Promise<Appended> {
    if (this.#isAway) throw new JournalFault('unavailable', 'there is no leader now')
    return super.append(...entry)
  }

  async isAwake(): Promise<boolean> {
    return !this.#isAway
  }

  awayMs(_game: string, from: number, to: number): number {
    return Math.max(0, Math.min(to, this.#to) - Math.max(from, this.#from))
  }
}

const clock = { initialMs: 10_000, incrementMs: 0 }

async function pass(play: Play, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) await play.pass(100)
}

/** Begins a game with clocks over a journal that may be unavailable. */
async function begin() {
  const time = new VirtualClock(1_790_000_000_000)
  const journal = new InterruptedJournal(time)
  const play = await Play.open({ journal, clock: time })
  const [ann, bob] = [play.sit(), play.sit()]
  await ann.ask('game.create', { game: 'a', clock })
  await bob.ask('game.join', { game: 'a' })
  return { play, journal, ann, bob }
}

test('[S50] time in which no append was possible is charged to nobody, and no flag falls in it', async () => {
  const { play, journal, ann, bob } = await begin()
  await pass(play, 9_500)
  journal.leave()
  await pass(play, 8_000)
  assert.equal(await ann.refused('game.move', { game: 'a', x: 0, y: 0, version: 2 }), 'unavailable')
  assert.equal((await bob.ask('game.get', { game: 'a' })).clock?.X, 500)
  journal.comeBack()
  await pass(play, 200)
  const { clock: left, outcome } = await ann.ask('game.move', { game: 'a', x: 0, y: 0, version: 2 })
  assert.deepEqual([outcome, left?.X], [null, 300])
  // Afterwards the clock runs again.
  await pass(play, 10_100)
  assert.equal((await ann.ask('game.get', { game: 'a' })).outcome?.winner, 'X')
})

test('[S50] a flag waits if the journal turns out to be unavailable only then, and falls afterwards', async () => {
  const { play, journal } = await begin()
  journal.leave()
  await pass(play, 60_000)
  assert.equal((await journal.read('a')).length, 2)
  journal.comeBack()
  await pass(play, 9_000)
  assert.equal((await journal.read('a')).length, 2)
  await pass(play, 2_500)
  assert.match(
    (await journal.read('a'))[2]?.body ?? '',
    /"elapsedMs":10\d\d\d,.*"type":"flagged"|"type":"flagged".*"elapsedMs":10\d\d\d/,
  )
})

test('[S51] another node leaves a flag to the node of its player for a second, then it falls', async () => {
  const time = new VirtualClock(1_790_000_000_000)
  const exchange = new MemoryNodeBus()
  const journal = new MemoryJournal()
  const one = await Play.open({ journal, clock: time, exchange: exchange.join('n1') })
  const two = await Play.open({ journal, clock: time, seed: 2, exchange: exchange.join('n2') })
  await pass(one, 1_000)
  const [ann, bob] = [one.sit(), two.sit()]
  await ann.ask('game.create', { game: 'a', clock })
  await bob.ask('game.join', { game: 'a' })
  await pass(one, 500)
  await ann.ask('game.move', { game: 'a', x: 0, y: 0 })
  // Bob's node is slow to store.
  const append = journal.append.bind(journal)
  let slowMs = 700
  journal.append = async (...entry) => {
    if (entry[2].includes('"moved"')) await new Promise<void>((resolve) => void time.after(slowMs, resolve))
    return append(...entry)
  }
  await pass(one, 9_800)
  const moved = bob.ask('game.move', { game: 'a', x: 1, y: 1, version: 3 })
  await pass(one, 2_000)
  assert.deepEqual([(await moved).outcome, (await ann.ask('game.get', { game: 'a' })).version], [null, 4])
  slowMs = 0
  await pass(one, 12_000)
  assert.equal((await ann.ask('game.get', { game: 'a' })).outcome?.winner, 'O')
})

test('[S34] a player connected to another node when both seats are taken is not awaited', async () => {
  const time = new VirtualClock(1_790_000_000_000)
  const exchange = new MemoryNodeBus()
  const journal = new MemoryJournal()
  const open = (name: string, seed: number) => Play.open({ journal, clock: time, seed, exchange: exchange.join(name) })
  const [one, two, three] = [await open('n1', 1), await open('n2', 2), await open('n3', 3)]
  await pass(one, 3_000)
  const [ann, bob] = [one.sit(), two.sit()]
  const { token } = await ann.ask('hello', {})
  await ann.ask('game.create', { game: 'a', clock })
  await pass(one, 500)
  await bob.ask('game.join', { game: 'a' })
  // A node that has not had the game in memory knows how much time has passed.
  await pass(one, 8_000)
  const there = three.sit()
  await there.ask('hello', { token })
  assert.equal((await there.ask('game.get', { game: 'a' })).clock?.X, 2_000)
  const { clock: left } = await there.ask('game.move', { game: 'a', x: 0, y: 0, version: 2 })
  assert.equal(left?.X, 2_000)
})
