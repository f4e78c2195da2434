import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { queryObjects } from 'node:v8'
import { silentLog, systemClock } from '../base/index.ts'
import { ClientSession } from '../service/sessions/client-session.ts'
import { JournalFault, MemoryJournal } from '../journal/index.ts'
import type { GameRecord, Limits } from '../protocol/index.ts'
import { Play, type ServicePlayOptions } from '../service/testing/play.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { TestSocket } from './testing/socket.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => void systemClock.after(ms, resolve))

async function openReal(
  t: TestContext,
  options: ServicePlayOptions = {},
  rates: Partial<Limits> = {},
): Promise<Gateway> {
  const { service } = await Play.open(options)
  const limits = { connectionsPerAddress: 0, requestsPerSecond: 0, ...rates }
  const gateway = await openGateway({ service, host: '127.0.0.1', port: 0, log: silentLog, limits })
  t.after(() => gateway.close())
  return gateway
}

test('[W7] one line from a pipe is played and shown, and the connection closes', async (t) => {
  const socket = TestSocket.to(await openReal(t))
  socket.socket.end('X 1 1\n')
  await socket.closed
  assert.equal(socket.got, 'OK version 2, O to move\n  0 1 2\n0 . . .\n1 . X .\n2 . . .\n\n')
})

test('[W13] creating or joining over HTTP without a token returns the token of the new guest', async (t) => {
  const { url } = (await openReal(t)).address
  const post = (path: string, body: string, token?: string): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body,
    })
  const made = await post('/games', '{"seat":"X"}')
  const [path, ann] = ['location', 'oxo-token'].map((name) => made.headers.get(name) ?? '') as [string, string]
  const bob = (await post(`${path}/join`, '')).headers.get('oxo-token') ?? ''
  assert.equal((await post(`${path}/moves`, '{"x":1,"y":1}')).status, 403)
  assert.equal((await post(`${path}/moves`, '{"x":1,"y":1}', ann)).status, 200)
  assert.equal((await post(`${path}/moves`, '{"x":0,"y":1}', bob)).status, 200)
  assert.equal((await post('/games', '{}', ann)).headers.get('oxo-token'), null)
})

