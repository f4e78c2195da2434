import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../../../protocol/index.ts'
import { host } from '../../testing/desync-vectors.ts'
import { openWithStub, settleSockets, waitUntil } from '../../testing/open.ts'
import { TestSocket } from '../../testing/socket.ts'

/** With `Expect: 100-continue` the client knows when the header has been read. */
const head = `POST /rpc HTTP/1.1\r\n${host}Content-Type: application/json\r\nExpect: 100-continue\r\n`
/** What each client sends before it stops in the body, and what is missing. */
const bodies: readonly (readonly [title: string, input: string, rest: string])[] = [
  ['of a length', `${head}Content-Length: 8\r\n\r\n{"id"`, ':1}'],
  ['of a length, without its first byte', `${head}Content-Length: 8\r\n\r\n`, '{"id":1}'],
  ['in chunks', `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n`, '3\r\n:1}\r\n0\r\n\r\n'],
]
const tooLate = /HTTP\/1\.1 408 [^]*"code":4080,"name":"too-late","retry":"same"/

for (const [title, input, rest] of bodies)
  test(`[W4] a body ${title} has httpBodyMs after its header, and not more`, async (t) => {
    const { gateway, clock, host: stub } = await openWithStub(t)
    const [slow, slower] = [TestSocket.to(gateway).write(input), TestSocket.to(gateway).write(input)]
    for (const socket of [slow, slower]) await socket.until('HTTP/1.1 100 Continue\r\n\r\n')
    clock.advance(limits.httpBodyMs - 1_000)
    await slow.write(rest).until('heard {"id":1}')
    clock.advance(2_000)
    assert.match(await slower.all(), tooLate)
    assert.deepEqual(stub.heard, ['{"id":1}'])
    slow.socket.destroy()
  })

test('[W4] an incomplete body that no handler reads closes its connection', async (t) => {
  const { gateway, clock, host: stub } = await openWithStub(t)
  for (const size of ['Content-Length: 99999', 'Transfer-Encoding: chunked']) {
    const socket = TestSocket.to(gateway).write(`GET /games/main HTTP/1.1\r\n${host}${size}\r\n\r\n`)
    await socket.until('BOARD main')
    await settleSockets()
    clock.advance(limits.httpBodyMs + 1_000)
    await socket.all()
    assert.match(socket.got, /^HTTP\/1.1 200 /)
  }
  assert.equal(stub.heard.length, 2)
})

test('[W4] an incomplete header has httpHeadersMs', async (t) => {
  const { gateway } = await openWithStub(t, { limits: { httpHeadersMs: 50 } })
  const slow = TestSocket.to(gateway).write(`GET / HTTP/1.1\r\n${host}X-`)
  assert.match(await slow.all(), tooLate)
})

test('[W4] the refusal of an incomplete body waits for the answer to the previous request', async (t) => {
  const { gateway, clock, host: stub } = await openWithStub(t)
  const gate = Promise.withResolvers<void>()
  stub.gate = gate.promise
  const input = bodies[0]?.[1].replace(/Expect.*\r\n/, '')
  const socket = TestSocket.to(gateway).write(`GET /games/main HTTP/1.1\r\n${host}\r\n${input}`)
  await waitUntil(() => stub.sessions.length === 1)
  await settleSockets()
  clock.advance(limits.httpBodyMs + 1_000)
  await settleSockets()
  assert.equal(socket.got, '')
  gate.resolve()
  assert.deepEqual((await socket.all()).match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 408'])
})

test('[W4] [W17] an idle connection has httpIdleMs, and its header says so', async (t) => {
  const { gateway } = await openWithStub(t, { limits: { httpIdleMs: 2_000 } })
  const idle = TestSocket.to(gateway).write(`GET /livez HTTP/1.1\r\n${host}\r\n`)
  await idle.until('alive')
  assert.match(idle.got, /\r\nKeep-Alive: timeout=2\r\n/)
  await idle.closed
})

test('[W16] a header of more than httpHeaderBytesMax is 431', async (t) => {
  const { gateway } = await openWithStub(t, { limits: { httpHeaderBytesMax: 4_096 } })
  const get = (bytes: number): Promise<string> =>
    TestSocket.to(gateway)
      .write(`GET /livez HTTP/1.1\r\n${host}Connection: close\r\nX-A: ${'x'.repeat(bytes)}\r\n\r\n`)
      .all()
  assert.match(await get(3_900), /^HTTP\/1.1 200 /)
  assert.match(await get(4_100), /^HTTP\/1.1 431 [^]*"name":"too-large","retry":"never"/)
})
