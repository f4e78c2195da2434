import assert from 'node:assert/strict'
import { test } from 'node:test'
import { host, smuggled, vectors } from '../../testing/desync-vectors.ts'
import { openWithStub, settleSockets, waitUntil } from '../../testing/open.ts'
import { TestSocket } from '../../testing/socket.ts'

const json = `POST /rpc HTTP/1.1\r\n${host}Content-Type: application/json\r\n`

test('there are at least 40 desync vectors', () => assert.ok(Object.keys(vectors).length >= 40))

for (const [title, bytes] of Object.entries(vectors))
  test(`[W16] ${title}: one refusal, the end, and no move`, async (t) => {
    const { gateway, host: stub } = await openWithStub(t)
    const all = await TestSocket.to(gateway).write(bytes).all()
    const statuses = all.match(/HTTP\/1\.1 \d+/g) ?? []
    assert.deepEqual(
      stub.heard.filter((method) => method === 'game.move'),
      [],
    )
    assert.equal(statuses.length, 1, all)
    assert.match(statuses[0] ?? '', / 4\d\d$/)
  })

test('[W16] a complete request is answered before the refusal of what follows it', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
  const all = await TestSocket.to(gateway).write(`${smuggled}garbage\r\n\r\n`).all()
  assert.deepEqual(all.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400'])
  assert.deepEqual(stub.heard, ['game.move'])
})

/** Requests whose body is broken, and whether the client closes its half. */
const brokenBodies: readonly (readonly [title: string, bytes: string, ends: boolean])[] = [
  ['of which a chunk has no size', `${json}Transfer-Encoding: chunked\r\n\r\nz\r\n`, false],
  ['that ends early', `${json}Content-Length: 50\r\n\r\n{`, true],
]

for (const [title, bytes, ends] of brokenBodies) {
  test(`[W16] a body ${title} that follows a move is refused after the answer to the move`, async (t) => {
    const { gateway, host: stub } = await openWithStub(t)
    const gate = Promise.withResolvers<void>()
    stub.gate = gate.promise
    const socket = TestSocket.to(gateway)
    socket.write(`${smuggled}${bytes}`)
    if (ends) socket.socket.end()
    await waitUntil(() => stub.sessions.length === 1 || socket.got !== '')
    await settleSockets()
    assert.equal(socket.got, '')
    gate.resolve()
    assert.deepEqual((await socket.all()).match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400'])
    assert.deepEqual(stub.heard, ['game.move'])
  })

  test(`[W16] no refusal of a body ${title} gets into a stream of changes`, async (t) => {
    const { gateway, host: stub } = await openWithStub(t)
    const socket = TestSocket.to(gateway).write(`GET /games/main/changes HTTP/1.1\r\n${host}\r\n`)
    await socket.until('game.changed')
    socket.write(bytes)
    if (ends) socket.socket.end()
    await settleSockets()
    stub.change()
    if (!ends) await socket.until('id: 2')
    socket.socket.destroySoon()
    const [stream] = (await socket.all()).split('\r\n0\r\n\r\n')
    assert.doesNotMatch(stream ?? '', /not-understood/)
  })
}

test('[W16] pipelined requests are served one at a time, in order', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
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

/** Requests that take over or close the connection while a previous request is being answered. */
const takers: readonly (readonly [title: string, bytes: string, status: number])[] = [
  ['an upgrade', `${upgrade}${key}\r\n`, 101],
  ['an upgrade from a foreign page', `${upgrade}${key}Origin: http://evil.example\r\n\r\n`, 403],
  ['an upgrade without a key', `${upgrade}\r\n`, 400],
  ['a proxy request', `CONNECT localhost:22 HTTP/1.1\r\n${host}\r\n`, 405],
]

for (const [title, bytes, status] of takers)
  test(`[W16] ${title} waits for the answer to the previous request`, async (t) => {
    const { gateway, host: stub } = await openWithStub(t)
    const gate = Promise.withResolvers<void>()
    stub.gate = gate.promise
    const socket = TestSocket.to(gateway).write(`${smuggled}${bytes}`)
    await waitUntil(() => stub.sessions.length === 1)
    await settleSockets()
    assert.equal(socket.got, '')
    gate.resolve()
    await socket.until(`HTTP/1.1 ${status}`)
    assert.deepEqual(socket.got.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', `HTTP/1.1 ${status}`])
    socket.socket.destroy()
  })

test('[W16] an upgrade after a refused request does not happen', async (t) => {
  const { gateway, host: stub } = await openWithStub(t)
  const all = await TestSocket.to(gateway).write(`PUT /games HTTP/1.1\r\n${host}\r\n${upgrade}${key}\r\n`).all()
  assert.deepEqual(all.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 405'])
  assert.deepEqual(stub.sessions, [])
})
