/** More connections than an address may have: which are counted, and what the others are told, on real sockets. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { limits } from '../../protocol/index.ts'
import { open, settle, until } from '../testing/open.ts'
import { TestSocket } from '../testing/socket.ts'

const get = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'
const upgrade =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
const stream = 'GET /games/main/changes HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** What a protocol is asked, and what it says to one too many. */
const refusals = {
  text: ['a\n', /^ERR 5030 unavailable: too many connections from this address: close one, or try again\n\n$/],
  lines: ['{"a":1}\n', /^\{"jsonrpc":"2.0","id":null,"error":\{"code":5030,.*"retryAfterMs":1000\}\}\}\n$/],
  websocket: [upgrade, /^HTTP\/1.1 503 [^]*\r\nRetry-After: 1\r\n[^]*"name":"unavailable"/],
  stream: [stream, /^HTTP\/1.1 503 [^]*\r\nretry-after: 1\r\n[^]*"name":"unavailable"/i],
} as const
const welcomes = { text: 'heard a', lines: 'heard', websocket: '101 Switching', stream: 'event: game.changed' } as const
const names = ['text', 'lines', 'websocket', 'stream'] as const

for (const protocol of names)
  test(`[W26] ${protocol}: one connection more than an address may have is told so, and has its place when one has left`, async (t) => {
    const { gateway, metrics } = await open(t, { limits: { connectionsPerAddress: 4, socketsPerAddress: 9 } })
    const inside = names.map((name) => TestSocket.to(gateway).write(refusals[name][0]))
    await Promise.all(inside.map((socket, index) => socket.until(welcomes[names[index] ?? 'text'])))
    const [said, refusal] = refusals[protocol]
    assert.match(await TestSocket.to(gateway).write(said).all(), refusal)
    // A request that is answered and gone is no connection that stays.
    await TestSocket.to(gateway).write(get).until('alive')
    inside[0]?.socket.destroy()
    await until(() => metrics.measured('connections') < 4)
    const next = TestSocket.to(gateway).write(said)
    await next.until(welcomes[protocol])
    next.socket.destroy()
    for (const socket of inside) socket.socket.destroy()
  })

for (const [protocol, said] of Object.entries({ text: 'a\n', lines: '{}\n', http: get, websocket: upgrade }))
  test(`[W26] ${protocol}: one socket more than an address may have is refused in the words of its protocol`, async (t) => {
    const { gateway } = await open(t, { limits: { connectionsPerAddress: 9, socketsPerAddress: 1 } })
    const inside = TestSocket.to(gateway).write('hi\n')
    await inside.until('heard hi')
    const heard = await TestSocket.to(gateway).write(said).all()
    const words = protocol.startsWith('t')
      ? refusals.text[1]
      : protocol === 'lines'
        ? refusals.lines[1]
        : refusals.websocket[1]
    assert.match(heard, words)
    inside.socket.destroy()
  })

test('[W26] somebody who waits for a greeting is told as well, and inside TLS', async (t) => {
  const [cert, key] = await Promise.all(
    ['cert.pem', 'key.pem'].map((name) => readFile(new URL(`../testdata/${name}`, import.meta.url))),
  )
  assert.ok(cert !== undefined && key !== undefined)
  const own = { connectionsPerAddress: 9, socketsPerAddress: 1 }
  const { gateway, clock } = await open(t, { tls: { cert, key }, limits: own })
  const inside = TestSocket.to(gateway).write('hi\n')
  await inside.until('heard hi')
  const { host, port } = gateway.address
  const secret = new TestSocket(connectTls({ host, port, rejectUnauthorized: false }))
  assert.match(await secret.write(get).all(), refusals.websocket[1])
  const silent = TestSocket.to(gateway)
  await settle(200)
  clock.advance(limits.refusalMs + 2_000)
  await silent.until('ERR 5030 unavailable')
  inside.socket.destroy()
})

test('[W26] so many are told at once, and the others are closed', async (t) => {
  const own = { connectionsPerAddress: 9, socketsPerAddress: 1, refusalsMax: 2 }
  const { gateway } = await open(t, { limits: own })
  const inside = TestSocket.to(gateway).write('hi\n')
  await inside.until('heard hi')
  const [first, second] = [TestSocket.to(gateway), TestSocket.to(gateway)]
  await settle(200)
  assert.equal(await TestSocket.to(gateway).write('a\n').all(), '')
  for (const told of [first, second]) assert.match(await told.write('a\n').all(), refusals.text[1])
  inside.socket.destroy()
})

test('[W26] words are for those whose address can pay for them', async (t) => {
  const own = { requestsPerSecond: 1_000, addressUnitsPerSecond: 1, addressUnitBurst: 6 }
  const { gateway } = await open(t, { limits: { ...own, connectionsPerAddress: 9, socketsPerAddress: 1 } })
  const inside = TestSocket.to(gateway).write('hi\n')
  await inside.until('heard hi')
  const heard: string[] = []
  for (let count = 0; count < 4; count++) heard.push(await TestSocket.to(gateway).write('a\n').all())
  assert.deepEqual(
    heard.map((words) => words.length > 0),
    [true, true, false, false],
  )
  inside.socket.destroy()
})

test('[W26] HTTP connections between two requests are no people: 60 browsers with six each, and their WebSockets', async (t) => {
  const { gateway, metrics } = await open(t, { limits: { connectionsPerAddress: limits.connectionsPerAddress } })
  const people = 60
  for (let load = 0; load < 2; load++) {
    const sockets = Array.from({ length: people * 6 }, () => TestSocket.to(gateway).write(get))
    await Promise.all(sockets.map((socket) => socket.until('alive')))
    const talks = Array.from({ length: people }, () => TestSocket.to(gateway).write(upgrade))
    await Promise.all(talks.map((socket) => socket.until('101 Switching')))
    assert.equal(metrics.measured('connections'), people)
    // The page is loaded again: what it talked through is left, what it fetched through may stay.
    for (const { socket } of talks) socket.destroy()
    await until(() => metrics.measured('connections') === 0)
    if (load > 0) for (const { socket } of sockets) socket.destroy()
  }
})
