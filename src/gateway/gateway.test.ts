import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { WebSocket } from 'ws'
import { systemClock } from '../base/index.ts'
import { limits } from '../protocol/index.ts'
import { openWithStub, settleSockets, waitUntil } from './testing/open.ts'
import { lengthBeyondBuffers, TestSocket } from './testing/socket.ts'

const upgrade =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

/** What the client sends, and what it receives until the gateway closes. */
const conversations: readonly (readonly [title: string, sent: string | Buffer, got: RegExp])[] = [
  ['text', 'name Ann\nboard\r\nquit\n', /^OK you are Ann\n\nBOARD main version 1, [^]*\n\nOK goodbye\n\n$/],
  ['text after empty lines', '\r\n\nname Ann\nquit\n', /^OK you are Ann\n\nOK goodbye\n\n$/],
  ['JSON lines', '{"a":1}\n\n{"b":2}\r\nquit\n', /^heard \{"a":1\}\nheard \{"b":2\}\n$/],
  ['JSON lines after a heartbeat', '\n{"a":1}\nquit\n', /^heard \{"a":1\}\n$/],
  ['JSON lines after a byte order mark', '\ufeff{"a":1}\nquit\n', /^heard \{"a":1\}\n$/],
  ['JSON lines after white space', ' \t\r\n {"a":1}\n \nquit\n', /^heard \{"a":1\}\n$/],
  ['a batch', '[{"a":1}]\nquit\n', /^heard \[\{"a":1\}\]\n$/],
  ['text after a byte order mark', '\ufeff name Ann\nquit\n', /^OK you are Ann\n\nOK goodbye\n\n$/],
  ['HTTP after a byte order mark', '\ufeffGET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', /alive\n$/],
  [
    'UTF-16',
    Buffer.from('\ufeff{"a":1}\n', 'utf16le'),
    /^ERR 4000 not-understood: these bytes are UTF-16; send UTF-8\n\n$/,
  ],
  ['UTF-16 of the other order', Buffer.from('\ufeffX\n', 'utf16le').swap16(), /^ERR 4000 not-understood: [^\n]+\n\n$/],
  ['names in UTF-8', 'name Zoë 🙂\nquit\n', /^OK you are Zo\u00c3\u00ab \u00f0.*\n\nOK goodbye\n\n$/],
  [
    'a text line that is too long',
    `name Ann\n${'x'.repeat(8_193)}\nX 1 1\n`,
    /^OK you are Ann\n\nERR 4130 too-large: the line is longer than the limit of 8192 bytes\n\n$/,
  ],
  ['a first line that is too long', `${'x'.repeat(4_097)}\nX 1 1\n`, /^ERR 4130 too-large: [^\n]+\n\n$/],
  [
    'a JSON line that is too long',
    `{"a":1}\n{${'x'.repeat(8_192)}\n{}\n`,
    /^heard \{"a":1\}\n\{"jsonrpc":"2.0","id":null,"error":\{"code":4130,.*"name":"too-large","retry":"never"\}\}\}\n$/,
  ],
  [
    'an HTTP request line that is too long',
    `GET /${'x'.repeat(4_097)}`,
    /^HTTP\/1.1 414 URI Too Long\r\n[^]*"status":414,[^]*"name":"too-large"/,
  ],
  [
    'HTTP',
    'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    /^HTTP\/1.1 200 OK\r\n[^]*\r\nalive\n$/,
  ],
  ['HTTP/1.0 that asks for a WebSocket', `${upgrade.replace('1.1', '1.0')}\r\n`, /^HTTP\/1.1 426 Upgrade Required\r\n/],
  ['a WebSocket of two hosts', `${upgrade}Host: evil.example\r\n\r\n`, /^HTTP\/1.1 400 Bad Request\r\n/],
  ['HTTP of a bad version', 'GET / HTTP/7.0\r\nHost: localhost\r\n\r\n', /^HTTP\/1.1 400 Bad Request\r\n/],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^$/],
  ['TLS without a certificate', '\x16\x03\x01\x00', /^$/],
  ['bytes that are not text', 'X 1\x00 1\n', /^$/],
]

