/** `oxo demo` in the browser: a node is killed by its button, the page says so, the game of the bots continues. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { findNatsServer } from '../../tools/cluster/nats.ts'
import { eventually } from '../lib/wait.ts'
import { BrowserServer } from './test-server.ts'
import { assertOpenToAll } from './themes.ts'
import { Visitor } from './visitor.ts'

const oxo = join(import.meta.dirname, '../../bin/oxo.js')

interface Demo extends AsyncDisposable {
  readonly url: URL
  /** The URL of the first node. */
  readonly node: string
}

async function startDemo(): Promise<Demo> {
  const env = { ...process.env, OXO_NATS_SERVER: findNatsServer('current') }
  const child = spawn(process.execPath, [oxo, 'demo', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let url = ''
  let node = ''
  for await (const line of createInterface(child.stdout)) {
    url ||= /http\S+#demo=\S+/.exec(line)?.[0] ?? ''
    node ||= /^ {2}node-1 {2}(\S+)/.exec(line)?.[1] ?? ''
    if (line.includes('Ctrl-C')) break
  }
  child.stdout.resume()
  return { url: new URL(url), node, [Symbol.asyncDispose]: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

test('[D1] a node is killed by its button: the page says which and since when, the game continues, and it is back', async () => {
  await using demo = await startDemo()
  await using visitor = await Visitor.open(demo.url.origin)
  const { page } = visitor
  await visitor.goto(`${demo.url.pathname}${demo.url.hash}`)
  const feed = page.getByRole('log')
  const box = page.getByRole('listitem').filter({ hasText: 'node-2' })
  await box.getByText('ready', { exact: true }).waitFor()
  await box.getByRole('button', { name: 'Kill node-2' }).click()
  await box.getByText('process killed').waitFor()
  await box.getByText(/^gone for \d+ s$/).waitFor()
  await feed.getByText(/node-2.* is gone\./).waitFor()
  await visitor.reads(/^Reported by .*node-[13]/)
  const moves = async (): Promise<number> =>
    Number(/^Moves: (\d+)/.exec(await page.getByText(/^Moves: \d+/).innerText())?.[1])
  const before = await moves()
  await eventually(async () => (await moves()) > before + 2, 20_000, 'the bots play on')
  await assertOpenToAll(visitor, 'the demonstration')
  await box.getByRole('button', { name: 'Start node-2' }).click()
  await feed.getByText(/node-2.* is back after .*\d+ s.*\./).waitFor()
  await visitor.leave(/WebSocket|502|503/)
})

test('[D2] nothing of the demonstration is on the wire without its token, and nothing at all at a server', async () => {
  await using demo = await startDemo()
  await using server = await BrowserServer.open()
  const { host, origin, hash } = demo.url
  const authorization = `Bearer ${hash.replace('#demo=', '')}`
  const order = { 'Content-Type': 'application/json', Authorization: authorization }
  const post = (headers: Readonly<Record<string, string>>, body: string, at = origin): Promise<Response> =>
    fetch(`${at}/demo`, { method: 'POST', headers, body })
  const kill = JSON.stringify({ part: 'node-1', action: 'kill' })
  const cases: readonly (readonly [Readonly<Record<string, string>>, string, number])[] = [
    [{ ...order, Authorization: '' }, kill, 401],
    [{ ...order, Authorization: `${authorization}x` }, kill, 401],
    [{ ...order, Origin: 'http://evil.example' }, kill, 403],
    [{ ...order, Origin: `http://localhost:${demo.url.port}` }, kill, 403],
    [{ ...order, 'Content-Type': 'text/plain' }, kill, 415],
    [order, '{"part":"node-1","action":"burn"}', 400],
    [order, '{"part":"node-9","action":"kill"}', 409],
    [order, JSON.stringify({ part: 'node-1', action: 'thaw' }), 409],
    [order, 'x'.repeat(5_000), 400],
  ]
  for (const [headers, body, status] of cases) assert.equal((await post(headers, body)).status, status, body)
  assert.equal((await fetch(`http://localhost:${demo.url.port}/demo`, { headers: order })).status, 403)
  const answer = await fetch(`${origin}/demo`, { headers: { ...order, Origin: `http://${host}` } })
  assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [200, null])
  for (const at of [demo.node, server.url]) {
    assert.equal((await post(order, kill, at)).status, 404, at)
    assert.equal((await fetch(`${at}/demo`, { headers: order })).status, 404, at)
    const status = await (await fetch(`${at}/cluster`, { headers: { Accept: 'application/json' } })).text()
    assert.doesNotMatch(status, /demo/)
  }
  // A server that is no demonstration shows no button, whatever the address says.
  await using visitor = await Visitor.open(server.url)
  await visitor.goto(`/cluster${hash}`)
  await visitor.reads('The launcher of the demonstration does not answer')
  assert.equal(await visitor.page.getByRole('button', { name: /^(?:Kill|Freeze|Cut off) / }).count(), 0)
  await visitor.leave(/404/)
})
