import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { chainStart } from '../chain.ts'
import { type Entry, JournalFault } from '../journal.ts'
import { sha256Chain } from '../../base/node/index.ts'
import { JetStreamFeed } from './feed.ts'
import { Message } from './message.ts'

const missing = new JournalFault('corrupt', 'message 2 of OXO_0 is missing')
const first = (sequence: number): Message =>
  new Message({
    sequence,
    game: `game-${sequence}`,
    version: 1,
    chain: sha256Chain(chainStart, 1, ''),
    body: '',
    append: String(sequence),
  })

test('[J5] a follower that fails after it has caught up fails the journal', async () => {
  const fault = Promise.withResolvers<JournalFault>()
  const clock = new VirtualClock(1_790_000_000_000)
  const feed = new JetStreamFeed({ page: () => Promise.reject(missing), clock, end: 0, fail: fault.resolve })
  const received: string[] = []
  const handler = (entries: readonly Entry[]) => void received.push(...entries.map(({ game }) => game))
  await feed.followEntries(0, handler, Promise.resolve(0)).caughtUp
  feed.grow(1, [first(1)])
  feed.grow(3, [first(3)])
  assert.equal(await fault.promise, missing)
})