for (const [title, sent, got] of conversations)
  for (const pieceBytes of [1, 2, 3, 7, 100_000])
    test(`[W1][W2][W3] ${title}, in pieces of ${pieceBytes}`, async (t) => {
      const { gateway } = await openWithStub(t)
      const socket = TestSocket.to(gateway)
      const bytes = Buffer.from(sent)
      // Long inputs in the smallest pieces test nothing new.
      const sending = socket.writePieces(bytes, () =>
        bytes.length > 1_000 ? Math.max(pieceBytes * 97, 97) : pieceBytes,
      )
      const all = await socket.all()
      await sending.catch(() => {})
      assert.match(all.replaceAll(/Date: .*\r\n/g, ''), got)
    })

test('[W6] a line that is not UTF-8 gives one error and closes; earlier lines are handled', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const text = TestSocket.to(gateway).write(
    Buffer.concat([Buffer.from('name Ann\n'), Buffer.from([0xff, 0x0a]), Buffer.from('no\n')]),
  )
  assert.match(await text.all(), /^OK you are Ann\n\nERR 4000 not-understood: the line is not UTF-8\n\n$/)
  const lines = TestSocket.to(gateway).write(
    Buffer.concat([Buffer.from('{}\n{"'), Buffer.from([0xff]), Buffer.from('"}\n')]),
  )
  assert.match(await lines.all(), /^heard \{\}\n.*"error":\{"code":-32700,/)
  assert.deepEqual(host.heard, ['hello', '{}'])
})

test('[W7] a client that closes its half after the last line gets every answer, then the end', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const gate = Promise.withResolvers<void>()
  host.gate = gate.promise
  const socket = TestSocket.to(gateway)
  socket.socket.end('name Ann\nname Bob\n')
  await waitUntil(() => host.heard.length === 1)
  await settleSockets()
  assert.equal(socket.got, '')
  gate.resolve()
  await socket.closed
  assert.equal(socket.got, 'OK you are Ann\n\nOK you are Bob\n\n')
  assert.equal(host.sessions[0]?.isEnded, true)
})

test('[W7] a client that closed its half has as long to read as any slow reader', async (t) => {
  const { gateway, host, clock } = await openWithStub(t)
  const socket = TestSocket.to(gateway)
  socket.socket.end('{}\n')
  socket.socket.pause()
  await waitUntil(() => host.heard.length === 1)
  const answer = 'x'.repeat(lengthBeyondBuffers)
  host.sessions[0]?.connection.send(answer)
  await settleSockets()
  clock.advance(limits.slowReaderMs - 2_000)
  await settleSockets()
  socket.socket.resume()
  await socket.closed
  assert.equal(socket.got.length, answer.length + 'heard {}\n\n'.length)
})

test('[W7] a last line without a newline is refused, not handled', async (t) => {
  const { gateway, host } = await openWithStub(t)
  for (const [sent, got] of [
    ['X 1 1', /^ERR 4000 not-understood: the last line lacks a newline and was ignored\n\n$/],
    [
      'name Ann\nX 1 1',
      /^OK you are Ann\n\nERR 4000 not-understood: the last line lacks a newline and was ignored\n\n$/,
    ],
    ['{"a":1', /"code":-32700/],
    ['GET / HTTP/1.0', /^HTTP\/1.1 400 Bad Request\r\n[^]*"name":"not-understood"/],
  ] as const) {
    const socket = TestSocket.to(gateway)
    socket.socket.end(sent)
    await socket.closed
    assert.match(socket.got, got)
  }
  assert.deepEqual(host.heard, ['hello'])
})

test('[W5] an HTTP body is never taken for lines', async (t) => {
  const { gateway, host } = await openWithStub(t)
  for (const head of ['POST / HTTP/1.1\r\nHost: localhost\r\n', 'POST  /  HTTP/1.1\r\n', 'POST / HTTP/1.1 \r\n']) {
    const socket = TestSocket.to(gateway).write(`${head}Content-Length: 6\r\n\r\nX 1 1\nX 2 2\n`)
    assert.match(await socket.all(), /^HTTP\/1.1 4/)
  }
  assert.deepEqual(host.heard, [])
})

test('[W4] a silent connection is closed, and so is one whose first line does not end', async (t) => {
  const { gateway, clock, metrics } = await openWithStub(t)
  const slow = TestSocket.to(gateway).write('X 1')
  const talking = TestSocket.to(gateway).write('name Ann\n')
  await talking.until('OK you are Ann\n\n')
  await settleSockets()
  clock.advance(limits.handshakeMs / 2)
  const silent = TestSocket.to(gateway)
  await settleSockets()
  clock.advance(limits.handshakeMs / 2 + 2_000)
  await slow.closed
  assert.equal(silent.socket.destroyed, false)
  clock.advance(limits.firstLineMs)
  await silent.closed
  await talking.write('name Bob\n').until('OK you are Bob\n')
  assert.match(await metrics.text(), /oxo_refused_connections_total 2\n/)
})

