/** Time limits of the gateway, shortened, in real time, where Node's own timers run too. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/base/index.ts'
import type { Gateway } from '../../src/gateway/index.ts'
import { type Opened, openWithStub } from '../../src/gateway/testing/open.ts'
import type { Limits } from '../../src/protocol/index.ts'
import { TestSocket } from '../../src/gateway/testing/socket.ts'
import { eventually, pass } from '../lib/wait.ts'

const host = 'Host: localhost\r\n'
const lines = '{}\n'
const read = `GET /games/main HTTP/1.1\r\n${host}Accept: application/json\r\n\r\n`
const events = `GET /games/main/changes HTTP/1.1\r\n${host}\r\n`
const json = `GET /games/main/changes HTTP/1.1\r\n${host}Accept: application/x-ndjson\r\n\r\n`

function openNow(t: TestContext, limits: Partial<Limits>): Promise<Opened> {
  return openWithStub(t, { clock: systemClock, limits })
}

function to(t: TestContext, { gateway }: { readonly gateway: Gateway }, said = ''): TestSocket {
  const { host, port } = gateway.address
  const socket = TestSocket.at({ host, port }, said)
  t.after(() => socket.socket.destroy())
  return socket
}

/** The longest gap between consecutive times, in ms. */
function longestGap(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))
}

test('[W10] each protocol sends a heartbeat every heartbeatMs on an idle connection, and nothing ends it', async (t) => {
  const heartbeatMs = 500
  const opened = await openNow(t, { heartbeatMs, slowReaderMs: heartbeatMs })
  const ws = new WebSocket(`${opened.url.replace('http', 'ws')}/ws`)
  t.after(() => ws.terminate())
  await new Promise((resolve) => ws.once('open', resolve))
  const pings: number[] = [systemClock.now()]
  ws.on('ping', () => pings.push(systemClock.now()))
  const sockets = { lines: to(t, opened, lines), events: to(t, opened, events), json: to(t, opened, json) }
  await pass(10.5 * heartbeatMs)
  assert.equal(ws.readyState, WebSocket.OPEN)
  const times = Object.entries(sockets).map(
    ([protocol, { arrivals }]) => [protocol, arrivals.map(({ at }) => at)] as const,
  )
  for (const [protocol, seen] of [...times, ['websocket', pings] as const]) {
    assert.ok(longestGap(seen) < 1.8 * heartbeatMs, `${protocol}: silent for ${longestGap(seen)} ms`)
    assert.ok(seen.length >= 7, `${protocol}: ${seen.length} heartbeats in 10 intervals`)
  }
  for (const [protocol, { socket }] of Object.entries(sockets)) assert.equal(socket.destroyed, false, protocol)
})

test('[W10] a heartbeat is not skipped because of a message just before it', async (t) => {
  const heartbeatMs = 600
  const opened = await openNow(t, { heartbeatMs })
  const stream = to(t, opened, events)
  await pass(200)
  opened.host.change()
  await pass(1_800)
  const times = stream.arrivals.map(({ at }) => at)
  assert.ok(longestGap(times) < 1.3 * heartbeatMs, `silent for ${longestGap(times)} ms`)
})

