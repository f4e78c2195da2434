import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterStatus, NodeStatus } from '../../protocol/cluster-status.ts'
import { remember } from './status.ts'

const nodeAt = (url: string): NodeStatus => ({
  url,
  pid: 1,
  keys: [],
  version: '1',
  upSeconds: 1,
  ready: true,
  checks: {},
  liveGames: 0,
  connections: 0,
  commandsPerSecond: 0,
  behind: 0,
})
const clusterOf = (...urls: readonly string[]): ClusterStatus => ({
  from: 'a',
  journal: 'nats://a',
  durability: 'disk',
  nodes: urls.map(nodeAt),
  streams: [],
})

test('a node that no longer answers stays, with the time of its last answer, until it is back', () => {
  const first = remember([], clusterOf('b', 'a'), 10)
  assert.deepEqual(
    first.map(({ node, at }) => [node.url, at]),
    [
      ['a', 10],
      ['b', 10],
    ],
  )
  const second = remember(first, clusterOf('b'), 20)
  assert.deepEqual(
    second.map(({ node, at }) => [node.url, at]),
    [
      ['a', 10],
      ['b', 20],
    ],
  )
  assert.deepEqual(
    remember(second, clusterOf('a', 'b'), 30).map(({ at }) => at),
    [30, 30],
  )
})
