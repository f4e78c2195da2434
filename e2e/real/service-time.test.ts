/** Time limits of the service and the client, shortened, with a real server, real clients and the real clock. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { systemClock } from '../../src/base/index.ts'
import { type Client, type ClientOptions, connect } from '../../src/client/node/index.ts'
import { helloAnswer } from '../../src/client/testing/stub-transport.ts'
import { Metrics } from '../../src/gateway/index.ts'
import { openTestServer } from '../../src/gateway/testing/server.ts'
import type { Limits, Notification } from '../../src/protocol/index.ts'
import { makeTestTokens } from '../../src/service/testing/service.ts'
import { TestSocket } from '../../src/gateway/testing/socket.ts'
import { eventually, pass } from '../lib/wait.ts'

/** Allowed delay for a loaded machine and for deadlines that are only checked at ticks, in ms. */
const lateMs = 2_500

interface Server {
  readonly host: string
  readonly port: number
  readonly metrics: Metrics
  readonly client: (options?: ClientOptions) => Client
  readonly drain: (reconnectInMs: number) => Promise<void>
}

async function openServer(t: TestContext, limits: Partial<Limits>, tokenMs = 1e9): Promise<Server> {
  const [metrics, tokens] = [new Metrics(), makeTestTokens(systemClock, tokenMs)]
  const server = await openTestServer({ service: { tokens }, limits, metrics })
  t.after(() => server[Symbol.asyncDispose]())
  const { gateway, host, port } = server
  const url = `tcp://${host}:${port}`
  const client = (options: ClientOptions = {}): Client => {
    const made = connect(url, options)
    t.after(() => made.close())
    return made
  }
  return { host, port, metrics, client, drain: (ms) => gateway.drain('test', ms) }
}

/**
 * A server that sends `answer` to the first data of each connection and then nothing. null: it sends nothing at all.
 */
async function openSilent(t: TestContext, answer: object | null): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.once('data', () => answer !== null && socket.write(`${JSON.stringify(answer)}\n`))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const hello = (heartbeatMs: number): object => ({ jsonrpc: '2.0', id: 0, result: { ...helloAnswer, heartbeatMs } })

function assertTook(beginsAt: number, leastMs: number, mostMs = leastMs): void {
  const took = systemClock.now() - beginsAt
  assert.ok(took >= leastMs - 5 && took <= mostMs + lateMs, `it took ${took} ms, not ${leastMs}`)
}

/** Resolves at the next state `waiting`. That state may last only a millisecond, so it is observed, not polled. */
function nextWait(client: Client): Promise<void> {
  return new Promise((resolve) => void client.onState(({ state }) => state === 'waiting' && resolve()))
}

