/** More connections from an address than allowed: which are counted, and how the others are refused, on real sockets. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { limits } from '../../protocol/index.ts'
import { openWithStub, settleSockets, waitUntil } from '../testing/open.ts'
import { TestSocket } from '../testing/socket.ts'

const get = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'
const upgrade =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
const stream = 'GET /games/main/changes HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** The first message of each protocol, and the refusal of a connection above the limit. */
const refusals = {
  text: ['name a\n', /^ERR 5030 unavailable: too many connections from this address: close one, or try again\n\n$/],
  lines: ['{"a":1}\n', /^\{"jsonrpc":"2.0","id":null,"error":\{"code":5030,.*"retryAfterMs":1000\}\}\}\n$/],
  websocket: [upgrade, /^HTTP\/1.1 503 [^]*\r\nRetry-After: 1\r\n[^]*"name":"unavailable"/],
  stream: [stream, /^HTTP\/1.1 503 [^]*\r\nretry-after: 1\r\n[^]*"name":"unavailable"/i],
} as const
const welcomes = {
  text: 'OK you are a',
  lines: 'heard',
  websocket: '101 Switching',
  stream: 'event: game.changed',
} as const
const names = ['text', 'lines', 'websocket', 'stream'] as const

for (const protocol of names)
  test(`[W26] ${protocol}: a connection above the limit of its address is refused, and accepted after another one closed`, async (t) => {
    const { gateway, metrics } = await openWithStub(t, { limits: { connectionsPerAddress: 4, socketsPerAddress: 9 } })
    const inside = names.map((name) => TestSocket.to(gateway).write(refusals[name][0]))
    await Promise.all(inside.map((socket, index) => socket.until(welcomes[names[index] ?? 'text'])))
    const [input, refusal] = refusals[protocol]
    assert.match(await TestSocket.to(gateway).write(input).all(), refusal)
    // An answered request is not a lasting connection.
    await TestSocket.to(gateway).write(get).until('alive')
    inside[0]?.socket.destroy()
    await waitUntil(() => metrics.measured('connections') < 4)
    const next = TestSocket.to(gateway).write(input)
    await next.until(welcomes[protocol])
    next.socket.destroy()
    for (const socket of inside) socket.socket.destroy()
  })

for (const [protocol, input] of Object.entries({ text: 'a\n', lines: '{}\n', http: get, websocket: upgrade }))
  test(`[W26] ${protocol}: a socket above the limit of its address is refused in its protocol`, async (t) => {
    const { gateway } = await openWithStub(t, { limits: { connectionsPerAddress: 9, socketsPerAddress: 1 } })
    const inside = TestSocket.to(gateway).write('name hi\n')
    await inside.until('OK you are hi')
    const replies = await TestSocket.to(gateway).write(input).all()
    const words = protocol.startsWith('t')
      ? refusals.text[1]
      : protocol === 'lines'
        ? refusals.lines[1]
        : refusals.websocket[1]
    assert.match(replies, words)
    inside.socket.destroy()
  })

test('[W26] a client that sends nothing is refused too, and so is one inside TLS', async (t) => {
  const [cert, key] = await Promise.all(
    ['cert.pem', 'key.pem'].map((name) => readFile(new URL(`../testdata/${name}`, import.meta.url))),
  )
  assert.ok(cert !== undefined && key !== undefined)
  const own = { connectionsPerAddress: 9, socketsPerAddress: 1 }
  const { gateway, clock } = await openWithStub(t, { tls: { cert, key }, limits: own })
  const inside = TestSocket.to(gateway).write('name hi\n')
  await inside.until('OK you are hi')
  const { host, port } = gateway.address
  const secret = new TestSocket(connectTls({ host, port, rejectUnauthorized: false }))
  assert.match(await secret.write(get).all(), refusals.websocket[1])
  const silent = TestSocket.to(gateway)
  await settleSockets(200)
  clock.advance(limits.refusalMs + 2_000)
  await silent.until('ERR 5030 unavailable')
  inside.socket.destroy()
})

test('[W26] refusalsMax connections are sent a refusal at once, and further ones are closed', async (t) => {
  const own = { connectionsPerAddress: 9, socketsPerAddress: 1, refusalsMax: 2 }
  const { gateway } = await openWithStub(t, { limits: own })
  const inside = TestSocket.to(gateway).write('name hi\n')
  await inside.until('OK you are hi')
  const [first, second] = [TestSocket.to(gateway), TestSocket.to(gateway)]
  await settleSockets(200)
  assert.equal(await TestSocket.to(gateway).write('a\n').all(), '')
  for (const socket of [first, second]) assert.match(await socket.write('a\n').all(), refusals.text[1])
  inside.socket.destroy()
})

test('[W26] a connection of an address above its rate is closed without a refusal', async (t) => {
  const own = { requestsPerSecond: 1_000, addressUnitsPerSecond: 1, addressUnitBurst: 6 }
  const { gateway } = await openWithStub(t, { limits: { ...own, connectionsPerAddress: 9, socketsPerAddress: 1 } })
  const inside = TestSocket.to(gateway).write('name hi\n')
  await inside.until('OK you are hi')
  const replies: string[] = []
  for (let count = 0; count < 4; count++) replies.push(await TestSocket.to(gateway).write('a\n').all())
  assert.deepEqual(
    replies.map((words) => words.length > 0),
    [true, true, false, false],
  )
  inside.socket.destroy()
})

test('[W26] idle HTTP connections do not count as lasting: 60 browsers with six sockets each, and their WebSockets', async (t) => {
  const { gateway, metrics } = await openWithStub(t, {
    limits: { connectionsPerAddress: limits.connectionsPerAddress },
  })
  const people = 60
  for (let load = 0; load < 2; load++) {
    const sockets = Array.from({ length: people * 6 }, () => TestSocket.to(gateway).write(get))
    await Promise.all(sockets.map((socket) => socket.until('alive')))
    const talks = Array.from({ length: people }, () => TestSocket.to(gateway).write(upgrade))
    await Promise.all(talks.map((socket) => socket.until('101 Switching')))
    assert.equal(metrics.measured('connections'), people)
    // The page is reloaded: its WebSocket closes, its HTTP sockets may stay.
    for (const { socket } of talks) socket.destroy()
    await waitUntil(() => metrics.measured('connections') === 0)
    if (load > 0) for (const { socket } of sockets) socket.destroy()
  }
})
