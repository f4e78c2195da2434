import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { chainStart } from '../chain.ts'
import { JournalFault } from '../journal.ts'
import { LruCache } from '../lru-cache.ts'
import { sha256Chain } from '../../base/node/index.ts'
import type { GameHead } from './game-log.ts'
import type { Requests } from './requests.ts'
import { Message } from './message.ts'
import { makeNames } from './names.ts'
import type { Publisher } from './publisher.ts'
import type { GameQuery, JetStreamReader } from './reader.ts'
import { JetStreamWriter } from './writer.ts'

/** Chained entries of one game. */
function makeMessages(count: number): readonly Message[] {
  let chain = chainStart
  return Array.from({ length: count }, (_, index) => {
    const version = index + 1
    chain = sha256Chain(chain, version, `body ${version}`)
    return new Message({
      sequence: version,
      game: 'a',
      version,
      chain,
      body: `body ${version}`,
      append: `x-${version}`,
    })
  })
}

test('[J9] an append that may be stored is not a conflict if a lagging server answers the read', async () => {
  const clock = new VirtualClock(1_790_000_000_000)
  const messages = makeMessages(6)
  const heads = new LruCache<string, GameHead>(16)
  heads.set('a', { version: 6, chain: messages[5]?.chain ?? '', token: 6 })
  const queries: GameQuery[] = []
  // The server lacks entries 6 and 7, as a copy may while there is no leader.
  const game: JetStreamReader['game'] = async (query, take) => {
    queries.push(query)
    for (const message of messages.slice(0, 5)) take(message)
  }
  const writer = new JetStreamWriter({
    requests: { isConnected: true, connected: Promise.resolve() } as Requests,
    names: makeNames('t', 0),
    clock,
    heads,
    mayRace: false,
    id: 'w',
    publisher: { send: (append: Parameters<Publisher['send']>[0]) => append.answered({ type: 'lost' }) } as Publisher,
    reader: { game } as JetStreamReader,
  })
  const appended = writer.append('a', 6, 'body 7').then(
    (answer) => answer,
    (cause: unknown) => (cause instanceof JournalFault ? cause.fault : cause),
  )
  for (let step = 0; step < 200; step++) {
    clock.advance(50)
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  assert.equal(await appended, 'outcome-unknown')
  assert.deepEqual([...new Set(queries.map(({ known }) => known))], [6])
})