suite('time limits of service and client, concurrently', { concurrency: true, timeout: 60_000 }, () => {
  test('[S8] [G28] a flag falls when the time is up, although nobody moves', async (t) => {
    const { client } = await openServer(t, {})
    const [ann, bob] = [client(), client()]
    const game = await ann.create({ clock: { perMoveMs: 700 } })
    const beginsAt = systemClock.now()
    await bob.join(game.view.game)
    await eventually(() => game.view.outcome !== null)
    assertTook(beginsAt, 700)
    assert.deepEqual(game.view.outcome, { winner: 'O', by: 'time' })
  })

  test('[S34] a clock waits for an absent player, but no longer than arrivalMs', async (t) => {
    const { client } = await openServer(t, { arrivalMs: 900 })
    const [ann, bob] = [client(), client()]
    const { view } = await ann.create({ clock: { perMoveMs: 600 } })
    ann.close()
    // By then the server knows that Ann has left.
    await pass(300)
    const beginsAt = systemClock.now()
    const game = await bob.join(view.game)
    await pass(700)
    assert.equal(game.view.outcome, null)
    await eventually(() => game.view.outcome !== null)
    assertTook(beginsAt, 1_500)
    assert.deepEqual(game.view.outcome, { winner: 'O', by: 'time' })
  })

  test('[S11] an absent player to move loses after abandonMs, and a present one does not', async (t) => {
    const { client } = await openServer(t, { abandonMs: 800 })
    const [ann, bob] = [client(), client()]
    const game = await ann.create({ public: true })
    const other = await bob.join(game.view.game)
    await pass(1_200)
    assert.equal(other.view.outcome, null)
    ann.close()
    const beginsAt = systemClock.now()
    await eventually(() => other.view.outcome !== null)
    assertTook(beginsAt, 800)
    assert.deepEqual(other.view.outcome, { winner: 'O', by: 'abandonment' })
  })

  test('[S12] a game that nobody watches leaves memory after idleGameMs', async (t) => {
    const { client, metrics } = await openServer(t, { idleGameMs: 1_000 })
    const ann = client()
    await ann.create()
    const live = async (): Promise<number> => Number(/oxo_live_games (\d+)/.exec(await metrics.text())?.[1])
    // Nobody watches the open board, so on a slow machine it may have left already.
    assert.ok((await live()) > 0)
    ann.close()
    const beginsAt = systemClock.now()
    while ((await live()) > 0 && systemClock.now() - beginsAt < 10_000) await pass(50)
    // The server looks for idle games once a second and unloads them one by one.
    assertTook(beginsAt, 0, 4_000)
    assert.equal(await live(), 0)
  })

  test('presence is sent within its interval, once for all changes in it', async (t) => {
    const { client } = await openServer(t, {})
    const ann = client()
    const received: Notification<'game.presence'>[] = []
    ann.on('game.presence', (presence) => received.push(presence))
    await ann.game('main')
    await eventually(() => received.length === 1)
    const beginsAt = systemClock.now()
    const others = [client(), client(), client()]
    for (const other of others) await other.game('main')
    await eventually(() => received.at(-1)?.watching === 4)
    assertTook(beginsAt, 0, 250)
  })

  test('[S17] [C12] a client that waits for retryAfterMs is served', async (t) => {
    const { host, port } = await openServer(t, { requestsPerSecond: 5, requestBurst: 5 })
    const socket = TestSocket.at({ host, port }).write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n'.repeat(6))
    t.after(() => socket.socket.destroy())
    await eventually(() => socket.got.includes('retryAfterMs'))
    const ms = Number(/"retryAfterMs":(\d+)/.exec(socket.got)?.[1])
    assert.ok(ms > 0 && ms <= 200, `${ms} ms`)
    await pass(ms)
    socket.socket.write('{"jsonrpc":"2.0","id":"later","method":"ping"}\n')
    await eventually(() => socket.got.includes('"id":"later","result"'))
  })

  test('[S20] a token proves its account until it expires, and not after', async (t) => {
    const { client } = await openServer(t, {}, 2_000)
    const ann = client()
    const { id } = await ann.ready()
    const { token } = ann
    ann.close()
    assert.equal((await client({ token }).ready()).id, id)
    await pass(3_200)
    await assert.rejects(client({ token }).ready(), { name: 'bad-token' })
  })

  test('[W18] [C5] a client that is told when to reconnect leaves within that time; drainMs ends all others', async (t) => {
    const server = await openServer(t, { drainMs: 600 })
    const ann = server.client()
    await ann.ready()
    const stuck = TestSocket.at(server).write('board\n')
    t.after(() => stuck.socket.destroy())
    stuck.socket.pause()
    await pass(200)
    const beginsAt = systemClock.now()
    const waiting = eventually(() => ann.state.state === 'waiting').then(() => assertTook(beginsAt, 0, 600))
    await server.drain(400)
    assertTook(beginsAt, 0, 1_200)
    await waiting
    assert.ok(
      ann.state.state === 'waiting' && ann.state.retryAt >= beginsAt + 395,
      'the client would reconnect too early',
    )
  })

  test('[C4] a connection without any answer to a ping is given up at the next heartbeat', async (t) => {
    const url = await openSilent(t, hello(500))
    const beginsAt = systemClock.now()
    using client = connect(url)
    await nextWait(client)
    assertTook(beginsAt, 1_000)
  })

  test('[C4] wake() pings at once and waits 5 s', async (t) => {
    using client = connect(await openSilent(t, hello(60_000)))
    await eventually(() => client.state.state === 'open')
    const beginsAt = systemClock.now()
    const left = nextWait(client)
    client.wake()
    await left
    assertTook(beginsAt, 4_950)
  })

  test('[C13] a request is given up after giveUpMs', async (t) => {
    using client = connect(await openSilent(t, null), { giveUpMs: 700 })
    const beginsAt = systemClock.now()
    await assert.rejects(client.call('ping'), { name: 'unavailable' })
    assertTook(beginsAt, 700)
  })

  test('[C2] the delays between attempts stay below their bound, and wake() retries at once', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    using client = connect(`tcp://127.0.0.1:${port}`)
    const attempts: number[] = []
    client.onState(({ state }) => {
      if (state === 'connecting') attempts.push(systemClock.now())
    })
    await eventually(() => attempts.length >= 3, 20_000)
    const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0))
    for (const [index, ms] of waits.entries())
      assert.ok(ms < 500 * 2 ** (index + 1) + lateMs, `${ms} ms before attempt ${index + 2}`)
    await eventually(() => client.state.state === 'waiting')
    client.wake()
    await eventually(() => client.state.state === 'waiting' && attempts.length >= 4, lateMs)
  })
})
