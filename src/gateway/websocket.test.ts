import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { limits } from '../protocol/index.ts'
import type { Gateway } from './gateway.ts'
import { openWithStub, settleSockets, waitUntil } from './testing/open.ts'
import { lengthBeyondBuffers, TestSocket } from './testing/socket.ts'
import { makeFrame } from './websocket.ts'

async function connect(gateway: Gateway): Promise<WebSocket> {
  const ws = new WebSocket(`${gateway.address.url.replace('http', 'ws')}/ws`)
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
  return ws
}

function messages(ws: WebSocket, count: number): Promise<string[]> {
  const got: string[] = []
  return new Promise((resolve) => {
    ws.on('message', (data) => {
      if (Buffer.isBuffer(data) && got.push(data.toString()) === count) resolve(got)
    })
  })
}

const upgrade =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

/** A frame of a client, with the mask 0. */
function frame(first: number, payload: Buffer | string, length = payload.length): Buffer {
  const head = length < 126 ? [first, 0x80 | length] : [first, 0xfe, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), Buffer.from(payload)])
}

test('[W11] a message of any length and script arrives unchanged', async (t) => {
  const { gateway } = await openWithStub(t)
  const ws = await connect(gateway)
  const sent = ['', 'a', 'é🙂', 'x'.repeat(119), 'x'.repeat(120), 'é'.repeat(60), 'x'.repeat(8_192), 'é'.repeat(4_096)]
  const got = messages(ws, sent.length)
  for (const message of sent) ws.send(message)
  assert.deepEqual(
    await got,
    sent.map((message) => `heard ${message}`),
  )
  ws.terminate()
})

test('[W11] no subprotocol is accepted', async (t) => {
  const { gateway } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(`${upgrade}Sec-WebSocket-Protocol: mqtt, soap\r\n\r\n`)
  await socket.until('\r\n\r\n')
  assert.match(socket.got, /^HTTP\/1.1 101 /)
  assert.doesNotMatch(socket.got, /Sec-WebSocket-Protocol/i)
  socket.socket.destroy()
})

test('[W11] the length of a frame takes one, three or nine bytes', () => {
  assert.deepEqual(Buffer.from(makeFrame('Hello'), 'latin1'), Buffer.from('810548656c6c6f', 'hex'))
  assert.equal(makeFrame('x'.repeat(125)).slice(0, 2), '\x81\x7d')
  assert.equal(makeFrame('x'.repeat(126)).slice(0, 4), '\x81\x7e\x00\x7e')
  assert.equal(makeFrame('x'.repeat(65_535)).slice(0, 4), '\x81\x7e\xff\xff')
  assert.equal(makeFrame('x'.repeat(65_536)).slice(0, 10), '\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00')
  assert.equal(makeFrame('é').length, 4)
})

/** Frames that close the connection, with the close code (RFC 6455, 7.4.1). */
const violations: readonly (readonly [title: string, bytes: Buffer, code: number])[] = [
  ['a binary message', frame(0x82, 'hi'), 1003],
  ['a frame without a mask', Buffer.from([0x81, 0x02, 0x68, 0x69]), 1002],
  ['a reserved bit', frame(0xc1, 'hi'), 1002],
  ['a reserved opcode', frame(0x83, 'hi'), 1002],
  ['a continuation of nothing', frame(0x80, 'hi'), 1002],
  ['a message inside a message', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]), 1002],
  ['a ping in fragments', frame(0x09, 'hi'), 1002],
  ['a ping that is too long', frame(0x89, 'x'.repeat(126)), 1002],
  ['a text that is not UTF-8', frame(0x81, Buffer.from([0xff])), 1007],
  ['a message that is too large', frame(0x81, 'x'.repeat(8_193)), 1009],
  ['fragments that are too large', Buffer.concat([frame(0x01, 'x'.repeat(8_000)), frame(0x80, 'x'.repeat(300))]), 1009],
  ['a close with a code that nobody may send', frame(0x88, Buffer.from([0x03, 0xed])), 1002],
  ['an ordinary close', frame(0x88, Buffer.from([0x03, 0xe8])), 1000],
]

for (const [title, bytes, code] of violations)
  test(`[W11] ${title} closes with ${code}`, async (t) => {
    const { gateway, host, clock } = await openWithStub(t)
    const socket = TestSocket.to(gateway).write(`${upgrade}\r\n`)
    await socket.until('\r\n\r\n')
    const head = socket.got.length
    await socket.write(bytes).until('\x88')
    // The server does not wait for a client that does not answer the close frame.
    clock.advance(limits.drainMs + 2_000)
    const closing = Buffer.from((await socket.all()).slice(head), 'latin1')
    assert.equal(closing[0], 0x88)
    assert.equal(closing.readUInt16BE(2), code)
    assert.deepEqual(host.heard, [])
    await waitUntil(() => host.sessions[0]?.isEnded === true)
  })

test('[W3] fragments, and frames in pieces, give the same messages; pings between them are answered', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(`${upgrade}\r\n`)
  await socket.until('\r\n\r\n')
  const bytes = Buffer.concat([
    frame(0x81, 'one'),
    frame(0x01, 'tw'),
    frame(0x89, '?'),
    frame(0x80, 'o'),
    frame(0x81, 'three'),
  ])
  await socket.writePieces(bytes, () => 1)
  await socket.until('heard three')
  assert.deepEqual(host.heard, ['one', 'two', 'three'])
  assert.ok(socket.got.includes('\x8a\x01?'))
  socket.socket.destroy()
})

