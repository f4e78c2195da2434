import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamReport } from '../journal/jetstream/index.ts'
import { findBehind, makeStreams } from './node-status.ts'

const report = (name: string, last: number): StreamReport => ({
  name,
  config: { num_replicas: 3 },
  state: { messages: last, bytes: 1, last_seq: last },
  cluster: { leader: 'n1', replicas: [{ name: 'n2', current: false, lag: 4 }] },
})

test('[W24] a node reports how many entries it lacks of each stream, and of all that answer', () => {
  assert.deepEqual(findBehind([], '17'), { behind: null })
  assert.deepEqual(findBehind([null], ''), { behind: null })
  assert.deepEqual(findBehind([report('OXO_0', 20)], ''), { behind: 20 })
  assert.deepEqual(findBehind([report('OXO_0', 20)], '17'), { behind: 3 })
  const three = [report('OXO_0', 20), null, report('OXO_2', 5)]
  assert.deepEqual(findBehind(three, '17.9.'), { behind: 8, behindEach: [3, null, 5] })
  assert.deepEqual(findBehind(three, '30.9.5'), { behind: 0, behindEach: [0, null, 0] })
  assert.deepEqual(findBehind([null, null], '3.4'), { behind: null, behindEach: [null, null] })
})

test('[W24] a stream without a leader is reported next to the others; if none answers, streams is null', () => {
  const streams = ['OXO_0', 'OXO_1']
  const [first, second] = makeStreams({ streams, server: 'n1' }, [report('OXO_0', 20), null]) ?? []
  assert.deepEqual(
    first?.copies.map(({ server, isLeader, isCurrent, behind: lag }) => [server, isLeader, isCurrent, lag]),
    [
      ['n1', true, true, 0],
      ['n2', false, false, 4],
    ],
  )
  assert.deepEqual(second, { name: 'OXO_1', entries: null, bytes: null, copiesWanted: 3, copies: [] })
  assert.equal(makeStreams({ streams, server: 'n1' }, [null, null]), null)
})
