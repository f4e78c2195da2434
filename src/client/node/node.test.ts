/** Tests the client for Node over real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { holdingClock } from '../../base/index.ts'
import { openTestServer, type TestServer } from '../../gateway/testing/server.ts'
import { type Journal, MemoryJournal } from '../../journal/index.ts'
import { type Client, connect, type ConnectionState } from './index.ts'
import { dialTcp } from './tcp.ts'

async function openServer(journal: Journal = new MemoryJournal(), port = 0): Promise<TestServer> {
  return openTestServer({ service: { journal }, port })
}

/** A raw TCP server that calls `serve` for each connection. */
async function listen(serve: (socket: Socket) => void): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

function nextState<Name extends ConnectionState['state']>(
  client: Client,
  name: Name,
): Promise<Extract<ConnectionState, { state: Name }>> {
  return new Promise((resolve) => {
    const leave = client.onState((state) => {
      if (state.state !== name) return
      leave()
      resolve(state as Extract<ConnectionState, { state: Name }>)
    })
  })
}

for (const scheme of ['tcp', 'ws', 'http']) {
  test(`a whole game over ${scheme}`, async () => {
    await using server = await openServer()
    using client = connect(`${scheme}://127.0.0.1:${server.port}`, { name: 'Zoë' })
    assert.equal((await client.ready()).name, 'Zoë')
    const game = await client.create({ opponent: { bot: 'random' } })
    for await (const { board, rules, outcome } of game) {
      if (outcome !== null) break
      const cell = board.lastIndexOf('.')
      if (game.myTurn) await game.move(cell % rules.width, Math.floor(cell / rules.width))
    }
    assert.notEqual(game.view.outcome, null)
  })
}

test('[C5] [C20] a game continues where it was after a restart of the server', async () => {
  const journal = new MemoryJournal()
  const first = await openServer(journal)
  using client = connect(`tcp://127.0.0.1:${first.port}`)
  const game = await client.game('main')
  await game.move(1, 1)
  await first.gateway.drain('a test ends', 10)
  await first[Symbol.asyncDispose]()
  assert.notEqual(client.state.state, 'open')
  const moved = game.move(0, 0)
  assert.equal(game.shown.board, 'O...X....')
  await using second = await openServer(journal, first.port)
  assert.equal((await moved).board, 'O...X....')
  assert.equal(second.port, first.port)
})

for (const scheme of ['tcp', 'ws']) {
  test(`[C6] a client that connects over ${scheme} before the server listens, or while a proxy refuses, is served later`, async () => {
    const first = await openServer()
    await first[Symbol.asyncDispose]()
    using client = connect(`${scheme}://127.0.0.1:${first.port}`)
    const ready = client.ready()
    await nextState(client, 'waiting')
    // The answer of a proxy while its server starts.
    const refusal = createServer((socket) => {
      socket.on('error', () => {}).resume()
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    }).listen(first.port, '127.0.0.1')
    await once(refusal, 'listening')
    client.wake()
    await nextState(client, 'waiting')
    refusal.close()
    await once(refusal, 'close')
    await using _server = await openServer(new MemoryJournal(), first.port)
    client.wake()
    assert.equal(typeof (await ready).id, 'string')
  })
}

test('the waiting state names the reason when no server listens', async () => {
  const server = await listen(() => {})
  await server[Symbol.asyncDispose]()
  using client = connect(server.url)
  assert.match((await nextState(client, 'waiting')).reason, /ECONNREFUSED/)
})

test('characters that arrive in pieces are put together', async () => {
  await using server = await listen((socket) => {
    socket.setNoDelay()
    socket.on('data', () => {
      const error = { code: 4010, message: 'la clé 🔑 est usée', data: { name: 'bad-token', retry: 'never' } }
      const bytes = Buffer.from(`\n${JSON.stringify({ jsonrpc: '2.0', id: 0, error })}\n`)
      for (const byte of bytes) socket.write(Buffer.of(byte))
    })
  })
  using client = connect(server.url)
  assert.equal((await nextState(client, 'closed')).error?.message, 'la clé 🔑 est usée')
})

test('a line without an end is not buffered without limit', async () => {
  await using server = await listen((socket) => {
    socket.on('error', () => {})
    socket.write('x'.repeat(17 * 2 ** 20))
  })
  using client = connect(server.url)
  assert.match((await nextState(client, 'waiting')).reason, /without an end/)
})

test('[W35] a closed client drops its connection even if the server does not read', async () => {
  const said = 50_000_000
  const accepted = Promise.withResolvers<Socket>()
  await using server = await listen((socket) => {
    socket.on('error', () => {})
    socket.pause()
    accepted.resolve(socket)
  })
  const dialled = dialTcp(new URL(server.url), {
    opened: () => dialled.send('x'.repeat(said)),
    heard() {},
    closed() {},
  })
  const socket = await accepted.promise
  await pass(300)
  dialled.close()
  await pass(7_000)
  let bytes = 0
  socket.on('data', (chunk) => (bytes += chunk.length))
  const ended = new Promise<void>((resolve) => void socket.once('close', () => resolve()))
  socket.resume()
  await ended
  assert.ok(bytes < said, `${bytes} bytes came`)
})

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => void holdingClock.after(ms, resolve))
}

test('the error for an unsupported address names the supported ones', () => {
  assert.throws(() => connect('ftp://localhost:1952'), /name a tcp:, ws:, wss:, http: or https: address$/)
})

test('the error on a Node without WebSocket says what to use instead', async (t) => {
  const { WebSocket: own } = globalThis
  t.after(() => Object.assign(globalThis, { WebSocket: own }))
  Reflect.deleteProperty(globalThis, 'WebSocket')
  assert.throws(() => connect('ws://127.0.0.1:1'), { name: 'TypeError', message: /no WebSocket .* tcp: address/ })
  await using server = await openServer()
  using client = connect(`tcp://127.0.0.1:${server.port}`)
  assert.equal(typeof (await client.ready()).id, 'string')
})