test('[W1] one game through every protocol', async (t) => {
  const gateway = await openReal(t)
  const { url } = gateway.address
  const text = TestSocket.to(gateway).write('X 0 0\n')
  await text.until('OK version 2, O to move\n')

  const lines = TestSocket.to(gateway)
  lines.write('{"jsonrpc":"2.0","id":1,"method":"game.move","params":{"game":"main","player":"O","x":1,"y":0}}\n')
  await lines.until('"id":1,"result":{"game":"main","version":3,')

  const moved = await fetch(`${url}/games/main/moves`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'If-Match': '"3"' },
    body: '{"player":"X","x":0,"y":1}',
  })
  assert.match(`${moved.status} ${moved.headers.get('etag')}`, /^200 "4\.json\.[\w-]{12}\.[\w-]{8}"$/)

  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`)
  await new Promise((resolve) => ws.addEventListener('open', resolve, { once: true }))
  const answer = new Promise<string>((resolve) =>
    ws.addEventListener('message', ({ data }) => resolve(String(data)), { once: true }),
  )
  ws.send(
    '{"jsonrpc":"2.0","id":"a","method":"game.move","params":{"game":"main","player":"O","x":1,"y":1,"version":4}}',
  )
  assert.match(await answer, /"id":"a","result":\{"game":"main","version":5,/)
  ws.close()

  const rpc = await fetch(`${url}/rpc`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":2,"method":"game.move","params":{"game":"main","player":"X","x":0,"y":2}}',
  })
  assert.match(await rpc.text(), /"winner":"X","by":"line","line":\[\[0,0\],\[0,1\],\[0,2\]\]/)
  assert.match(await fetch(`${url}/games/main`).then((board) => board.text()), /WIN X 0,0 0,1 0,2\n/)
})

test('[W15] a stream of changes shows the moves of other protocols', async (t) => {
  const gateway = await openReal(t)
  const changes = TestSocket.to(gateway).write('GET /games/main/changes HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await changes.until('id: 1.')
  TestSocket.to(gateway).write('X 1 1\nquit\n')
  await changes.until('id: 2.')
  changes.socket.destroy()
})

test('[W13] /rpc answers every invalid message with an error of the table', async (t) => {
  const { url } = (await openReal(t)).address
  const post = async (body: string): Promise<unknown> => {
    const answer = await fetch(`${url}/rpc`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    return answer.status === 204 ? 204 : (await answer.json()).error.code
  }
  assert.equal(await post('no JSON'), -32700)
  assert.equal(await post('[]'), -32600)
  assert.equal(await post('{"jsonrpc":"2.0","id":1,"method":"no.such"}'), -32601)
  assert.equal(await post('{"jsonrpc":"2.0","method":"ping"}'), 204)
})

test('[W18] a drained service sends server.closing in each protocol', async (t) => {
  const gateway = await openReal(t)
  const text = TestSocket.to(gateway).write('board\n')
  const lines = TestSocket.to(gateway).write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
  await Promise.all([text.until('BOARD'), lines.until('result')])
  await gateway.drain('upgrade', 500)
  assert.match(await text.all(), /\* CLOSING upgrade\n$/)
  assert.match(await lines.all(), /"method":"server.closing","params":\{"reason":"upgrade","reconnectInMs":500\}\}\n$/)
})

test('[S38] nothing is kept of connections that are reset right after a request', async (t) => {
  const gateway = await openReal(t)
  const kept = (): number => queryObjects(ClientSession, { format: 'count' })
  const before = kept()
  const hello = '{"jsonrpc":"2.0","id":1,"method":"hello"}\n'
  const watches = '{"jsonrpc":"2.0","id":2,"method":"lobby.watch"}\n'
  for (let round = 0; round < 5; round++)
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        const socket = TestSocket.to(gateway).write(hello.repeat(20) + watches)
        await pause(3)
        socket.socket.resetAndDestroy()
        await socket.closed
      }),
    )
  // The server notices a reset a little later.
  for (let tries = 0; kept() > before && tries < 40; tries++) await pause(50)
  assert.equal(kept(), before)
})

/** A journal whose open board has `entries` entries; those after `endsAt` cannot be read. */
class LongJournal extends MemoryJournal {
  endsAt = Infinity

  static async make(entries: number): Promise<LongJournal> {
    const journal = new LongJournal()
    const rules = { width: 3, height: 3, line: 3, gravity: false, misere: false, marks: 'own', exact: false }
    for (let version = 0; version < entries; version++) {
      const created = { type: 'created', rules, seats: 'open', public: false, players: {} }
      const event = version === 0 ? created : { type: 'restarted', rules }
      await journal.append('main', version, JSON.stringify({ at: 1, event }))
    }
    return journal
  }

  override read(...page: Parameters<MemoryJournal['read']>): ReturnType<MemoryJournal['read']> {
    if ((page[1] ?? 0) >= this.endsAt) return Promise.reject(new JournalFault('unavailable', 'planted'))
    return super.read(...page)
  }
}

test('[W37] a record is one document, whatever its length', async (t) => {
  const { url } = (await openReal(t, { journal: await LongJournal.make(512) })).address
  const answer = await fetch(`${url}/games/main/record`)
  assert.equal(answer.headers.get('content-type'), 'application/json')
  const { game, entries, head } = (await answer.json()) as GameRecord
  assert.deepEqual([game, entries.length, head], ['main', 512, entries.at(-1)?.chain])
  assert.deepEqual(
    entries.map(({ version }) => version),
    entries.map((_, index) => index + 1),
  )
  const header = await fetch(`${url}/games/main/record`, { method: 'HEAD' })
  assert.deepEqual([header.status, await header.text()], [200, ''])
  const none = await fetch(`${url}/games/nowhere/record`)
  assert.deepEqual([none.status, (await none.json()).name], [404, 'no-such-game'])
  assert.equal((await fetch(`${url}/games/main/record`, { method: 'POST' })).status, 405)
})

test('[W37] a record that cannot be read to its end is cut off', async (t) => {
  const journal = await LongJournal.make(600)
  const { url } = (await openReal(t, { journal })).address
  journal.endsAt = 512
  const answer = await fetch(`${url}/games/main/record`)
  assert.equal(answer.status, 200)
  await assert.rejects(answer.text())
  journal.endsAt = 0
  assert.equal((await fetch(`${url}/games/main/record`)).status, 503)
})
