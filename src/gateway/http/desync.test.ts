import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, settle, until } from '../testing/open.ts'
import { TestSocket } from '../testing/socket.ts'

const host = 'Host: localhost\r\n'
const json = 'Content-Type: application/json\r\n'
const move = '{"x":1,"y":1}'
const smuggled = `POST /games/main/moves HTTP/1.1\r\n${host}${json}Content-Length: ${move.length}\r\n\r\n${move}`
const post = `POST /games/main/moves HTTP/1.1\r\n${host}${json}`

/** Requests on whose end two readers could disagree, each with a move behind it that only one of them would see. */
const vectors: Readonly<Record<string, string>> = {
  'length and chunks': `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'chunks and length': `${post}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${smuggled}`,
  'two lengths': `${post}Content-Length: 0\r\nContent-Length: 13\r\n\r\n${smuggled}`,
  'a list of lengths': `${post}Content-Length: 0, 13\r\n\r\n${smuggled}`,
  'a signed length': `${post}Content-Length: +13\r\n\r\n${smuggled}`,
  'a length in hexadecimal': `${post}Content-Length: 0xd\r\n\r\n${smuggled}`,
  'a length beyond all numbers': `${post}Content-Length: 99999999999999999999999\r\n\r\n${smuggled}`,
  'a length of nothing': `${post}Content-Length: \r\n\r\n${smuggled}`,
  'an encoding that hides chunks': `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'chunks that are not last': `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
  'two encodings': `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
  'a space before the colon': `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'a folded header': `${post}Content-Length:\r\n 13\r\n\r\n${smuggled}`,
  'a header that begins with a space': `POST /rpc HTTP/1.1\r\n ${host}${json}\r\n\r\n${smuggled}`,
  'a bare CR in a header': `${post}X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'a NUL in a header': `${post}X-A: b\0c\r\n\r\n${smuggled}`,
  'a header without a name': `${post}: b\r\n\r\n${smuggled}`,
  'a header without a colon': `${post}Transfer-Encoding\r\n\r\n${smuggled}`,
  'a chunk size with a sign': `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n${smuggled}`,
  'a chunk size beyond all numbers': `${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff1\r\n${smuggled}`,
  'a chunk longer than its size': `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n${move}\r\n0\r\n\r\n${smuggled}`,
  'a chunk that ends with LF': `${post}Transfer-Encoding: chunked\r\n\r\nd\n${move}\n0\n\n${smuggled}`,
  'two Host headers': `POST /games/main/moves HTTP/1.1\r\n${host}Host: evil.example\r\n${json}\r\n${smuggled}`,
  'no Host header': `POST /games/main/moves HTTP/1.1\r\n${json}Content-Length: 0\r\n\r\n${smuggled}`,
  'a Host that is no host': `POST /games/main/moves HTTP/1.1\r\nHost: a b\r\n${json}Content-Length: 0\r\n\r\n${smuggled}`,
  'a body that was not announced': `${post}\r\n${move}${smuggled}`,
  'a verb nobody knows': `SMUGGLE / HTTP/1.1\r\n${host}\r\n${smuggled}`,
  'a proxy request': `CONNECT localhost:22 HTTP/1.1\r\n${host}\r\n${smuggled}`,
  'a refused request in front': `PUT /games/main/moves HTTP/1.1\r\n${host}\r\n${smuggled}`,
  'a refused body in front': `POST /rpc HTTP/1.1\r\n${host}Content-Length: 6\r\n\r\nX 1 1\n${smuggled}`,
  'an unexpected expectation': `${post}Expect: the-unexpected\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'an upgrade to nothing': `GET /livez HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n${smuggled}`,
  'a header of 20 KB': `GET / HTTP/1.1\r\n${host}X-A: ${'x'.repeat(20_000)}\r\n\r\n${smuggled}`,
}

for (const [title, bytes] of Object.entries(vectors))
  test(`[W16] ${title}: one refusal, the end, and no move`, async (t) => {
    const { gateway, host: stub } = await open(t)
    const all = await TestSocket.to(gateway).write(bytes).all()
    const statuses = all.match(/HTTP\/1\.1 \d+/g) ?? []
    assert.deepEqual(
      stub.heard.filter((method) => method === 'game.move'),
      [],
    )
    assert.equal(statuses.length, 1, all)
    assert.match(statuses[0] ?? '', / 4\d\d$/)
  })

test('[W16] what a whole request asked is answered before the refusal of what follows it', async (t) => {
  const { gateway, host: stub } = await open(t)
  const all = await TestSocket.to(gateway).write(`${smuggled}garbage\r\n\r\n`).all()
  assert.deepEqual(all.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400'])
  assert.deepEqual(stub.heard, ['game.move'])
})

test('[W16] pipelined requests are served one at a time, in order', async (t) => {
  const { gateway, host: stub } = await open(t)
  const read = `GET /games/main HTTP/1.1\r\n${host}Accept: application/json\r\n\r\n`
  const all = await TestSocket.to(gateway)
    .write(`${smuggled}${read}${smuggled}${read.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`)
    .all()
  assert.deepEqual(
    [...all.matchAll(/"version":(\d)/g)].map(([, version]) => version),
    ['2', '2', '3', '3'],
  )
  assert.deepEqual(stub.heard, ['game.move', 'game.get', 'game.move', 'game.get'])
})

const upgrade = `GET /ws HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n`
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

/** What takes the connection over, or ends it, behind a request that is still being answered. */
const takers: readonly (readonly [title: string, bytes: string, status: number])[] = [
  ['an upgrade', `${upgrade}${key}\r\n`, 101],
  ['an upgrade from a foreign page', `${upgrade}${key}Origin: http://evil.example\r\n\r\n`, 403],
  ['an upgrade without a key', `${upgrade}\r\n`, 400],
  ['a proxy request', `CONNECT localhost:22 HTTP/1.1\r\n${host}\r\n`, 405],
]

for (const [title, bytes, status] of takers)
  test(`[W16] ${title} behind a request waits for the answer to that one`, async (t) => {
    const { gateway, host: stub } = await open(t)
    const gate = Promise.withResolvers<void>()
    stub.gate = gate.promise
    const socket = TestSocket.to(gateway).write(`${smuggled}${bytes}`)
    await until(() => stub.callers.length === 1)
    await settle()
    assert.equal(socket.got, '')
    gate.resolve()
    await socket.until(`HTTP/1.1 ${status}`)
    assert.deepEqual(socket.got.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', `HTTP/1.1 ${status}`])
    socket.socket.destroy()
  })

test('[W16] an upgrade behind a refused request does not happen', async (t) => {
  const { gateway, host: stub } = await open(t)
  const all = await TestSocket.to(gateway).write(`PUT /games HTTP/1.1\r\n${host}\r\n${upgrade}${key}\r\n`).all()
  assert.deepEqual(all.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 405'])
  assert.deepEqual(stub.callers, [])
})
