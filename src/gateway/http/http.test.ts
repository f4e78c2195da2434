import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../base/index.ts'
import { goodToken, type StubHost } from '../testing/stub-host.ts'
import { openWithStub } from '../testing/open.ts'
import { TestSocket } from '../testing/socket.ts'
import { makeDigest } from './routes/version-tag.ts'

const json = { 'Content-Type': 'application/json' }

function post(body: string, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: 'POST', body, headers: { ...json, ...headers } }
}

/** Checks the headers that every problem must have, and returns the problem. */
async function problemOf(answer: Response): Promise<unknown> {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  assert.equal(answer.headers.get('connection'), 'close')
  const { code, name, retry, status } = await answer.json()
  assert.equal(status, answer.status)
  return { status, code, name, retry }
}

function tagOf(host: StubHost, form: 'text' | 'json' | 'html'): string {
  return `"${host.version}.${form}.history-of-t.${makeDigest(host.view())}"`
}

test('[W13] a game is a board as text by default, and JSON or a page on request', async (t) => {
  const { url, host } = await openWithStub(t)
  const read = (Accept: string): Promise<Response> => fetch(`${url}/games/main`, { headers: { Accept } })
  const board = await read('*/*')
  assert.match(board.headers.get('content-type') ?? '', /^text\/plain/)
  assert.match(await board.text(), /^BOARD main version 1, X to move\n  0 1 2\n0 \. \. \.\n/)
  const view = await read('application/json')
  assert.equal((await view.json()).version, 1)
  const page = await read('text/html,application/xhtml+xml,*/*;q=0.8')
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
  for (const [answer, form] of [
    [board, 'text'],
    [view, 'json'],
    [page, 'html'],
  ] as const) {
    assert.equal(answer.headers.get('etag'), tagOf(host, form))
    assert.equal(answer.headers.get('vary'), 'Accept')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  }
})