test('[W10] JSON-lines clients get empty lines as heartbeats, text clients do not', async (t) => {
  const { gateway, clock } = await openWithStub(t)
  const lines = TestSocket.to(gateway).write('{}\n')
  const text = TestSocket.to(gateway).write('name Ann\n')
  await Promise.all([lines.until('heard {}\n'), text.until('OK you are Ann\n\n')])
  clock.advance(limits.heartbeatMs + 1_000)
  await lines.until('heard {}\n\n')
  clock.advance(10 * limits.heartbeatMs)
  await settleSockets()
  assert.equal(text.got, 'OK you are Ann\n\n')
  assert.equal(lines.socket.destroyed, false)
})

test('[W10] a client that has sent heartbeats and stops is disconnected after two intervals', async (t) => {
  const { gateway, clock, host } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write('{}\n\n')
  await socket.until('heard {}\n')
  await settleSockets()
  for (let beat = 0; beat < 4; beat++) clock.advance(limits.heartbeatMs)
  await socket.all()
  await waitUntil(() => host.sessions[0]?.isEnded === true)
})

test('[W9] a slow reader finally gets the newest state only', async (t) => {
  const { gateway, host, metrics } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write('{"watch":1}\n')
  await socket.until('heard')
  socket.socket.pause()
  const padding = 'x'.repeat(1_000_000)
  for (let change = 0; change < 40; change++) {
    host.change(padding)
    await settleSockets(1)
  }
  socket.socket.resume()
  await socket.until('"version":41')
  await waitUntil(() => socket.got.endsWith('}\n'))
  const seen = [...socket.got.matchAll(/"version":(\d+)/g)].map(([, version]) => Number(version))
  assert.ok(seen.length < 40, `${seen.length} states`)
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  )
  assert.match(await metrics.text(), /oxo_skipped_states_total [1-9]/)
  await socket.write('{"after":1}\n').until('heard {"after":1}')
})

test('[W9] a reader that stays slow is disconnected, and its requests are not read meanwhile', async (t) => {
  const { gateway, host, clock, metrics } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write('{"watch":1}\n')
  await socket.until('heard')
  socket.socket.pause()
  host.change('x'.repeat(lengthBeyondBuffers))
  await settleSockets()
  socket.write('{"unheard":1}\n')
  await settleSockets()
  assert.deepEqual(host.heard, ['{"watch":1}'])
  clock.advance(limits.slowReaderMs + 2_000)
  await waitUntil(() => host.sessions[0]?.isEnded === true)
  assert.match(await metrics.text(), /oxo_slow_readers_total 1\n/)
  socket.socket.destroy()
})

test('[W18] drain: no new connections, the pending answers, server.closing, the end', async (t) => {
  const { gateway, host, url } = await openWithStub(t)
  const gate = Promise.withResolvers<void>()
  const text = TestSocket.to(gateway).write('name Ann\n')
  const silent = TestSocket.to(gateway)
  await text.until('OK you are Ann\n\n')
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`)
  await new Promise((resolve) => ws.once('open', resolve))
  const closed = new Promise<number>((resolve) => ws.once('close', resolve))
  host.gate = gate.promise
  text.write('name Bob\n')
  await waitUntil(() => host.heard.length === 2)
  const drained = gateway.drain('upgrade')
  await silent.closed
  await assert.rejects(fetch(url))
  gate.resolve()
  assert.match(await text.all(), /^OK you are Ann\n\n\* CLOSING upgrade\nOK you are Bob\n\n$/)
  assert.equal(await closed, 1001)
  await drained
  assert.deepEqual(host.drains, ['upgrade'])
})

test('[W18] a load balancer sees the end before the port closes, and connections until then are served', async (t) => {
  const { gateway, clock, url } = await openWithStub(t, { drainNoticeMs: 5_000 })
  const ask = (path: string): Promise<string> =>
    TestSocket.to(gateway).write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`).all()
  assert.match(await ask('/readyz'), /^HTTP\/1.1 200/)
  const drained = gateway.drain()
  assert.match(await ask('/readyz?verbose'), /^HTTP\/1.1 503 [^]*accepting: the server is closing\n/)
  assert.match(await ask('/games/main'), /^HTTP\/1.1 200/)
  clock.advance(4_900)
  assert.match(await ask('/readyz'), /^HTTP\/1.1 503/)
  clock.advance(200)
  await drained
  await assert.rejects(fetch(`${url}/livez`))
})

