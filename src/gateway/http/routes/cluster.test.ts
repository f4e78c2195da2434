import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterStatus, NodeStatus } from '../../../protocol/index.ts'
import type { StatusSource } from '../../status.ts'
import { openWithStub } from '../../testing/open.ts'

const node: NodeStatus = {
  url: 'http://10.0.0.1:1952',
  pid: 77,
  version: '1.2.3',
  upSeconds: 3 * 3_600,
  ready: true,
  checks: { journal: 'ok', durability: 'disk', catalog: 'ok' },
  liveGames: 5,
  connections: 6,
  keys: ['k1'],
  commandsPerSecond: 7,
  behind: 8,
  journalServer: 'n1',
}
const status: ClusterStatus = {
  from: node.url,
  journal: 'nats://a:4222',
  durability: 'disk',
  nodes: [node, { ...node, url: '<script>alert(1)</script>', ready: false, checks: { journal: 'unavailable: gone' } }],
  streams: [
    {
      name: 'OXO_0',
      entries: 9,
      bytes: 12_300_000,
      copiesWanted: 3,
      copies: [
        { server: 'n1', isLeader: true, isCurrent: true, isOffline: false, behind: 0, silentMs: 0 },
        { server: 'n2', isLeader: false, isCurrent: false, isOffline: true, behind: 4, silentMs: 0 },
        { server: 'n3', isLeader: false, isCurrent: true, isOffline: false, behind: 0, silentMs: 7_900 },
      ],
    },
  ],
}
const source: StatusSource = { node: async () => node, cluster: async () => status }

test('[W24] the cluster is text for curl and for browsers without pages, and JSON for programs', async (t) => {
  const { url } = await openWithStub(t, { status: source })
  const get = (accept: string): Promise<Response> => fetch(`${url}/cluster`, { headers: { Accept: accept } })
  const page = await get('text/html')
  assert.equal(page.status, 200)
  assert.match(page.headers.get('content-type') ?? '', /^text\/plain/)
  const text = await (await get('*/*')).text()
  assert.match(text, /^  http:\/\/10\.0\.0\.1:1952 +ready +5 +6 +7 +8 +3 h +77 +1\.2\.3 +n1$/m)
  assert.match(text, /^  OXO_0 +9 +12\.3 MB +n1 +leader$/m)
  assert.match(text, /^ +n2 +offline +4$/m)
  assert.match(text, /^ +n3 +silent for 7 s +0$/m)
  assert.deepEqual(await (await get('application/json')).json(), status)
  assert.equal((await get('*/*')).headers.get('cache-control'), 'no-store')
})

test('[W24] the page says if the servers of the journal do not answer', async (t) => {
  const silent = { ...status, nodes: [], streams: null }
  const { url } = await openWithStub(t, { status: { ...source, cluster: async () => silent } })
  const text = await (await fetch(`${url}/cluster`)).text()
  assert.match(text, /No node answers\./)
  assert.match(text, /The servers of the journal do not answer\./)
})

test('[W24] several streams are all shown, also one without a leader', async (t) => {
  const nodes = [{ ...node, behind: 8, behindEach: [3, null, 5] }]
  const unled = { name: 'OXO_1', entries: null, bytes: null, copiesWanted: 3, copies: [] }
  const lone = (status.streams ?? []).map((stream) => ({ ...stream, copies: stream.copies.slice(0, 2) }))
  const several = { ...status, nodes, streams: [...lone, unled] }
  const [found] = nodes
  const { url } = await openWithStub(t, { status: { node: async () => found ?? node, cluster: async () => several } })
  const text = await (await fetch(`${url}/cluster`)).text()
  assert.match(text, /^  http:\/\/10\.0\.0\.1:1952 +ready +5 +6 +7 +3 \? 5 +3 h/m)
  assert.match(text, /^  OXO_1 +no leader$/m)
  assert.match(text, /^ +missing$/m)
  const told = await (await fetch(`${url}/readyz?verbose`)).text()
  assert.match(told, /^entries behind the journal: 3 \? 5$/m)
})

test('[W24] /readyz?verbose shows the counts of its node', async (t) => {
  const { url } = await openWithStub(t, { status: source })
  assert.equal(await (await fetch(`${url}/readyz`)).text(), 'ready\n')
  const told = await (await fetch(`${url}/readyz?verbose`)).text()
  assert.match(told, /^games: 5\nconnections: 6\ncommands a second: 7\n[^\n]*: 8\n/m)
  assert.match(told, /^entries behind the journal: 8$/m)
})

test('[W24] a gateway without a status source has no such page', async (t) => {
  const { url } = await openWithStub(t)
  assert.equal((await fetch(`${url}/cluster`)).status, 404)
})