test('[W13] If-None-Match with the tag of the current version, in the requested form, gives 304', async (t) => {
  const { url, host } = await openWithStub(t)
  const read = async (tag: string, Accept = '*/*'): Promise<number> => {
    const answer = await fetch(`${url}/games/main`, { headers: { 'If-None-Match': tag, Accept } })
    assert.equal(await answer.text().then((text) => text === ''), answer.status === 304)
    return answer.status
  }
  const tag = tagOf(host, 'text')
  assert.deepEqual(
    await Promise.all(
      [
        tag,
        `W/${tag}`,
        `"0.text.history-of-t.12345678", ${tag}`,
        '*',
        tag.replace('1', '2'),
        tag.replace('history', 'another'),
        tag.replace(/[^.]{8}"/, '12345678"'),
        '"1.text.history-of-t"',
        tag.slice(1, -1),
        '"1"',
        '"1.text"',
        '"1.text.other"',
      ].map((tag) => read(tag)),
    ),
    [304, 304, 304, 304, 200, 200, 200, 200, 200, 200, 200, 200],
  )
  const forms = { 'text/plain': 'text', 'application/json': 'json', 'text/html': 'html' } as const
  for (const accept of Object.keys(forms))
    for (const [other, form] of Object.entries(forms))
      assert.equal(
        await read(tagOf(host, form), accept),
        accept === other ? 304 : 200,
        `${form}, asked for as ${accept}`,
      )
  host.change()
  assert.equal(await read(tag), 200)
})

test('[W14] a move with If-Match is made at that version or not at all', async (t) => {
  const { url, host } = await openWithStub(t)
  const move = (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${url}/games/main/moves`, post('{"x":1,"y":1}', headers))
  const [text, json, html] = (['text', 'json', 'html'] as const).map((form) => tagOf(host, form))
  assert.ok(text && json && html)
  const elsewhen = await move({ 'If-Match': text.replace(/[^.]{8}"/, '12345678"') })
  const moved = await move({ 'If-Match': text })
  assert.deepEqual(
    [moved.status, moved.headers.get('etag'), (await moved.json()).version],
    [200, tagOf(host, 'json'), 2],
  )
  const stale = { status: 412, code: 4091, name: 'stale', retry: 'refresh' }
  assert.deepEqual(await problemOf(elsewhen), stale)
  for (const tag of [text, json, html, '"1.text.history-of-t"', '"1"'])
    assert.deepEqual(await problemOf(await move({ 'If-Match': tag })), stale, tag)
  const named = await fetch(`${url}/games/main/moves`, post('{"x":1,"y":1,"version":1}'))
  assert.deepEqual(await problemOf(named), { ...stale, status: 409 })
  const elsewhere = await move({ 'If-Match': '"2.json.other-history"' })
  assert.match(
    (await elsewhere.clone().json()).detail,
    /^If-Match names a state that the server no longer has: .*read the game again$/,
  )
  assert.deepEqual(await problemOf(elsewhere), stale)
  assert.equal((await move({ 'If-Match': '*' })).status, 200)
  assert.equal((await move({})).status, 200)
  for (const tag of ['2', 'W/"4"', '"4", "5"', '"x"', '""', '"4."', '"4.png.h"', '"4.text"', '"4.text."', '".text.h"'])
    assert.deepEqual(await problemOf(await move({ 'If-Match': tag })), {
      status: 400,
      code: 4000,
      name: 'not-understood',
      retry: 'never',
    })
})

test('[W13] a token is accepted in Authorization and nowhere else', async (t) => {
  const { url, host } = await openWithStub(t)
  const move = (Authorization: string): Promise<Response> =>
    fetch(`${url}/games/main/moves`, post('{"x":1,"y":1}', { Authorization }))
  assert.equal((await move(`Bearer ${goodToken}`)).status, 200)
  assert.deepEqual(host.tokens, [goodToken])
  for (const authorization of ['Bearer forged', 'Basic abc', goodToken, 'Bearer'])
    assert.deepEqual(await problemOf(await move(authorization)), {
      status: 401,
      code: 4010,
      name: 'bad-token',
      retry: 'never',
    })
})

test('[W13] a request without a valid token is told how to send one', async (t) => {
  const { url } = await openWithStub(t)
  const refused = await fetch(`${url}/games/main/moves`, post('{"x":1,"y":1}', { Authorization: 'Bearer forged' }))
  assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer'])
})

test('[W13] game and version in the body must agree with the address and header', async (t) => {
  const { url, host } = await openWithStub(t)
  const move = (body: string): Promise<Response> => fetch(`${url}/games/main/moves`, post(body, { 'If-Match': '"1"' }))
  const refused = { status: 400, code: -32602, name: 'invalid-params', retry: 'never' }
  assert.deepEqual(await problemOf(await move('{"x":1,"y":1,"game":"other"}')), refused)
  assert.deepEqual(await problemOf(await move('{"x":1,"y":1,"version":7}')), refused)
  assert.equal(host.version, 1)
  assert.equal((await move('{"x":1,"y":1,"game":"main","version":1}')).status, 200)
})

test('[W13] creation answers 201 with the address of the game', async (t) => {
  const { url } = await openWithStub(t)
  const answer = await fetch(`${url}/games`, post('{"seats":"open"}'))
  assert.deepEqual([answer.status, answer.headers.get('location')], [201, '/games/main'])
})

test('[W16] every refused request gets a problem with an error of the table', async (t) => {
  const { url } = await openWithStub(t)
  const cases: readonly (readonly [path: string, init: RequestInit, status: number, name: string])[] = [
    ['/nothing', {}, 404, 'no-such-page'],
    ['/games/other', {}, 404, 'no-such-game'],
    ['/games/other/changes', {}, 404, 'no-such-game'],
    ['/games/a%20b', {}, 400, 'invalid-params'],
    ['/games/main', { method: 'DELETE' }, 405, 'wrong-verb'],
    ['/rpc', {}, 405, 'wrong-verb'],
    ['/games/main/moves', { method: 'POST', body: '{"x":1,"y":1}' }, 415, 'not-understood'],
    ['/games/main/moves', post('{"x":1,"y":1}', { 'Content-Type': 'text/plain' }), 415, 'not-understood'],
    ['/games/main/moves', post('{"x":1'), 400, 'parse-error'],
    ['/games/main/moves', post('[1,1]'), 400, 'invalid-params'],
    ['/games/main/moves', post(`{"x":${'['.repeat(8)}${']'.repeat(8)},"y":1}`), 413, 'too-large'],
    ['/games/main/moves', post('{"x":1,"y":1,"z":1}'), 400, 'invalid-params'],
    ['/games/main/moves', post('{"x":1,"y":1,"__proto__":{}}'), 400, 'invalid-params'],
    ['/games/main/moves', post(`{"x":1,"y":1${' '.repeat(8_192)}}`), 413, 'too-large'],
    ['/rpc', post('{}', { Origin: 'http://evil.example' }), 403, 'bad-origin'],
    ['/games/main/moves', post('{"x":1,"y":1}', { Origin: 'null' }), 403, 'bad-origin'],
  ]
  for (const [path, init, status, name] of cases) {
    const answer = await fetch(`${url}${path}`, init)
    assert.equal(answer.status, status, path)
    const problem = await problemOf(answer)
    assert.ok(typeof problem === 'object' && problem !== null && 'name' in problem && problem.name === name, path)
    if (status === 405) assert.match(answer.headers.get('allow') ?? '', /GET|POST/)
  }
})

test('[W16] a chunked body is bounded like any other', async (t) => {
  const { gateway } = await openWithStub(t)
  const head =
    'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
  const chunk = `1000\r\n${'x'.repeat(4_096)}\r\n`
  const all = await TestSocket.to(gateway).write(`${head}${chunk}${chunk}${chunk}`).all()
  assert.match(all, /^HTTP\/1.1 413 [^]*"name":"too-large"/)
})

test('[W16] a body that is not UTF-8 is refused', async (t) => {
  const { url } = await openWithStub(t)
  const body = new Uint8Array([0x22, 0xff, 0x22])
  assert.equal((await fetch(`${url}/rpc`, { method: 'POST', body, headers: json })).status, 400)
})

test('[W13] /rpc answers one message; a message without an answer gives 204', async (t) => {
  const { url } = await openWithStub(t)
  const answer = await fetch(`${url}/rpc`, post('{"id":1}'))
  assert.deepEqual([answer.status, await answer.text()], [200, 'heard {"id":1}'])
  const none = await fetch(`${url}/rpc`, post('{"silent":true}'))
  assert.deepEqual([none.status, await none.text()], [204, ''])
  assert.equal((await (await fetch(`${url}/openrpc.json`)).json()).openrpc, '1.3.2')
})

test('[W13] /rpc without a message is answered like any other text that is not JSON', async (t) => {
  const { url, host } = await openWithStub(t)
  const answer = await fetch(`${url}/rpc`, post(''))
  assert.equal(answer.status, 200)
  assert.match(await answer.text(), /^\{"jsonrpc":"2.0","id":null,"error":\{"code":-32700,.*"name":"parse-error"/)
  assert.deepEqual(host.heard, [])
})

test('[W12] a browser may show answers to pages of an allowed origin, and to no other', async (t) => {
  const [ours, theirs] = ['https://club.example', 'http://evil.example']
  const { url } = await openWithStub(t, { allowedOrigins: [ours] })
  const asks: readonly (readonly [path: string, init: RequestInit, ours: number, theirs: number])[] = [
    ['/rpc', { method: 'OPTIONS' }, 204, 405],
    ['/games/main/moves', { method: 'OPTIONS' }, 204, 405],
    ['/rpc', post('{"id":1}'), 200, 403],
    ['/games/main/moves', post('{"x":1,"y":1}', { 'If-Match': '"9"' }), 412, 403],
    ['/games/main', {}, 200, 200],
    ['/games/main/changes', {}, 200, 200],
  ]
  for (const [path, init, allowed, refused] of asks)
    for (const [Origin, status, shown] of [[ours, allowed, ours] as const, [theirs, refused, null] as const]) {
      const answer = await fetch(url + path, { ...init, headers: { ...init.headers, Origin } })
      assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [status, shown], path)
      if (answer.status === 204)
        assert.match(answer.headers.get('access-control-allow-headers') ?? '', /^authorization,content-type,if-match/)
      if (shown !== null && init.method !== 'OPTIONS')
        assert.match(answer.headers.get('access-control-expose-headers') ?? '', /etag/)
      await answer.body?.cancel()
    }
})

test('[W17] requests of one connection above the rate are refused with the time to retry', async (t) => {
  const { gateway } = await openWithStub(t, { limits: { requestsPerSecond: 1, requestBurst: 2 } })
  const request = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const all = await TestSocket.to(gateway).write(request.repeat(4)).all()
  assert.deepEqual(all.match(/HTTP\/1.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 429'])
  assert.match(all, /retry-after: 1\r\n/i)
})

test('[W17] a CORS preflight is charged like any other request', async (t) => {
  const limits = { requestsPerSecond: 1, requestBurst: 2 }
  const { gateway } = await openWithStub(t, { limits, allowedOrigins: ['https://club.example'] })
  const ask = 'OPTIONS /rpc HTTP/1.1\r\nHost: localhost\r\nOrigin: https://club.example\r\n\r\n'
  const all = await TestSocket.to(gateway).write(ask.repeat(4)).all()
  assert.deepEqual(all.match(/HTTP\/1.1 \d+/g), ['HTTP/1.1 204', 'HTTP/1.1 204', 'HTTP/1.1 429'])
})

test('[W22] answers that are never shown forbid content sniffing too', async (t) => {
  const { gateway } = await openWithStub(t)
  const rest = ' HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  for (const line of ['GET *', 'GET /%0', 'SMUGGLE /', 'CONNECT localhost:22', 'GET /games/main/changes']) {
    const socket = TestSocket.to(gateway).write(line + rest)
    await socket.until('\r\n\r\n')
    assert.match(socket.got, /\r\nX-Content-Type-Options: nosniff\r\n/i, line)
    socket.socket.destroy()
  }
})

test('[W20] liveness, readiness and metrics are separate addresses', async (t) => {
  const { url, host } = await openWithStub(t)
  assert.equal((await fetch(`${url}/livez`)).status, 200)
  assert.deepEqual(await fetch(`${url}/readyz`).then((answer) => answer.text()), 'ready\n')
  host.isReady = false
  const answer = await fetch(`${url}/readyz?verbose`)
  assert.deepEqual([answer.status, await answer.text()], [503, 'not ready\njournal: no space\n'])
  assert.equal((await fetch(`${url}/livez`)).status, 200)
  const metrics = await fetch(`${url}/metrics`)
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=/)
  assert.match(await metrics.text(), /^oxo_connections 0$/m)
})

test('[W21] without pages / says so, and how to play, in the requested form', async (t) => {
  const { url, gateway } = await openWithStub(t)
  const guide = await fetch(url).then((answer) => answer.text())
  assert.match(guide, new RegExp(`nc 127.0.0.1 ${gateway.address.port}`))
  assert.match(guide, /Nothing is here for a browser yet: .*\./)
  const page = await fetch(url, { headers: { Accept: 'text/html' } })
  assert.match(await page.text(), /^<!doctype html>[^]*printf &#39;X 1 1/)
})

test('[W16] a client that closes in the middle of a body leaves nothing in the log', async (t) => {
  const complaints: unknown[] = []
  const note = (fields: object): void => void complaints.push(fields)
  const { gateway, url } = await openWithStub(t, { log: { ...silentLog, warn: note, error: note } })
  const head = 'POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n'
  // A complete request on another connection takes longer than the pending work.
  const pass = (): Promise<unknown> => fetch(`${url}/games/main`).then((answer) => answer.text())
  for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
    const socket = TestSocket.to(gateway).write(`${head}{`)
    await pass()
    socket.socket[leave]()
    await socket.closed
    await pass()
  }
  assert.deepEqual(complaints, [])
})

test('[W27] shared texts are written once: the OpenRPC document, and the metrics once per second', async (t) => {
  const { url, host, clock, metrics } = await openWithStub(t)
  const counted = async (): Promise<string | undefined> =>
    /^oxo_repeats_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]
  const written = t.mock.method(metrics, 'text')
  assert.equal(await counted(), '0')
  metrics.count('repeats_total')
  assert.deepEqual(await Promise.all([counted(), counted(), counted()]), ['0', '0', '0'])
  clock.advance(1_000)
  assert.equal(await counted(), '1')
  assert.equal(written.mock.callCount(), 2)
  const first = await fetch(`${url}/openrpc.json`)
  assert.deepEqual(await first.json(), { openrpc: '1.3.2', info: { version: 'stub' } })
  const again = await fetch(`${url}/openrpc.json`, { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } })
  assert.equal(again.status, 304)
  assert.ok(host.heard.includes('rpc.discover'))
})

test('[P8] /asyncapi.json names the version of the server, and is not sent again while it is the same', async (t) => {
  const { url } = await openWithStub(t)
  const first = await fetch(`${url}/asyncapi.json`)
  const { asyncapi, info } = (await first.json()) as {
    readonly asyncapi: string
    readonly info: { readonly version: string }
  }
  assert.deepEqual([asyncapi, info.version], ['3.0.0', 'stub'])
  const again = await fetch(`${url}/asyncapi.json`, { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } })
  assert.equal(again.status, 304)
})

test('[W27] an Accept header longer than any browser sends is ignored', async (t) => {
  const { url } = await openWithStub(t)
  const ask = async (accept: string): Promise<string> =>
    (await fetch(`${url}/games/main`, { headers: { Accept: accept } })).headers.get('content-type') ?? ''
  assert.match(await ask('application/json'), /^application\/json/)
  const long = Array.from({ length: 1_000 }, (_, index) => `a/${index};q=0.${index}`).join(',')
  assert.match(await ask(`application/json,${long}`), /^text\/plain/)
})

test('[W28] no cache may store an answer that contains the requested host name', async (t) => {
  const { gateway } = await openWithStub(t)
  for (const target of ['/', '/games/nowhere', '/nowhere', '/ws']) {
    const said = `GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`
    const answer = await TestSocket.to(gateway).write(said).all()
    if (target === '/') assert.match(answer, /nc evil\.example/)
    assert.match(answer, /\r\ncache-control: no-store\r\n/i, target)
  }
  const broken = await TestSocket.to(gateway).write('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n').all()
  assert.match(broken, /\r\ncache-control: no-store\r\n/i)
})
