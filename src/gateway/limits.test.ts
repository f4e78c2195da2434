/** Exceeds the limits of incoming data in every protocol. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { readFile } from 'node:fs/promises'
import { silentLog } from '../base/index.ts'
import { type Limits, limits } from '../protocol/index.ts'
import { connectionCost, costs } from '../service/sessions/costs.ts'
import { Play } from '../service/testing/play.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { host } from './testing/desync-vectors.ts'
import { settleSockets } from './testing/open.ts'
import { TestSocket } from './testing/socket.ts'

/** A gateway with the real service and a virtual clock. */
async function openReal(t: TestContext, own: Partial<Limits>): Promise<Gateway> {
  return (await openBoth(t, own)).gateway
}

async function openBoth(t: TestContext, own: Partial<Limits>) {
  const limits = { connectionsPerAddress: 0, requestsPerSecond: 0, ...own }
  const { service, clock } = await Play.open({ limits })
  const gateway = await openGateway({ service, host: '127.0.0.1', port: 0, log: silentLog, limits, clock })
  t.after(() => gateway.close())
  return { gateway, clock }
}

const upgrade = `GET /ws HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

/** A text frame of a client, with the mask 0. */
function frame(text: string): string {
  const { length } = text
  const size = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 255]
  return `${String.fromCharCode(0x81, ...size, 0, 0, 0, 0)}${text}`
}

function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/** `text` padded to `bytes` without changing its meaning. */
const padded = (text: string, bytes: number): string => text.padEnd(bytes)
const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}'

/** For each protocol: a request of a given size, the answer if it is served, and the answer if it is too large. */
const protocols: Readonly<Record<string, (bytes: number) => readonly [input: string, good: RegExp, tooLarge: RegExp]>> =
  {
    text: (bytes) => [`help\n${padded('board', bytes)}\n`, /BOARD main/, /ERR 4130 too-large/],
    lines: (bytes) => [`${padded(ping, bytes)}\n`, /"result":\{"now"/, /"code":4130,.*"name":"too-large"/],
    websocket: (bytes) => [`${upgrade}${frame(padded(ping, bytes))}`, /"result":\{"now"/, /\x88..\xf1/],
    'POST /rpc': (bytes) => [post('/rpc', padded(ping, bytes)), /"result":\{"now"/, / 413 [^]*"name":"too-large"/],
    'POST /games': (bytes) => [post('/games', padded('{}', bytes)), / 201 Created/, / 413 [^]*"name":"too-large"/],
    'POST of a move': (bytes) => [
      post('/games/main/moves', padded('{"x":1,"y":1}', bytes)),
      / 200 OK/,
      / 413 [^]*"name":"too-large"/,
    ],
  }

for (const [protocol, makeInput] of Object.entries(protocols))
  test(`[W6] [W11] [W16] ${protocol}: a message of messageBytesMax is served, and one that is a byte longer is too large`, async (t) => {
    const gateway = await openReal(t, {})
    for (const isOver of [false, true]) {
      const [input, good, tooLarge] = makeInput(limits.messageBytesMax + (isOver ? 1 : 0))
      const socket = TestSocket.to(gateway)
      socket.socket.write(Buffer.from(input, 'latin1'))
      while (!(isOver ? tooLarge : good).test(socket.got)) await socket.more()
      assert.doesNotMatch(socket.got, isOver ? good : tooLarge)
      socket.socket.destroy()
    }
  })

// The same move twice is refused by the rules, which closes an HTTP connection before the rate limit can.
for (const [protocol, makeInput] of Object.entries(protocols).filter(([name]) => name !== 'POST of a move')) {
  const [input, good] = makeInput(40)
  const refused =
    /ERR 4290 rate-limited: .*; try again in \d+\.\d s|"code":4290,[^]*"retry":"same","retryAfterMs":\d+|HTTP\/1.1 429 /
  test(`[S17] [W17] ${protocol}: requests above the rate are refused with the time to retry`, async (t) => {
    const gateway = await openReal(t, { requestsPerSecond: 1, requestBurst: 4 })
    const socket = TestSocket.to(gateway)
    const again = input.startsWith(upgrade) ? input.slice(upgrade.length) : input
    socket.socket.write(Buffer.from(input + again.repeat(5), 'latin1'))
    while (!refused.test(socket.got)) await socket.more()
    if (protocol.startsWith('POST')) assert.match(await socket.all(), /\r\nretry-after: 1\r\n/i)
    assert.match(socket.got, good)
    socket.socket.destroy()
  })
}

/** The cost units that one connection with one valid request costs its address. */
const costOfFirst: Readonly<Record<string, number>> = {
  text: connectionCost + costs['game.get'],
  lines: connectionCost + costs.ping,
  websocket: connectionCost + 1 + costs.ping,
  'POST /rpc': connectionCost + 1 + costs.ping,
  'POST /games': connectionCost + 1 + costs.hello + costs['game.create'],
  'POST of a move': connectionCost + 1 + costs['game.move'],
}

for (const [protocol, makeInput] of Object.entries(protocols))
  test(`[S43] [W25] ${protocol}: a new connection has the units left to its address, and waits for more`, async (t) => {
    const cost = costOfFirst[protocol] ?? 0
    const { gateway, clock } = await openBoth(t, {
      requestsPerSecond: 1_000,
      addressUnitsPerSecond: cost,
      addressUnitBurst: 2 * cost + 1,
    })
    const [input, good] = makeInput(protocol.startsWith('POST') ? 2 : 40)
    const connect = (): TestSocket => TestSocket.to(gateway).write(Buffer.from(input, 'latin1'))
    const served = async (socket: TestSocket): Promise<void> => {
      while (!/OK|BOARD|result|rules|name/.test(socket.got)) await socket.more()
    }
    for (const first of [connect(), connect()]) await served(first)
    const third = connect()
    await settleSockets(500)
    assert.equal(third.got, '')
    clock.advance(10_000)
    while (!good.test(third.got) && !/cell-taken|not-your-turn/.test(third.got)) await third.more()
    third.socket.destroy()
  })

for (const [protocol, makeInput] of Object.entries(protocols).filter(([name]) => !name.startsWith('POST')))
  test(`[S43] ${protocol}: an address above its rate is first refused, then disconnected, and its next connection waits`, async (t) => {
    const rate = { requestsPerSecond: 1, requestBurst: 2, addressRefusalsPerSecond: 1, addressRefusalBurst: 3 }
    const { gateway, clock } = await openBoth(t, rate)
    const [input, good] = makeInput(40)
    const again = input.startsWith(upgrade) ? input.slice(upgrade.length) : input
    const flood = TestSocket.to(gateway).write(Buffer.from(input + again.repeat(9), 'latin1'))
    while (!/4290/.test(flood.got)) await flood.more()
    await settleSockets()
    clock.advance(1)
    if (protocol === 'websocket') {
      while (!flood.got.endsWith('\x10\xc2rate-limited')) await flood.more()
      // A close frame: without it the server waits 30 s for one.
      flood.write(Buffer.from('\x88\x80\0\0\0\0', 'latin1'))
    }
    const got = await flood.all()
    assert.ok((got.match(/rate-limited/g)?.length ?? 0) >= 4, got)
    const next = TestSocket.to(gateway).write(Buffer.from(input, 'latin1'))
    await settleSockets(500)
    assert.equal(next.got, '')
    clock.advance(4_000)
    while (!good.test(next.got)) await next.more()
    next.socket.destroy()
  })

for (const [protocol, input] of Object.entries({
  text: 'x\n',
  help: 'help\n',
  lines: '{\n',
  notes: '{"jsonrpc":"2.0","method":"ping"}\n',
}))
  test(`[S43] ${protocol}: invalid messages and notifications are charged like requests`, async (t) => {
    const rate = { requestsPerSecond: 1, requestBurst: 2, addressRefusalsPerSecond: 1, addressRefusalBurst: 3 }
    const { gateway, clock } = await openBoth(t, rate)
    const socket = TestSocket.to(gateway).write(input.repeat(20))
    await settleSockets(200)
    clock.advance(1)
    await socket.closed
  })

test('[W4] [W19] a TLS handshake has handshakeMs, and an invalid one closes the connection', async (t) => {
  const [cert, key] = await Promise.all(
    ['cert.pem', 'key.pem'].map((name) => readFile(new URL(`testdata/${name}`, import.meta.url))),
  )
  assert.ok(cert !== undefined && key !== undefined)
  const { service } = await Play.open()
  const options = { service, host: '127.0.0.1', port: 0, log: silentLog, tls: { cert, key } }
  const gateway = await openGateway({ ...options, limits: { handshakeMs: 50 } })
  t.after(() => gateway.close())
  assert.equal(await TestSocket.to(gateway).write('\x16\x03\x01').all(), '')
  const alert = await TestSocket.to(gateway).write('\x16nonsense\r\n\r\n').all()
  assert.ok(alert === '' || alert.startsWith('\x15'))
})