test('[W11] [W16] an upgrade elsewhere, with a body or without a key is refused, and so is /ws without an upgrade', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const refused: readonly (readonly [request: string, answer: RegExp])[] = [
    [`${upgrade.replace('/ws', '/other')}\r\n`, /^HTTP\/1.1 404 /],
    [`${upgrade}Content-Length: 6\r\n\r\nX 1 1\n`, /^HTTP\/1.1 400 /],
    [`${upgrade.replace(/Sec-WebSocket-Key.*\r\n/, '')}\r\n`, /^HTTP\/1.1 400 [^]*"code":4000,"name":"not-understood"/],
    [
      `${upgrade.replace('Version: 13', 'Version: 7')}\r\n`,
      /^HTTP\/1.1 426 [^]*\r\nSec-WebSocket-Version: 13\r\n[^]*"code":4000,"name":"not-understood"/,
    ],
    [`${upgrade.replace('GET', 'POST')}\r\n`, /^HTTP\/1.1 405 [^]*"code":4050,"name":"wrong-verb"/],
    [
      'GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n',
      /^HTTP\/1.1 426 [^]*\r\nupgrade: websocket\r\n[^]*send an Upgrade header","code":4000,/,
    ],
    [`${upgrade}Origin: http://evil.example\r\n\r\n`, /^HTTP\/1.1 403 [^]*"code":4031,"name":"bad-origin"/],
    [`${upgrade.replace('Host: localhost', 'Host: evil.example')}\r\n`, /^HTTP\/1.1 403 [^]*"code":4031/],
  ]
  for (const [request, answer] of refused) {
    const all = await TestSocket.to(gateway).write(request).all()
    assert.match(all, answer)
    assert.match(all, /\r\nContent-Type: application\/problem\+json\r\n/i)
    assert.equal(all.split('HTTP/1.1 ').length, 2)
  }
  assert.deepEqual(host.heard, [])
})

test('[W10] a client that answers no ping is disconnected after two intervals', async (t) => {
  const { gateway, clock, host } = await openWithStub(t)
  const living = await connect(gateway)
  const dead = TestSocket.to(gateway).write(`${upgrade}\r\n`)
  await dead.until('\r\n\r\n')
  for (let beat = 0; beat < 4; beat++) {
    const ponged = new Promise((resolve) => living.once('ping', resolve))
    clock.advance(limits.heartbeatMs + 1_000)
    await ponged
    await settleSockets()
  }
  await dead.closed
  assert.equal(living.readyState, WebSocket.OPEN)
  assert.deepEqual(
    host.sessions.map(({ isEnded }) => isEnded),
    [false, true],
  )
  living.terminate()
})

test('[W9] a slow reader gets the newest state only; one that stays slow is disconnected', async (t) => {
  const { gateway, host, clock, metrics } = await openWithStub(t)
  const ws = await connect(gateway)
  for (const session of host.sessions) session.isWatching = true
  ws.pause()
  const padding = 'x'.repeat(1_000_000)
  for (let change = 0; change < 40; change++) {
    host.change(padding)
    await settleSockets(1)
  }
  const seen: number[] = []
  ws.on('message', (data: Buffer) => seen.push(Number(/"version":(\d+)/.exec(data.toString())?.[1])))
  ws.resume()
  await waitUntil(() => seen.at(-1) === 41)
  assert.ok(seen.length < 40)
  ws.pause()
  host.change('x'.repeat(lengthBeyondBuffers))
  await settleSockets()
  clock.advance(limits.slowReaderMs + 2_000)
  await waitUntil(() => host.sessions[0]?.isEnded === true)
  assert.match(await metrics.text(), /oxo_slow_readers_total 1\n/)
  ws.terminate()
})

test('[W11] the service closes with a code of the error table', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const ws = await connect(gateway)
  const closed = new Promise((resolve) => ws.once('close', (code, reason) => resolve(`${code} ${String(reason)}`)))
  host.sessions[0]?.connection.close(4290, 'rate-limited')
  assert.equal(await closed, '4290 rate-limited')
})

test('[W23] many pings in one piece are answered by one pong, to the newest', async (t) => {
  const { gateway } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(`${upgrade}\r\n`)
  await socket.until('\r\n\r\n')
  const pings = Array.from({ length: 60 }, (_, index) => frame(0x89, String(index).padStart(3, '0')))
  await socket.write(Buffer.concat(pings)).until('\x8a\x03059')
  const pongs = socket.got.split('\x8a\x03').length - 1
  assert.ok(pongs < 10, `${pongs} pongs`)
  socket.socket.destroy()
})

test('[W23] too many pings in one piece close the connection', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(`${upgrade}\r\n`)
  await socket.until('\r\n\r\n')
  socket.write(Buffer.concat(Array.from({ length: 2_000 }, () => frame(0x89, 'p'))))
  await socket.closed
  await waitUntil(() => host.sessions[0]?.isEnded === true)
})
