import assert from 'node:assert/strict'
import { test } from 'node:test'
import { host } from '../../testing/desync-vectors.ts'
import { openWithStub, settleSockets, waitUntil } from '../../testing/open.ts'
import { TestSocket } from '../../testing/socket.ts'

const read = `GET /games/main HTTP/1.1\r\n${host}\r\n`
const last = `GET /games/main HTTP/1.1\r\n${host}Connection: close\r\n\r\n`

test('[W23] a thousand requests in one piece are all answered, a few at a time', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
  const flood = TestSocket.to(gateway).write(read.repeat(999) + last)
  await waitUntil(() => stub.heard.length > 0)
  const other = TestSocket.to(gateway).write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
  await other.until('\n')
  const receivedBefore = stub.heard.length
  assert.equal((await flood.all()).match(/HTTP\/1\.1 200/g)?.length, 1_000)
  assert.ok(receivedBefore < 300, `${receivedBefore} requests were served before another client was`)
  other.socket.destroy()
})

test('[W23] a body in many pieces after pipelined requests is waited for', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', pad: 'x'.repeat(7_000) })
  const post = `POST /rpc HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const all = await TestSocket.to(gateway)
    .write(read.repeat(50) + post + read.repeat(50) + last)
    .all()
  assert.equal(all.match(/HTTP\/1\.1 \d+/g)?.length, 102)
  assert.equal(stub.heard.at(-1), 'game.get')
})

test('[W23] requests that wait are dropped with their connection', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
  const gate = Promise.withResolvers<void>()
  stub.gate = gate.promise
  const flood = TestSocket.to(gateway).write(read.repeat(1_000))
  await waitUntil(() => stub.sessions.length === 1)
  flood.socket.resetAndDestroy()
  await settleSockets()
  gate.resolve()
  await settleSockets()
  assert.ok(stub.heard.length < 5, `${stub.heard.length} requests of a closed connection were served`)
})

test('[W23] a close after pipelined requests in one piece is noticed after the last of them', async (t) => {
  const { gateway } = await openWithStub(t)
  const flood = TestSocket.to(gateway)
  flood.socket.end(read.repeat(500))
  assert.equal((await flood.all()).match(/HTTP\/1\.1 200/g)?.length, 500)
})

test('[W23] bytes after an upgrade, in one piece with many requests, go to the WebSocket', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
  const upgrade = `GET /ws HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  const frame = makeFrame('{"jsonrpc":"2.0","id":7,"method":"ping"}')
  const socket = TestSocket.to(gateway)
  socket.socket.write(
    Buffer.concat([Buffer.from(read.repeat(100) + upgrade), ...Array.from({ length: 100 }, () => frame)]),
  )
  await waitUntil(() => stub.heard.filter((message) => message.includes('"id":7')).length === 100)
  assert.equal(socket.got.match(/HTTP\/1\.1 200/g)?.length, 100)
  socket.socket.destroy()
})

/** A text frame of less than 126 bytes, with the mask 0. */
function makeFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}

test('[W23] of many connections with requests, a few are served per turn of the event loop', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
  const sockets = Array.from({ length: 60 }, () => TestSocket.to(gateway).write(read))
  for (const socket of sockets) await socket.until('HTTP/1.1 200')
  for (const socket of sockets) socket.write(last)
  let most = 0
  for (let before = sockets.length; stub.heard.length < 2 * sockets.length; before = stub.heard.length) {
    await new Promise(setImmediate)
    most = Math.max(most, stub.heard.length - before)
  }
  assert.ok(most <= 16, `${most} in one turn`)
  for (const socket of sockets) assert.equal((await socket.all()).match(/HTTP\/1\.1 200/g)?.length, 2)
})
