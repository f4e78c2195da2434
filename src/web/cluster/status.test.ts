import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterStatus, CopyStatus, NodeStatus } from '../../protocol/cluster-status.ts'
import { addEvents, findEvents } from './feed.ts'
import { type Known, nothingKnown, remember, shownNodes } from './status.ts'

const nodeAt = (url: string, ready = true): NodeStatus => ({
  url,
  pid: 1,
  keys: [],
  version: '1',
  upSeconds: 1,
  ready,
  checks: {},
  liveGames: 0,
  connections: 0,
  commandsPerSecond: 0,
  behind: 0,
})

const copyOf = (server: string, leader: string | null, silentMs = 0): CopyStatus => ({
  server,
  isLeader: server === leader,
  isCurrent: true,
  isOffline: false,
  behind: 0,
  silentMs,
})

interface Differing {
  readonly leader?: string | null
  readonly silentMs?: number
  readonly nodes?: readonly NodeStatus[]
}

/** A cluster whose server n2 the leader has not heard for `silentMs`. */
function clusterOf({ leader = 'n1', silentMs = 0, nodes = [nodeAt('a'), nodeAt('b')] }: Differing = {}): ClusterStatus {
  const copies = leader === null ? [] : [copyOf('n1', leader), copyOf('n2', leader, silentMs)]
  const streams = [{ name: 'OXO_0', entries: 1, bytes: 1, copiesWanted: 2, copies }]
  return { from: nodes[0]?.url ?? '', journal: 'nats://a', durability: 'disk', nodes, streams }
}

const timesOf = (known: Known) => shownNodes(known).map(({ node, at, isHere }) => [node.url, at, isHere])

test('[W24] a node that no longer answers stays, with the time of its last answer, until it is back', () => {
  const first = remember(nothingKnown, clusterOf({ nodes: [nodeAt('b'), nodeAt('a')] }), 10)
  assert.deepEqual(timesOf(first), [
    ['a', 10, true],
    ['b', 10, true],
  ])
  const second = remember(first, clusterOf({ nodes: [nodeAt('b')] }), 20)
  assert.deepEqual(timesOf(second), [
    ['a', 10, false],
    ['b', 20, true],
  ])
  const third = remember(second, null, 30)
  assert.deepEqual([third.isAnswered, ...timesOf(third)], [false, ['a', 10, false], ['b', 20, false]])
  assert.deepEqual(timesOf(remember(third, clusterOf(), 40)), [
    ['a', 40, true],
    ['b', 40, true],
  ])
})

test('[B68] what changed between two reports is an event each, and nothing else is', () => {
  const known = remember(nothingKnown, clusterOf(), 10)
  const without = clusterOf({ nodes: [nodeAt('b')] })
  const cases: readonly (readonly [Known, ClusterStatus | null, readonly object[]])[] = [
    [nothingKnown, clusterOf(), []],
    [known, clusterOf(), []],
    [known, without, [{ what: 'gone', node: 'a' }]],
    [remember(known, without, 20), without, []],
    [remember(known, without, 20), clusterOf(), [{ what: 'back', node: 'a', ms: 90 }]],
    [known, clusterOf({ nodes: [nodeAt('a', false), nodeAt('b')] }), [{ what: 'notReady', node: 'a' }]],
    [known, clusterOf({ nodes: ['a', 'b', 'c'].map((url) => nodeAt(url)) }), [{ what: 'new', node: 'c' }]],
    [known, clusterOf({ leader: 'n2' }), [{ what: 'leads', server: 'n2', stream: 'OXO_0' }]],
    [known, clusterOf({ leader: null }), [{ what: 'leaderless', stream: 'OXO_0' }]],
    [known, clusterOf({ silentMs: 3_900 }), []],
    [known, clusterOf({ silentMs: 4_000 }), [{ what: 'silent', server: 'n2' }]],
    [remember(known, clusterOf({ silentMs: 4_000 }), 20), clusterOf(), [{ what: 'heard', server: 'n2' }]],
    [known, { ...clusterOf(), streams: null }, [{ what: 'journalSilent' }]],
    [known, null, [{ what: 'unanswered' }]],
    [remember(known, null, 20), null, []],
    [remember(remember(known, without, 20), null, 30), without, [{ what: 'answered', node: 'b' }]],
  ]
  for (const [before, status, events] of cases) assert.deepEqual(findEvents(before, status, 100), events)
})

test('[B68] events are kept for a minute, the newest first', () => {
  const known = remember(nothingKnown, clusterOf(), 0)
  const gone = addEvents([], known, clusterOf({ nodes: [nodeAt('b')] }), 1_000)
  const both = addEvents(gone, known, clusterOf({ leader: 'n2' }), 60_999)
  assert.deepEqual(
    both.map(({ what, at }) => [what, at]),
    [
      ['leads', 60_999],
      ['gone', 1_000],
    ],
  )
  assert.deepEqual(addEvents(both, known, clusterOf(), 61_000).length, 1)
})
