/** The fault proxy between real sockets, with the client of Oxo: no move is lost or played twice. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect as dial, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { type Random, systemRandom } from '../../base/index.ts'
import { connect } from '../../client/node/index.ts'
import { openServer } from '../../server/open.ts'
import { run, start } from '../testing/command.ts'
import { calm, type ChaosPlan } from './plan.ts'
import { type ChaosProxy, openChaos } from './proxy.ts'

const nextTurn = promisify(setImmediate)
/** Makes the client reconnect at once: the test is about faults, not about waits. */
const hurried: Random = { ...systemRandom, below: () => 0 }
const server = { port: 0, journal: 'memory', rateLimit: 0 } as const

/** Reads until the other side ends. Unlike an iterator, it keeps this side of the socket open. */
function hear(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let heard = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk))
  // A reset ends it too.
  for (const end of ['end', 'close'] as const) socket.on(end, () => resolve(heard))
  return promise
}

/** A fault proxy in front of a server that calls `serve` for each connection. */
async function open(plan: Partial<ChaosPlan>, serve: (socket: Socket) => void) {
  const bare = createServer({ allowHalfOpen: true }, serve).listen(0, '127.0.0.1')
  await once(bare, 'listening')
  const { port } = bare.address() as AddressInfo
  const proxy = await openChaos({ plan: { ...calm, ...plan }, to: () => ({ host: '127.0.0.1', port }) })
  return {
    proxy,
    dial: () => dial({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {}),
    async [Symbol.asyncDispose](): Promise<void> {
      await proxy[Symbol.asyncDispose]()
      bare.close()
    },
  }
}

test('bytes pass in both directions, and each half ends on its own', async () => {
  await using chaos = await open({}, (socket) => {
    void hear(socket).then((heard) => socket.end(`heard ${heard.length}`))
  })
  const socket = chaos.dial()
  socket.end(`{${'x'.repeat(3 << 20)}\n`)
  assert.equal(await hear(socket), `heard ${(3 << 20) + 2}`)
  assert.deepEqual(
    { ...chaos.proxy.tally, up: 0 },
    { connections: 1, messages: 0, up: 0, down: 13, duplicated: 0, reordered: 0, cut: 0 },
  )
})

test('a slow reader makes the sender wait', async () => {
  await using chaos = await open({}, (socket) => void socket.pause())
  const socket = chaos.dial()
  for (let sent = 0; sent < 24; sent++) socket.write(Buffer.alloc(1 << 20, 'X 1 1\n'))
  // Without an end to what the proxy takes, all of it is gone after this many turns of the loop.
  for (let turn = 0; turn < 1_500 && socket.writableLength > 0; turn++) await nextTurn()
  assert.ok(socket.writableLength > 8 << 20)
  socket.destroy()
})

test('the first connection is cut at the given byte, the next one is not', async () => {
  await using chaos = await open({ cutAt: { direction: 'up', bytes: 3 } }, (socket) => {
    socket.on('data', (chunk: Buffer) => socket.write(chunk))
    socket.on('end', () => socket.end())
  })
  const first = chaos.dial()
  first.write('hello\n')
  await hear(first)
  assert.equal(chaos.proxy.tally.up, 3)
  const second = chaos.dial()
  second.end('hello\n')
  assert.equal(await hear(second), 'hello\n')
})

test('the connection ends if the server does not listen', async () => {
  await using proxy = await openChaos({ plan: calm, to: () => ({ host: '127.0.0.1', port: 9 }) })
  const socket = dial({ port: proxy.port, host: '127.0.0.1' }).on('error', () => {})
  assert.equal(await hear(socket), '')
})

for (const scheme of ['tcp', 'ws'])
  test(`every move is played exactly once over ${scheme}, whatever faults occur`, async () => {
    await using house = await openServer(server)
    const plan: ChaosPlan = {
      ...calm,
      seed: 3,
      delayMs: { least: 0, most: 5 },
      cut: 0.03,
      duplicate: 0.2,
      reorder: 0.2,
    }
    await using proxy: ChaosProxy = await openChaos({ plan, to: () => house })
    using client = connect(`${scheme}://127.0.0.1:${proxy.port}`, { random: hurried })
    const game = await client.create({ rules: '8,8,8', seats: 'open' })
    for (let cell = 0; cell < 40; cell++) await game.move(cell % 8, Math.floor(cell / 8))
    assert.equal(game.view.version, 41)
    const { tally } = proxy
    for (const fault of ['cut', 'duplicated', 'reordered'] as const) assert.ok(tally[fault] > 0, JSON.stringify(tally))
    // Read the game directly from the server, without the proxy.
    using witness = connect(house.url)
    const { entries } = await witness.call('game.record', { game: game.id })
    assert.equal(entries.length, 41)
  })

test('`oxo chaos` prints its address, each fault, and a summary', async () => {
  await using house = await openServer(server)
  const child = start(['chaos', '--listen', '0', '--to', `127.0.0.1:${house.port}`, '--duplicate', '1'])
  const said = text(child.stdout)
  const [banner] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const url =
    /^Chaos is listening on (http:[^\s,]+), and forwards to 127\.0\.0\.1:\d+; seed 1: 100% duplicated\. Ctrl-C stops\.\n$/.exec(
      banner,
    )?.[1]
  assert.ok(url !== undefined, banner)
  const { code, stdout } = await run(['record', 'main', url])
  assert.equal(code, 0)
  assert.match(stdout, /Outcome/)
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'exit'), [0, null])
  assert.match(
    await said,
    /a message to the server was sent twice\n[^]*connections, \d+ messages: 0 cut, \d+ sent twice/,
  )
})

test('an invalid flag of `oxo chaos` exits with 2 and one error line', async () => {
  const cases: readonly (readonly [args: readonly string[], complaint: RegExp])[] = [
    [['--delay', '200..50'], /like 50\.\.200/],
    [['--cut', '2'], /from 0 to 1/],
    [['--cut-at', '12'], /up:120 or down:80/],
    [['--to', 'localhost'], /localhost:1952/],
    [['--throttle', '0'], /1 or more/],
  ]
  const ends = await Promise.all(cases.map(([args]) => run(['chaos', ...args])))
  for (const [index, { code, stderr }] of ends.entries()) {
    assert.equal(code, 2)
    assert.match(stderr, cases[index]?.[1] ?? /^$/)
  }
})