test('[W18] a drain ends by itself if no client closes', async (t) => {
  const { gateway, host, clock } = await openWithStub(t)
  const stuck = TestSocket.to(gateway).write('name Ann\n')
  await stuck.until('OK you are Ann\n\n')
  host.gate = Promise.withResolvers<void>().promise
  const drained = gateway.drain()
  for (let step = 0; step < 3; step++) {
    await settleSockets()
    clock.advance(limits.drainMs)
  }
  await drained
  await stuck.closed
})

test('[W18] a text client that leaves its half open does not prevent the end', async (t) => {
  const { gateway } = await openWithStub(t, { clock: systemClock })
  const nc = connect({ port: gateway.address.port, host: '127.0.0.1', allowHalfOpen: true })
  nc.write('name Ann\n')
  await once(nc, 'data')
  const began = systemClock.now()
  await gateway.drain()
  const tookMs = systemClock.now() - began
  assert.ok(tookMs < 2_500, `${tookMs} ms`)
  nc.destroy()
})

test('[W19] with a certificate the port also accepts TLS, with the same protocols inside', async (t) => {
  const [cert, key] = await Promise.all(
    ['cert.pem', 'key.pem'].map((name) => readFile(new URL(`testdata/${name}`, import.meta.url))),
  )
  assert.ok(cert !== undefined && key !== undefined)
  const { gateway } = await openWithStub(t, { tls: { cert, key } })
  const secure = (): TestSocket => {
    const { host, port } = gateway.address
    return new TestSocket(connectTls({ host, port, ca: cert, servername: 'localhost' }))
  }
  assert.match(gateway.address.url, /^https:/)
  assert.equal(await secure().write('name Ann\nquit\n').all(), 'OK you are Ann\n\nOK goodbye\n\n')
  assert.equal(await secure().write('{"a":1}\nquit\n').all(), 'heard {"a":1}\n')
  assert.match(await secure().write('GET /livez HTTP/1.0\r\n\r\n').all(), /^HTTP\/1.1 200 OK[^]*alive\n$/)
  assert.equal(await secure().write('\x16\x03\x01').all(), '')
  assert.equal(await TestSocket.to(gateway).write('name Ann\nquit\n').all(), 'OK you are Ann\n\nOK goodbye\n\n')
  const ws = new WebSocket(`${gateway.address.url.replace('http', 'ws')}/ws`, { ca: cert })
  await new Promise((resolve) => ws.once('open', resolve))
  ws.send('over TLS')
  assert.equal(String(await new Promise((resolve) => ws.once('message', resolve))), 'heard over TLS')
  ws.terminate()
  // An unfinished handshake does not delay the end of the gateway.
  TestSocket.to(gateway).write('\x16\x03')
  await settleSockets()
})

test('[W23] a client that sends much in one piece waits for others after a while', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const much = TestSocket.to(gateway).write('{}\n')
  const little = TestSocket.to(gateway).write('{}\n')
  await Promise.all([much.until('heard {}\n'), little.until('heard {}\n')])
  much.write('x\n'.repeat(20_000))
  await waitUntil(() => host.heard.length > 2)
  little.write('now\n')
  await waitUntil(() => host.heard.includes('now'))
  assert.ok(host.heard.indexOf('now') < 15_000, `after ${host.heard.indexOf('now')} others`)
  await waitUntil(() => host.heard.length === 20_003)
  for (const { socket } of [much, little]) socket.destroy()
})

test('[W9] requests of a client that does not read are not handled, however many came in one piece', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const answer = 'x'.repeat(20_000)
  const connect = host.connect.bind(host)
  host.connect = (connection) => {
    const session = connect(connection)
    const hear = session.hear.bind(session)
    session.hear = (message) => {
      connection.send(answer)
      hear(message)
    }
    return session
  }
  const socket = TestSocket.to(gateway)
  socket.socket.pause()
  socket.write('{}\n'.repeat(4_000))
  await waitUntil(() => host.heard.length > 0)
  await settleSockets(100)
  assert.ok(host.heard.length < 2_000, `${host.heard.length} of 4000 were heard`)
  socket.socket.resume()
  await waitUntil(() => host.heard.length === 4_000)
  socket.socket.destroy()
})
