/** Rules of WebSocket and HTTP that no transcript can show: codes of a close, headers, addresses. */
import assert from 'node:assert/strict'
import { Caller, type WireCheck, newGame, createBoard, requestOf, type CheckedServer } from './check.ts'
import type { TranscriptProtocol } from './transcript.ts'
import { webAddress, openFrames } from './wire.ts'

function check(
  protocol: TranscriptProtocol,
  title: string,
  rules: readonly string[],
  run: (target: CheckedServer, url: string) => Promise<void>,
): WireCheck {
  return { id: `${protocol}: ${title}`, title, rules, protocol, run: (target) => run(target, webAddress(target.place)) }
}

/** A document or a problem. @throws if it is no JSON */
async function fetchJson(
  { patience }: CheckedServer,
  url: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Readonly<Record<string, unknown>> }> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) })
  const text = await answer.text()
  const body = (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>
  return { status: answer.status, headers: answer.headers, body }
}

const asJson = { accept: 'application/json' }
const sendsJson = { 'content-type': 'application/json' }

export const webChecks: readonly WireCheck[] = [
  check('websocket', 'a binary message is closed with 1003', ['W11'], async ({ place, patience }) => {
    const socket = await openFrames(place, patience)
    socket.sendBytes(new Uint8Array([0x7b, 0x7d]))
    assert.equal(await socket.inbox.end(), 1003)
  }),
  check('websocket', 'a message beyond the limit is closed with 1009', ['W11'], async (target) => {
    const socket = await openFrames(target.place, target.patience)
    using caller = await Caller.open(target, 'lines')
    const { limits } = await caller.call('hello')
    const { messageBytesMax } = limits as { readonly messageBytesMax: number }
    socket.send(requestOf(1, 'ping', { a: 'a'.repeat(messageBytesMax) }))
    assert.equal(await socket.inbox.end(), 1009)
  }),
  check('http', '/ws without an upgrade is 426', ['W11'], async (target, url) => {
    assert.equal((await fetchJson(target, `${url}/ws`)).status, 426)
  }),
  check('http', 'a game has an ETag, and the same state is 304', ['W13'], async (target, url) => {
    const first = await fetchJson(target, `${url}/games/main`, { headers: asJson })
    assert.deepEqual([first.status, first.body['game']], [200, 'main'])
    const tag = first.headers.get('etag') ?? ''
    assert.match(tag, /^"\d+\./, 'the ETag should begin with the version')
    const again = await fetchJson(target, `${url}/games/main`, { headers: { ...asJson, 'if-none-match': tag } })
    assert.equal(again.status, 304)
  }),
  check('http', 'an error is a problem with code, name and retry', ['W16'], async (target, url) => {
    const { status, headers, body } = await fetchJson(target, `${url}/games/${newGame()}`, { headers: asJson })
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.deepEqual([status, body['code'], body['name'], body['retry']], [404, 4040, 'no-such-game', 'never'])
  }),
  check(
    'http',
    'a move for a version that has passed is 412, and a repeat is not',
    ['W14', 'S3'],
    async (target, url) => {
      using caller = await Caller.open(target, 'http')
      await caller.call('hello')
      const game = await createBoard(caller)
      const move = (x: number): Promise<{ readonly status: number }> =>
        fetchJson(target, `${url}/games/${game}/moves`, {
          method: 'POST',
          headers: { ...sendsJson, 'if-match': '"1"', authorization: `Bearer ${caller.token}` },
          body: JSON.stringify({ x, y: 0 }),
        })
      const statuses = [await move(0), await move(0), await move(1)].map(({ status }) => status)
      assert.deepEqual(statuses, [200, 200, 412])
    },
  ),
  check('http', '/openrpc.json is the answer to rpc.discover', ['P6'], async (target, url) => {
    using caller = await Caller.open(target, 'http')
    assert.deepEqual((await fetchJson(target, `${url}/openrpc.json`)).body, await caller.call('rpc.discover'))
  }),
  check('http', '/asyncapi.json is an AsyncAPI 3 document', ['P8'], async (target, url) => {
    const { body } = await fetchJson(target, `${url}/asyncapi.json`)
    assert.match(String(body['asyncapi']), /^3\./)
    assert.ok('game.changed' in (body['operations'] as object), 'it should have the operation game.changed')
  }),
]
