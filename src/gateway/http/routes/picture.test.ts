import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { GameView } from '../../../protocol/index.ts'
import { openWithStub, waitUntil } from '../../testing/open.ts'
import { decodePng } from '../../testing/png.ts'
import { openTestServer, type TestServerOptions } from '../../testing/server.ts'

async function open(t: TestContext, options: TestServerOptions = {}) {
  const server = await openTestServer(options)
  t.after(() => server[Symbol.asyncDispose]())
  const origin = `http://${server.host}:${server.port}`
  return {
    get: (path: string, init: RequestInit = {}) => fetch(origin + path, init),
    post: async (path: string, body: object): Promise<GameView> => {
      const headers = { 'Content-Type': 'application/json' }
      const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
      assert.ok(answer.ok, `${path}: ${answer.status}`)
      return await answer.json()
    },
  }
}

test('[W44] the picture of a game is a PNG that changes with the game, with a tag for each state', async (t) => {
  const { get, post } = await open(t)
  const first = await get('/games/main/picture.png')
  assert.equal(first.status, 200)
  const bytes = new Uint8Array(await first.arrayBuffer())
  assert.deepEqual(
    ['content-type', 'cache-control', 'content-length'].map((name) => first.headers.get(name)),
    ['image/png', 'no-cache', String(bytes.length)],
  )
  const { width, height } = decodePng(bytes)
  assert.deepEqual([width, height], [1_200, 630])
  const tag = first.headers.get('etag') ?? ''
  const read = (etag: string) => get('/games/main/picture.png?version=1', { headers: { 'If-None-Match': etag } })
  const again = await read(tag)
  assert.deepEqual([again.status, again.headers.get('etag'), await again.text()], [304, tag, ''])
  await post('/games/main/moves', { player: 'X', x: 1, y: 1 })
  const moved = await read(tag)
  assert.equal(moved.status, 200)
  assert.notEqual(moved.headers.get('etag'), tag)
  assert.notDeepEqual(new Uint8Array(await moved.arrayBuffer()), bytes)
})

test('[W44] HEAD is GET without the body; other methods and missing games are refused like those of a game', async (t) => {
  const { get } = await open(t)
  const got = await get('/games/main/picture.png')
  const head = await get('/games/main/picture.png', { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
  for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
    assert.equal(head.headers.get(name), got.headers.get(name), name)
  for (const [path, method, status, code] of [
    ['/games/nowhere/picture.png', 'GET', 404, 4040],
    ['/games/a.b/picture.png', 'GET', 400, -32602],
    ['/games/main/picture.png', 'POST', 405, 4050],
    ['/games/main/picture.jpg', 'GET', 404, 4041],
  ] as const) {
    const answer = await get(path, { method })
    const problem = await answer.json()
    assert.deepEqual([answer.status, problem.status, problem.code], [status, status, code], path)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    if (status === 405) assert.equal(answer.headers.get('allow'), 'GET, HEAD')
  }
})

test('[W44] a picture is drawn once for a state and charged then; the pictures of few games are kept', async (t) => {
  const limits = { requestsPerSecond: 100, addressUnitsPerSecond: 1, addressUnitBurst: 230, picturesKept: 2 }
  const { get, post } = await open(t, { limits })
  for (const game of ['a', 'b']) await post('/games', { game, seats: 'open' })
  const statuses: number[] = []
  const read = async (game: string): Promise<number> => {
    const answer = await get(`/games/${game}/picture.png`)
    await answer.arrayBuffer()
    return statuses.push(answer.status)
  }
  // Pictures cost 50 units each, reading them again 2.
  for (const game of ['main', 'main', 'a', 'main', 'b', 'main', 'b']) await read(game)
  assert.deepEqual(new Set(statuses.splice(0)), new Set([200]))
  // The one of `a` was dropped: it was asked for before the others.
  await read('a')
  assert.deepEqual(statuses.splice(0), [429])
})

test('[W44] requests for one picture at the same time share it', async (t) => {
  const limits = { requestsPerSecond: 100, addressUnitsPerSecond: 1, addressUnitBurst: 120 }
  const { get } = await open(t, { limits })
  const answers = await Promise.all(Array.from({ length: 8 }, () => get('/games/main/picture.png')))
  const bodies = await Promise.all(answers.map((answer) => answer.bytes()))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  for (const body of bodies) assert.deepEqual(body, bodies[0])
})

test('[W44] more pictures than may wait are refused with a time to wait', async (t) => {
  const limits = { picturesWaitingPerAddress: 2, connectionsPerAddress: 0, requestsPerSecond: 0 }
  const { url, host } = await openWithStub(t, { limits })
  const view = host.view()
  let read = 0
  t.mock.method(host, 'view', () => ({ ...view, game: `game-${read++}` }))
  const gate = Promise.withResolvers<void>()
  host.gate = gate.promise
  const asking = Array.from({ length: 8 }, () => fetch(`${url}/games/main/picture.png`))
  await waitUntil(() => host.heard.length === 8)
  gate.resolve()
  const answers = await Promise.all(asking)
  const refused = answers.filter(({ status }) => status !== 200)
  assert.equal(refused.length, 5)
  for (const answer of refused) {
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '1'])
    assert.equal((await answer.json()).name, 'rate-limited')
  }
  // A refusal is not kept: the picture is drawn when it is asked for again.
  read = 7
  assert.equal((await fetch(`${url}/games/main/picture.png`)).status, 200)
})
