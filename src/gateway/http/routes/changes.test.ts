import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../../../protocol/index.ts'
import { Change } from '../../../service/index.ts'
import { openWithStub, settleSockets, waitUntil } from '../../testing/open.ts'
import { lengthBeyondBuffers, TestSocket } from '../../testing/socket.ts'
import { makeDigest } from './version-tag.ts'

function request(headers = ''): string {
  return `GET /games/main/changes HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`
}

function versions(got: string): number[] {
  return [...got.matchAll(/"version":(\d+)/g)].map(([, version]) => Number(version))
}

test('[W15] changes are server-sent events: the current state, then every newer one, with version and history as id', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(request())
  await socket.until('"version":1')
  host.change()
  await socket.until('"version":2')
  host.change()
  await socket.until('"version":3')
  assert.match(socket.got, /Content-Type: text\/event-stream\r\n/)
  assert.match(socket.got, /\r\nretry: 2000\n\nevent: game.changed\nid: 1\.history-of-t\.[\w-]{8}\ndata: \{.*\}\n\n/)
  assert.deepEqual(versions(socket.got), [1, 2, 3])
  socket.socket.destroy()
  await waitUntil(() => host.sessions[0]?.isEnded === true)
})

test('[W15] changes can be lines of JSON: the notifications themselves', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(request('Accept: application/x-ndjson\r\n'))
  await socket.until('"version":1')
  host.change()
  await socket.until('"version":2')
  assert.match(socket.got, /\{"jsonrpc":"2.0","method":"game.changed","params":\{.*"version":2,.*\}\}\n/)
  socket.socket.destroy()
})

test('[W15] a client that reconnects with Last-Event-ID does not get the state that it has', async (t) => {
  const { gateway, host } = await openWithStub(t)
  host.version = 5
  const id = `5.history-of-t.${makeDigest(host.view())}`
  const current = TestSocket.to(gateway).write(request(`Last-Event-ID: ${id}\r\n`))
  const older = TestSocket.to(gateway).write(request('Last-Event-ID: 3.history-of-t\r\n'))
  const ahead = TestSocket.to(gateway).write(request('Last-Event-ID: 9.history-of-t\r\n'))
  const other = TestSocket.to(gateway).write(request(`Last-Event-ID: ${id.slice(0, -8)}12345678\r\n`))
  const bare = TestSocket.to(gateway).write(request('Last-Event-ID: 5\r\n'))
  const elsewhere = TestSocket.to(gateway).write(request('Last-Event-ID: 5.another-hist\r\n'))
  const others = [older, ahead, other, bare, elsewhere]
  await Promise.all([current.until('retry'), ...others.map((socket) => socket.until('"version":5'))])
  host.change()
  await Promise.all([current, ...others].map((socket) => socket.until('"version":6')))
  assert.deepEqual(
    [current, ...others].map(({ got }) => versions(got)),
    [[6], ...others.map(() => [5, 6])],
  )
  for (const { socket } of [current, ...others]) socket.destroy()
})

test('[S34] when a waiting clock starts, the same version is sent again, once', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const clock = { control: { perMoveMs: 60_000 }, X: 60_000, O: 60_000 }
  const send = (running: boolean): void => host.notify(new Change({ ...host.view(), clock: { ...clock, running } }))
  const socket = TestSocket.to(gateway).write(request())
  await socket.until('"version":1')
  send(true)
  host.version = 2
  send(false)
  await socket.until('"running":false')
  send(true)
  await socket.until('"running":true')
  send(true)
  host.change()
  await socket.until('"version":3')
  assert.deepEqual(versions(socket.got), [1, 2, 2, 3])
  socket.socket.destroy()
})

test('[W15] HEAD on changes has the headers of GET', async (t) => {
  const { url } = await openWithStub(t)
  const head = async (game: string, Accept: string): Promise<readonly [number, string | null]> => {
    const { status, headers } = await fetch(`${url}/games/${game}/changes`, { method: 'HEAD', headers: { Accept } })
    return [status, headers.get('content-type')]
  }
  assert.deepEqual(await head('main', '*/*'), [200, 'text/event-stream'])
  assert.deepEqual(await head('main', 'application/x-ndjson'), [200, 'application/x-ndjson'])
  assert.deepEqual(await head('other', '*/*'), [404, 'application/problem+json'])
})

test('[W10] a stream without changes sends heartbeats', async (t) => {
  const { gateway, clock } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(request())
  await socket.until('"version":1')
  await settleSockets()
  clock.advance(limits.heartbeatMs + 1_000)
  await socket.until(':\n\n')
  socket.socket.destroy()
})

test('[W9] a slow reader gets the newest state only; one that stays slow is disconnected', async (t) => {
  const { gateway, host, clock, metrics } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(request())
  await socket.until('"version":1')
  socket.socket.pause()
  for (let change = 0; change < 40; change++) {
    host.change('x'.repeat(1_000_000))
    await settleSockets(1)
  }
  socket.socket.resume()
  await socket.until('"version":41')
  assert.ok(versions(socket.got).length < 41)
  assert.match(await metrics.text(), /oxo_skipped_states_total [1-9]/)
  socket.socket.pause()
  host.change('x'.repeat(lengthBeyondBuffers))
  await settleSockets()
  clock.advance(limits.slowReaderMs + 2_000)
  await waitUntil(() => host.sessions[0]?.isEnded === true)
  socket.socket.destroy()
})

test('[W18] a drain ends a stream with server.closing', async (t) => {
  const { gateway } = await openWithStub(t)
  const socket = TestSocket.to(gateway).write(request('Accept: application/x-ndjson\r\n'))
  await socket.until('"version":1')
  await gateway.drain('upgrade')
  assert.match(await socket.all(), /0\r\n\r\n$/)
})

test('[W15] a client that is gone before the stream begins is forgotten', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const gate = Promise.withResolvers<void>()
  host.gate = gate.promise
  const socket = TestSocket.to(gateway).write(request())
  await waitUntil(() => host.sessions.length === 1)
  socket.socket.resetAndDestroy()
  await settleSockets()
  gate.resolve()
  await waitUntil(() => host.sessions[0]?.isEnded === true)
})

test('[W15] a stream that is pipelined after another ends with it, if the client has closed its half', async (t) => {
  const { gateway, host } = await openWithStub(t)
  const socket = TestSocket.to(gateway)
  socket.socket.end(request() + request())
  await socket.closed
  await waitUntil(() => host.sessions.every(({ isEnded }) => isEnded))
})
