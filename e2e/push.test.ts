/** Notifications to closed pages, from a real server to a push service. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../src/base/index.ts'
import { connect } from '../src/client/node/index.ts'
import type { MethodName } from '../src/protocol/index.ts'
import { openServer } from '../src/server/open.ts'
import { TestPushService } from '../src/server/testing/push-service.ts'
import { serveCommand, ServerProcess } from './lib/server-process.ts'
import { eventually } from './lib/wait.ts'

async function rpc(port: number, method: MethodName, params: object, bearer = ''): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${port}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { result, error } = (await answer.json()) as {
    readonly result?: Record<string, unknown>
    readonly error?: object
  }
  assert.ok(result !== undefined, JSON.stringify(error))
  return result
}

test('[W53] a device gets its turn from a server that was started again, signed with the same key', async (t) => {
  await using pushes = await TestPushService.open()
  const folder = mkdtempSync(join(tmpdir(), 'oxo-push-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const flags = ['--push-service', pushes.origin, '--push-contact', 'mailto:ann@oxo.example']
  const start = () => ServerProcess.start(serveCommand(join(folder, 'journal.sqlite'), ...flags))
  const first = await start()
  const ann = await rpc(first.port, 'hello', {})
  const bearer = String(ann['token'])
  const { key } = await rpc(first.port, 'push.key', {})
  const device = pushes.register()
  await rpc(first.port, 'push.subscribe', { ...device, key }, bearer)
  await rpc(first.port, 'game.create', { game: 'g' }, bearer)
  const bob = String((await rpc(first.port, 'hello', {}))['token'])
  await rpc(first.port, 'game.join', { game: 'g' }, bob)
  await eventually(() => pushes.received.length === 1)
  await first.kill('SIGKILL')
  await using second = await start()
  assert.deepEqual(await rpc(second.port, 'push.key', {}), { key })
  await rpc(second.port, 'game.move', { game: 'g', x: 0, y: 0 }, bearer)
  await rpc(second.port, 'game.move', { game: 'g', x: 1, y: 1 }, bob)
  await eventually(() => pushes.received.length === 2)
  assert.deepEqual(
    pushes.received.map(({ text }): unknown => JSON.parse(text)),
    [
      { game: 'g', kind: 'joined' },
      { game: 'g', kind: 'turn' },
    ],
  )
  const [joined, turn] = pushes.received
  assert.deepEqual([turn?.key, turn?.claims.aud, turn?.claims.sub], [key, pushes.origin, 'mailto:ann@oxo.example'])
  assert.equal(joined?.topic, turn?.topic)
  // A player with a connection is not told.
  const client = connect(`http://127.0.0.1:${second.port}`, { token: bearer })
  t.after(() => client.close())
  await client.game('g')
  await rpc(second.port, 'game.move', { game: 'g', x: 2, y: 2 }, bearer)
  await rpc(second.port, 'game.move', { game: 'g', x: 0, y: 1 }, bob)
  await rpc(second.port, 'game.resign', { game: 'g' }, bob)
  const metrics = await (await fetch(`http://127.0.0.1:${second.port}/metrics`)).text()
  assert.match(metrics, /^oxo_pushes_sent_total 1$/m)
  assert.equal(pushes.received.length, 2)
  assert.ok(!readFileSync(join(folder, 'journal.sqlite')).includes(device.auth))
})

test('[W54] a busy push service is asked again after a while', async () => {
  await using pushes = await TestPushService.open()
  pushes.answering = (_request, response) => void response.writeHead(pushes.received.length === 1 ? 503 : 201).end()
  const settings = { port: 0, journal: 'memory', pushService: [pushes.origin] }
  await using server = await openServer({ ...settings, limits: { pushAgainMs: 200 } })
  const bearer = String((await rpc(server.port, 'hello', {}))['token'])
  const { key } = await rpc(server.port, 'push.key', {})
  await rpc(server.port, 'push.subscribe', { ...pushes.register(), key }, bearer)
  await rpc(server.port, 'game.create', { game: 'g' }, bearer)
  const from = systemClock.now()
  await rpc(server.port, 'game.join', { game: 'g' })
  await eventually(() => pushes.received.length === 2)
  assert.ok(systemClock.now() - from >= 200)
})
