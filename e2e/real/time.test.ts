/**
 * Time limits with their default values, in real time, where the timers of Node and of the system run too. All tests
 * run concurrently: together they take as long as the longest, and hardly any processor time.
 */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/base/index.ts'
import { connect, OxoError } from '../../src/client/node/index.ts'
import { limits } from '../../src/protocol/index.ts'
import { type Arrival, TestSocket } from '../../src/gateway/testing/socket.ts'
import { eventually, pass } from '../lib/wait.ts'
import { serveCommand, ServerProcess } from '../lib/server-process.ts'

const { heartbeatMs, firstLineMs, handshakeMs, httpHeadersMs, httpBodyMs, httpIdleMs, slowReaderMs } = limits
/** Three heartbeats and a margin: Node's own timers would have fired by the second one. */
const holdMs = 3 * heartbeatMs + 5_000
/** Allowed delay, in ms: a tick of our deadlines, a tick of Node's timers, and a loaded machine. */
const lateMs = 4_000

const host = 'Host: localhost\r\n'
const changes = `GET /games/main/changes HTTP/1.1\r\n${host}`
const ask = (id: number): string => `${JSON.stringify({ jsonrpc: '2.0', id, method: 'rpc.discover' })}\n`
/** Requests with 20 MB of answers. */
const many = 420
/** More bytes than the system's buffers hold for a reader that does not read. */
const enough = 15_000_000

suite('default time limits, concurrently', { concurrency: true, timeout: 2 * holdMs }, () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-time-'))
  let server: ServerProcess
  const open: TestSocket[] = []
  const to = (said = ''): TestSocket => {
    const socket = TestSocket.at(server, said)
    open.push(socket)
    return socket
  }
  /** Resolves with the duration of the connection, in ms. @throws if it is still open after `msMax`. */
  const lasted = (socket: TestSocket, msMax: number): Promise<number> => {
    const timer = pass(msMax).then(() => Promise.reject(new Error(`still open after ${msMax} ms`)))
    return Promise.race([socket.closed, timer])
  }

  before(async () => {
    server = await ServerProcess.start(serveCommand(join(folder.path, 'time.journal')))
  })
  after(async () => {
    for (const { socket } of open) socket.destroy()
    await server.kill()
    folder.remove()
  })

  for (const [protocol, said] of Object.entries({
    lines: `${ask(1)}`,
    'server-sent events': `${changes}\r\n`,
    'lines of JSON': `${changes}Accept: application/x-ndjson\r\n\r\n`,
  }))
    test(`[W10] ${protocol}: an idle connection stays open for three heartbeats, each on time`, async () => {
      const socket = to(said)
      await pass(holdMs)
      assert.equal(socket.socket.destroyed, false, `closed after ${socket.arrivals.at(-1)?.at} ms`)
      assertBeats(socket.arrivals)
    })

  test('[W10] WebSocket: an idle connection stays open for three heartbeats, each on time', async () => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/ws`)
    const beginsAt = systemClock.now()
    const pings: Arrival[] = [{ at: 0, text: '' }]
    ws.on('ping', () => pings.push({ at: systemClock.now() - beginsAt, text: '' }))
    await pass(holdMs)
    assert.equal(ws.readyState, WebSocket.OPEN)
    assertBeats(pings)
    ws.terminate()
  })

  for (const scheme of ['tcp', 'ws'])
    test(`[C4] a client over ${scheme} keeps its connection for three heartbeats`, async () => {
      using client = connect(`${scheme}://${server.host}:${server.port}`)
      await client.ready()
      const states: string[] = []
      client.onState(({ state }) => states.push(state))
      await pass(holdMs - 1_000)
      assert.deepEqual(states, [])
    })

  test('[C3] [C4] a client leaves a server that never answers', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
    await eventually(() => silent.listening)
    const address = silent.address()
    assert.ok(typeof address === 'object' && address !== null)
    const beginsAt = systemClock.now()
    using client = connect(`tcp://127.0.0.1:${address.port}`, { giveUpMs: handshakeMs + 30_000 })
    const refused = assert.rejects(client.call('ping'), OxoError)
    await eventually(() => client.state.state === 'waiting', handshakeMs + lateMs)
    assertTook(beginsAt, handshakeMs)
    await refused
    assertTook(beginsAt, handshakeMs + 30_000)
    silent.close()
  })

  const deadlines: readonly (readonly [title: string, ms: number, said: string])[] = [
    ['a connection without a first byte ends after firstLineMs', firstLineMs, ''],
    ['an incomplete first line ends the connection after handshakeMs', handshakeMs, 'X 1'],
    ['an incomplete header ends the connection after httpHeadersMs', httpHeadersMs, `GET / HTTP/1.1\r\n${host}X-`],
    [
      'an incomplete body ends the connection after httpBodyMs',
      httpBodyMs,
      `POST /rpc HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    ],
    ['an idle connection between two requests ends after httpIdleMs', httpIdleMs, `GET /livez HTTP/1.1\r\n${host}\r\n`],
  ]
  for (const [title, ms, said] of deadlines)
    test(`[W4] ${title}`, async () => {
      const took = await lasted(to(said), ms + 2 * lateMs)
      assert.ok(took >= ms - 50 && took <= ms + lateMs, `it ended after ${took} ms`)
    })

  const asked: readonly (readonly [protocol: string, endsMs: number, said: string])[] = [
    ['lines', slowReaderMs, Array.from({ length: many }, (_, id) => ask(id)).join('')],
    // Node checks twice whether bytes have moved.
    ['HTTP', 2 * slowReaderMs, `GET /openrpc.json HTTP/1.1\r\n${host}\r\n`.repeat(many)],
  ]
  for (const [protocol, endsMs, said] of asked)
    test(`[W9] [W33] ${protocol}: a reader has slowReaderMs to start reading, and is disconnected after that`, async () => {
      const [late, later] = [to(said), to(said)]
      for (const { socket } of [late, later]) socket.pause()
      await pass(slowReaderMs - lateMs)
      late.socket.resume()
      await pass(endsMs - slowReaderMs + 2 * lateMs)
      later.socket.resume()
      await lasted(later, endsMs + 3 * lateMs)
      assert.ok(late.got.length > enough, `${late.got.length} bytes arrived`)
      assert.ok(later.got.length < enough, `${later.got.length} bytes arrived`)
    })
})

function assertBeats(arrivals: readonly Arrival[]): void {
  const times = arrivals.map(({ at }) => at)
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
  assert.ok(Math.max(...gaps) <= heartbeatMs + lateMs, `silences of ${gaps.map(Math.round).join(', ')} ms`)
  assert.ok(gaps.filter((ms) => ms > heartbeatMs / 2).length >= 3, `silences of ${gaps.map(Math.round).join(', ')} ms`)
}

function assertTook(beginsAt: number, ms: number): void {
  const took = systemClock.now() - beginsAt
  assert.ok(took >= ms - 50 && took <= ms + lateMs, `it took ${took} ms instead of ${ms}`)
}
