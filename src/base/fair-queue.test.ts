import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FairQueue, type FairQueueLimits, type Random, seededRandom, type Turn } from './index.ts'

/** A queue whose work runs until the test ends it, with a log of the work that began. */
function setUp(limits: Partial<FairQueueLimits> = {}) {
  const queue = new FairQueue<string>({ atOnce: 1, atOncePerKey: 1, waiting: 100, waitingPerKey: 100, ...limits })
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const enter = (key: string, name: string) =>
    queue.enter(key, () => {
      began.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    })
  const take = (key: string, name: string): Turn => {
    const turn = enter(key, name)
    assert.ok(typeof turn === 'object', `${name} was refused`)
    return turn
  }
  const end = async (name: string): Promise<void> => {
    const resolve = ends.get(name)
    assert.ok(resolve !== undefined, `${name} has not begun`)
    resolve()
    ends.delete(name)
    await new Promise<void>((done) => void setImmediate(done))
  }
  return { queue, began, enter, take, end }
}

test('work begins at once while there is room', () => {
  const { queue, began, take } = setUp({ atOnce: 2, atOncePerKey: 2 })
  take('a', 'a1')
  take('a', 'a2')
  take('a', 'a3')
  assert.deepEqual(began, ['a1', 'a2'])
  assert.deepEqual([queue.running, queue.waiting], [2, 1])
})

test('a key with much work does not delay others: keys take turns, and the work of a key runs in order', async () => {
  const { queue, began, take, end } = setUp()
  for (const name of ['a1', 'a2', 'a3', 'a4']) take('a', name)
  for (const name of ['b1', 'b2']) take('b', name)
  take('c', 'c1')
  for (const name of ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']) await end(name)
  assert.deepEqual(began, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4'])
  assert.deepEqual([queue.running, queue.waiting], [0, 0])
})

test('a key runs no more than its share at once and leaves the rest to others', async () => {
  const { began, take, end } = setUp({ atOnce: 2, atOncePerKey: 1 })
  take('a', 'a1')
  take('a', 'a2')
  take('b', 'b1')
  assert.deepEqual(began, ['a1', 'b1'])
  await end('b1')
  assert.deepEqual(began, ['a1', 'b1'], 'a has its share already')
  await end('a1')
  assert.deepEqual(began, ['a1', 'b1', 'a2'])
})

test('work beyond a bound is refused with the name of the bound, and freed room is used again', async () => {
  const { enter, take, end } = setUp({ waiting: 3, waitingPerKey: 2 })
  take('a', 'a1')
  take('a', 'a2')
  take('a', 'a3')
  assert.equal(enter('a', 'a4'), 'key-full')
  take('b', 'b1')
  assert.equal(enter('c', 'c1'), 'full')
  await end('a1')
  take('c', 'c1')
})

test('cancelled work never begins, and its place becomes free', async () => {
  const { queue, began, enter, take, end } = setUp({ waiting: 2 })
  const first = take('a', 'a1')
  const dropped = take('a', 'a2')
  const gone = take('b', 'b1')
  assert.equal(enter('c', 'c1'), 'full')
  dropped.cancel()
  dropped.cancel()
  gone.cancel()
  first.cancel()
  assert.equal(queue.waiting, 0)
  take('c', 'c1')
  await end('a1')
  await end('c1')
  assert.deepEqual(began, ['a1', 'c1'])
  assert.deepEqual([queue.running, queue.waiting], [0, 0])
})

/** A model that makes random calls and checks the state of the queue. */
class Model {
  readonly #keys = ['a', 'b', 'c', 'd']
  readonly #random: Random
  readonly #limits: FairQueueLimits
  readonly #queue: ReturnType<typeof setUp>
  readonly #waits = new Map<string, Turn>()
  readonly #ended = new Set<string>()

  constructor(random: Random) {
    this.#random = random
    const [atOnce, atOncePerKey] = [1 + random.below(3), 1 + random.below(2)]
    this.#limits = { atOnce, atOncePerKey, waiting: 1 + random.below(12), waitingPerKey: 1 + random.below(5) }
    this.#queue = setUp(this.#limits)
  }

  get #running(): string[] {
    return this.#queue.began.filter((name) => !this.#ended.has(name))
  }

  #draw<T>(all: readonly T[]): T | undefined {
    return all[this.#random.below(Math.max(1, all.length))]
  }

  enter(name: string): void {
    const turn = this.#queue.enter(name[0] ?? '', name)
    if (typeof turn === 'object') this.#waits.set(name, turn)
  }

  cancel(): void {
    const [name, turn] = this.#draw([...this.#waits]) ?? []
    turn?.cancel()
    this.#waits.delete(name ?? '')
  }

  async end(): Promise<void> {
    const name = this.#draw(this.#running)
    if (name === undefined) return
    this.#ended.add(name)
    await this.#queue.end(name)
  }

  async step(number: number): Promise<void> {
    const what = this.#random.below(4)
    if (what <= 1) this.enter(`${this.#draw(this.#keys)}${number}`)
    else if (what === 2) await this.end()
    else this.cancel()
    for (const name of this.#queue.began) this.#waits.delete(name)
  }

  check(): void {
    const { atOnce, atOncePerKey, waiting, waitingPerKey } = this.#limits
    const { queue } = this.#queue
    assert.deepEqual([queue.running, queue.waiting], [this.#running.length, this.#waits.size])
    assert.ok(queue.running <= atOnce && queue.waiting <= waiting)
    for (const key of this.#keys) {
      const [runs, waits] = [this.#running, [...this.#waits.keys()]].map(
        (names) => names.filter((name) => name.startsWith(key)).length,
      ) as [number, number]
      assert.ok(runs <= atOncePerKey && waits <= waitingPerKey)
      assert.ok(waits === 0 || runs === atOncePerKey || queue.running === atOnce, `${key} waits while there is room`)
    }
  }
}

test('for random calls, bounds hold, no work is lost, and none waits while there is room', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const model = new Model(seededRandom(seed))
    for (let number = 0; number < 200; number++) {
      await model.step(number)
      model.check()
    }
  }
})