test('[W10] a client that stops its heartbeats is disconnected after two intervals, and one that keeps sending them is not', async (t) => {
  const heartbeatMs = 500
  const opened = await openNow(t, { heartbeatMs })
  const stopped = to(t, opened, '{}\n\n')
  const beating = to(t, opened, '{}\n\n')
  const silent = to(t, opened, '{}\n')
  const dead = to(
    t,
    opened,
    `GET /ws HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  const beats = (async () => {
    for (let beat = 0; beat < 5; beat++) {
      await pass(heartbeatMs)
      beating.socket.write('\n')
    }
  })()
  for (const gone of [stopped, dead]) {
    const lasted = await gone.closed
    assert.ok(lasted >= 1.8 * heartbeatMs && lasted < 3 * heartbeatMs, `gone after ${lasted} ms`)
  }
  await beats
  for (const { socket } of [beating, silent]) assert.equal(socket.destroyed, false)
})

test('[W33] an answer that takes longer than slowReaderMs is still sent', async (t) => {
  const opened = await openNow(t, { heartbeatMs: 100, slowReaderMs: 200 })
  const gate = Promise.withResolvers<void>()
  opened.host.gate = gate.promise
  const asking = to(t, opened, read)
  await eventually(() => opened.host.sessions.length > 0)
  await pass(900)
  gate.resolve()
  await eventually(() => asking.got.includes('"version":1'))
  assert.match(asking.got, /^HTTP\/1\.1 200 OK/)
})

test('[W33] [W9] a reader that never reads is disconnected over every protocol, and one that reads slowly is not', async (t) => {
  const slowReaderMs = 1_000
  const opened = await openNow(t, { slowReaderMs, httpIdleMs: 60_000 })
  const view = opened.host.view.bind(opened.host)
  opened.host.view = () => view('x'.repeat(20_000_000))
  const never = [read, events, json].map((said) => to(t, opened, said))
  for (const { socket } of never) socket.pause()
  const slow = to(t, opened, read)
  slow.socket.on('data', () => {
    slow.socket.pause()
    systemClock.after(10, () => slow.socket.resume())
  })
  const begun = systemClock.now()
  await eventually(() => slow.got.length > 20_000_000, 60_000)
  assert.ok(systemClock.now() - begun > 2 * slowReaderMs, 'the read must last longer than slowReaderMs')
  await eventually(() => opened.host.heard.length >= 4)
  await pass(3 * slowReaderMs)
  for (const socket of never) {
    // Reads what arrived before the end of the connection, so that the end is noticed.
    socket.socket.resume()
    await socket.closed
    assert.ok(socket.got.length < 20_000_000, `${socket.got.length} bytes arrived`)
  }
  assert.match(await opened.metrics.text(), /oxo_slow_readers_total 3\n/)
})

const post = (body: string, announced = body): string =>
  `POST /games/main/moves HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: ${announced.length}\r\n\r\n${body}`

test('[W34] a body that has arrived is not late because its answer is', async (t) => {
  const opened = await openNow(t, { httpBodyMs: 200, httpHeadersMs: 200 })
  const gate = Promise.withResolvers<void>()
  opened.host.gate = gate.promise
  const asking = to(t, opened, read + post('{"x":1,"y":1}') + post('{"x":0,"y":1}'))
  await pass(900)
  gate.resolve()
  await eventually(() => asking.got.split('HTTP/1.1 200').length === 4)
  asking.socket.write(read)
  await eventually(() => asking.got.split('HTTP/1.1 200').length === 5)
  assert.doesNotMatch(asking.got, /too-late/)
})

test('[W34] a pause caused by the server is not charged to a client that pipelines, in a header or in a body', async (t) => {
  const opened = await openNow(t, { httpBodyMs: 300, httpHeadersMs: 300, slowReaderMs: 10_000 })
  const view = opened.host.view.bind(opened.host)
  opened.host.view = () => view('x'.repeat(100_000))
  const count = 200
  for (const said of [read, post('{"x":1,"y":1}'.padEnd(1_000))]) {
    const late = to(t, opened, said.repeat(count))
    late.socket.pause()
    await pass(2_000)
    late.socket.resume()
    const answered = (): number => late.got.split('HTTP/1.1 200').length - 1
    await eventually(() => answered() === count || late.socket.destroyed, 60_000)
    assert.equal(answered(), count)
  }
})

test('[W34] a client that makes the server pause gets no more time for a header or a body than others', async (t) => {
  const opened = await openNow(t, { httpBodyMs: 400, httpHeadersMs: 400 })
  for (const rest of [read.slice(0, 30), post('{', '{"x":1,"y":1}')]) {
    const slow = to(t, opened, read.repeat(100) + rest)
    const lasted = await slow.closed
    assert.ok(lasted < 2_000, `${lasted} ms`)
    assert.match(slow.got, /HTTP\/1\.1 408 [^]*too-late/)
  }
})

test('[W26] a silent connection above the limit gets a refusal as text after refusalMs', async (t) => {
  const opened = await openNow(t, { connectionsPerAddress: 9, socketsPerAddress: 1, refusalMs: 500 })
  const first = to(t, opened, 'hi\n')
  await eventually(() => first.got !== '')
  const second = to(t, opened)
  await eventually(() => second.got !== '')
  const { at = 0 } = second.arrivals[0] ?? {}
  assert.ok(at >= 495 && at < 3_000, `after ${at} ms`)
  assert.match(second.got, /^ERR 5030 unavailable: too many connections/)
})
