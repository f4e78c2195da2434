import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { openWithStub, settleSockets, waitUntil } from './testing/open.ts'
import { TestSocket } from './testing/socket.ts'

const host = 'Host: localhost\r\n'
/** The first bytes of connections that together use every deadline of the gateway. */
const input = [
  '',
  'X 1',
  'hi\n',
  '{}\n\n',
  `GET /games/main/changes HTTP/1.1\r\n${host}\r\n`,
  `GET /games/main/changes HTTP/1.1\r\n${host}Accept: application/x-ndjson\r\n\r\n`,
  `POST /rpc HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  `GET / HTTP/1.1\r\n${host}X-`,
  'x'.repeat(5_000),
]

for (const end of ['close', 'drain, then close', 'close before anything was loaded'] as const)
  test(`[W35] after ${end} of the gateway no timer is left, for any kind of connection`, async (t) => {
    const { gateway, host: stub, clock } = await openWithStub(t)
    if (end !== 'close before anything was loaded') {
      const sockets = input.map((text) => TestSocket.to(gateway).write(text))
      const ws = new WebSocket(`${gateway.address.url.replace('http', 'ws')}/ws`)
      ws.on('error', () => {})
      await new Promise((resolve) => ws.once('open', resolve))
      await waitUntil(() => stub.sessions.length >= 4)
      await settleSockets()
      for (const { socket } of sockets) t.after(() => socket.destroy())
    }
    stub.gate = Promise.withResolvers<void>().promise
    const drained = end.startsWith('drain') ? gateway.drain() : Promise.resolve()
    await settleSockets()
    await gateway.close()
    await drained
    await settleSockets()
    assert.equal(clock.waiting, 0)
    clock.advance(3_600_000)
    await settleSockets()
    assert.equal(clock.waiting, 0)
  })
