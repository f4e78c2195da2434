import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Feed, type FeedOptions } from './follower.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A log of the numbers 1 to `stored`, read in pages of two, and what one follower of it did. */
class Log {
  readonly events: string[] = []
  stored = 3
  /** What the next reads return or throw instead of a page. */
  readonly failures: (readonly number[] | Error)[] = []
  readonly feed: Feed<number>

  constructor(options: Partial<FeedOptions<number>> = {}) {
    this.feed = new Feed<number>({
      end: this.stored,
      page: (after) => this.#page(after),
      pause: async (isRetry) => {
        if (isRetry) this.events.push('wait')
        await nextTurn()
      },
      fail: (cause) => this.events.push(`failed: ${String(cause)}`),
      ...options,
    })
  }

  follow(after: number, target?: Promise<number>) {
    const subscription = this.feed.follow(after, (records) => this.events.push(records.join(' ')), target)
    subscription.caughtUp.then(
      () => this.events.push('caught up'),
      (cause: unknown) => this.events.push(`not caught up: ${String(cause)}`),
    )
    return subscription
  }

  #page(after: number): readonly number[] {
    const failure = this.failures.shift()
    if (failure instanceof Error) throw failure
    this.events.push(`read ${after}`)
    return failure ?? [after + 1, after + 2].filter((number) => number <= this.stored)
  }
}

/** Lets a follower do everything that it can do now. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await nextTurn()
}

interface Row {
  readonly title: string
  readonly after: number
  /** Before the follower has begun to read, and once it has done what it can. */
  readonly early?: (log: Log) => void
  readonly late?: (log: Log) => void
  readonly events: readonly string[]
}

const rows: readonly Row[] = [
  { title: 'reads stored records in pages', after: 0, events: ['read 0', '1 2', 'read 2', '3', 'caught up'] },
  { title: 'has caught up at once at the end', after: 3, events: ['caught up'] },
  {
    title: 'takes new records without a read',
    after: 3,
    late: ({ feed }) => feed.grow(5, [4, 5]),
    events: ['caught up', '4 5'],
  },
  {
    title: 'takes the records of one turn in one call',
    after: 3,
    late({ feed }) {
      feed.grow(4, [4])
      feed.grow(6, [5, 6])
    },
    events: ['caught up', '4 5 6'],
  },
  {
    title: 'reads new records that it was not given',
    after: 3,
    late(log) {
      log.stored = 4
      log.feed.grow(4)
    },
    events: ['caught up', 'read 3', '4'],
  },
  {
    title: 'reads everything from a gap on',
    after: 3,
    late(log) {
      log.stored = 6
      log.feed.grow(4, [4])
      log.feed.grow(6, [6])
    },
    events: ['caught up', 'read 3', '4 5', 'read 5', '6'],
  },
  {
    title: 'reads records that come while it reads',
    after: 1,
    early(log) {
      log.stored = 4
      log.feed.grow(4, [4])
    },
    events: ['read 1', '2 3', 'caught up', 'read 3', '4'],
  },
  {
    title: 'takes no record twice that a page contained already',
    after: 2,
    early: (log) => void (log.stored = 4),
    late({ feed }) {
      feed.grow(4, [4])
      feed.grow(5, [5])
    },
    events: ['read 2', '3 4', 'caught up', '5'],
  },
  { title: 'ignores records that are known', after: 3, late: ({ feed }) => feed.grow(2, [2]), events: ['caught up'] },
  {
    title: 'reads an empty page again after a pause',
    after: 2,
    early: ({ failures }) => failures.push([]),
    events: ['read 2', 'wait', 'read 2', '3', 'caught up'],
  },
  {
    title: 'that cannot be served rejects caughtUp',
    after: 0,
    early: ({ failures }) => failures.push(new Error('damaged')),
    late: ({ feed }) => feed.grow(4, [4]),
    events: ['not caught up: Error: damaged'],
  },
  {
    title: 'that had caught up and cannot be served reports it',
    after: 3,
    late({ feed, failures }) {
      failures.push(new Error('damaged'))
      feed.grow(4)
    },
    events: ['caught up', 'failed: Error: damaged'],
  },
]

for (const { title, after, early, late, events } of rows)
  test(`[J5] a follower ${title}`, async () => {
    const log = new Log()
    const subscription = log.follow(after)
    early?.(log)
    await settle()
    late?.(log)
    await settle()
    assert.deepEqual(log.events, events)
    const last = log.events.findLast((event) => /^[\d ]+$/.test(event))
    assert.equal(subscription.position, last?.split(' ').at(-1) ?? String(after))
  })

test('[J5] a follower has caught up only once it knows how many records there were', async () => {
  const log = new Log()
  const target = Promise.withResolvers<number>()
  log.follow(2, target.promise)
  await settle()
  assert.deepEqual(log.events, ['read 2', '3'])
  log.stored = 4
  target.resolve(4)
  await settle()
  assert.deepEqual(log.events.slice(2), ['read 3', '4', 'caught up'])
})

test('[J5] a follower that is closed within a call gets nothing more, and the others do', async () => {
  const log = new Log()
  const closing = log.feed.follow(0, () => closing.close())
  await assert.rejects(closing.caughtUp, { fault: 'unavailable' })
  log.follow(3)
  await settle()
  log.feed.grow(4, [4])
  await settle()
  assert.deepEqual(log.events, ['read 0', 'caught up', '4'])
  assert.ok(log.feed.isFollowed)
  log.feed.close()
  assert.ok(!log.feed.isFollowed)
})
