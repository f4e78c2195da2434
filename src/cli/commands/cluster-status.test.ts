import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterStatus, CopyStatus } from '../../protocol/index.ts'
import { findTrouble } from './cluster-status.ts'
import { openServer } from '../../server/open.ts'
import { run } from '../testing/command.ts'

const copy = (server: string, differing: Partial<CopyStatus> = {}): CopyStatus => ({
  server,
  isLeader: server === 'a',
  isCurrent: true,
  isOffline: false,
  behind: 0,
  silentMs: 0,
  ...differing,
})

function makeStatus(copies: readonly CopyStatus[] | null, isReady = true): ClusterStatus {
  const checks = { journal: 'ok' }
  const counts = { liveGames: 0, connections: 0, keys: ['k1'], commandsPerSecond: 0, behind: 0 }
  const node = { url: 'http://a', pid: 1, version: '1.0.0', upSeconds: 1, ready: isReady, checks, ...counts }
  const streams = copies === null ? null : [{ name: 'OXO_0', entries: 1, bytes: 1, copiesWanted: 3, copies }]
  return { from: 'http://a', journal: 'nats://a', durability: 'disk', nodes: [node], streams }
}

test('problems are found, the worst first', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((server) => copy(server))
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  assert.equal(findTrouble(makeStatus([a, b, c])), null)
  const cases: readonly (readonly [ClusterStatus, RegExp])[] = [
    [makeStatus([a, b, c], false), /node http:\/\/a is not ready/],
    [makeStatus(null), /servers of the journal do not answer/],
    [makeStatus([b, c]), /has no leader/],
    [makeStatus([a, b]), /has 2 of 3 copies/],
    [makeStatus([a, b, copy('c', { isOffline: true })]), /has 2 of 3 copies/],
    [makeStatus([a, b, copy('c', { silentMs: 5_000 })]), /has 2 of 3 copies/],
    [makeStatus([a, copy('b', { isCurrent: false }), copy('c', { isCurrent: false })]), /has 1 of 3 copies/],
  ]
  const whole = makeStatus([a, b, c])
  const unled = { name: 'OXO_1', entries: null, bytes: null, copiesWanted: 3, copies: [] }
  const several = { ...whole, streams: [...(whole.streams ?? []), unled] }
  assert.equal(findTrouble(several), 'The stream OXO_1 has no leader: it takes no moves.')
  for (const [status, sentence] of cases) assert.match(findTrouble(status) ?? '', sentence)
})

test('[W24] a server outside a cluster reports its own status, and an unreachable one is an error', async () => {
  await using server = await openServer({ port: 0, journal: 'memory' })
  const [text, json, gone, wrong] = await Promise.all([
    run(['cluster', 'status', server.url]),
    run(['cluster', 'status', server.url, '--json']),
    run(['cluster', 'status', 'http://127.0.0.1:9']),
    run(['cluster', 'status', 'ftp://x']),
  ])
  assert.equal(text.code, 0)
  assert.match(
    text.stdout,
    /^Journal: memory\. Durability: memory\. Reported by http:\/\/127\.0\.0\.1:\d+\.\n[^]*None: the journal is this node’s own\.\n$/,
  )
  const { nodes, streams } = JSON.parse(json.stdout) as ClusterStatus
  assert.deepEqual([nodes.length, nodes[0]?.url, nodes[0]?.pid, streams], [1, server.url, process.pid, []])
  assert.deepEqual([gone.code, wrong.code], [4, 2])
  assert.match(
    gone.stderr,
    /^No Oxo server answers at http:\/\/127\.0\.0\.1:9 \(web clients are not allowed to use this port\): .*\n$/,
  )
})
