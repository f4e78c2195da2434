import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom, VirtualClock } from '../base/index.ts'
import { backoffMs } from './backoff.ts'
import { connect } from './index.ts'
import { OxoError } from './oxo-error.ts'
import { setUp, setUpOpen } from './testing/client-stand.ts'
import { helloAnswer } from './testing/stub-transport.ts'

test('[C1] hello comes first, and nothing else before its answer', async () => {
  const { client, wire } = setUp({ token: 'mine', name: 'Ada' })
  const asked = client.call('ping')
  assert.equal(client.state.state, 'connecting')
  wire.open()
  assert.deepEqual(wire.waiting, ['hello'])
  const hello = wire.hear('hello')
  assert.deepEqual(hello.params, { protocol: [1], token: 'mine', name: 'Ada' })
  wire.answer(hello, helloAnswer)
  assert.equal(client.state.state, 'open')
  wire.answer(wire.hear('ping'), { now: 3 })
  assert.deepEqual(await asked, { now: 3 })
})

test('[C1] a lost connection is made again with the same account', () => {
  const { client, wire, clock } = setUpOpen({ name: 'Ada' })
  wire.cut('the cable')
  assert.ok(client.state.state === 'waiting')
  assert.equal(client.state.reason, 'the cable')
  clock.advance(client.state.retryAt - clock.now() - 1)
  assert.equal(wire.dials, 1)
  clock.advance(1)
  assert.equal(wire.dials, 2)
  assert.deepEqual(wire.welcome().params, { protocol: [1], token: 'token-1' })
})

test('[C2] waits are random below a bound that doubles up to 15 s', () => {
  const random = seededRandom(7)
  for (const [attempt, bound] of [
    [0, 500],
    [1, 1_000],
    [4, 8_000],
    [5, 15_000],
    [1_000, 15_000],
  ] as const) {
    const waits = Array.from({ length: 400 }, () => backoffMs(attempt, random))
    assert.ok(Math.max(...waits) < bound && Math.max(...waits) > bound * 0.9, `attempt ${attempt}`)
    assert.ok(Math.min(...waits) < bound * 0.1, `attempt ${attempt}`)
  }
})

test('[C2] the attempt count rises until a connection has lasted one heartbeat', () => {
  const { client, wire, clock } = setUpOpen()
  const attemptAfterCut = (): number => {
    wire.cut()
    assert.ok(client.state.state === 'waiting')
    const { attempt, retryAt } = client.state
    clock.advance(retryAt - clock.now())
    return attempt
  }
  assert.equal(attemptAfterCut(), 0)
  assert.equal(attemptAfterCut(), 1)
  wire.welcome()
  assert.equal(attemptAfterCut(), 2)
  wire.welcome()
  clock.advance(20_000)
  assert.equal(attemptAfterCut(), 0)
})

test('[C2] a client that is woken reconnects at once', () => {
  const { client, wire } = setUpOpen()
  wire.cut()
  client.wake()
  assert.equal(wire.dials, 2)
})

test('[C3] a connection whose hello is not answered within 10 s is closed', () => {
  const { client, wire, clock } = setUp()
  wire.open()
  clock.advance(9_999)
  assert.equal(client.state.state, 'connecting')
  clock.advance(1)
  assert.equal(client.state.state, 'waiting')
  assert.equal(wire.isConnected, false)
})

test('[C4] a connection that brings nothing between two pings is closed', () => {
  const { client, wire, clock } = setUpOpen()
  clock.advance(20_000)
  wire.answer(wire.hear('ping'), { now: 1 })
  clock.advance(20_000)
  wire.sayText('')
  clock.advance(39_999)
  assert.equal(client.state.state, 'open')
  clock.advance(1)
  assert.equal(client.state.state, 'waiting')
  assert.equal(wire.isConnected, false)
})

test('[C4] a client that is woken checks its open connection at once', () => {
  const { client, wire, clock } = setUpOpen()
  client.wake()
  wire.hear('ping')
  clock.advance(5_000)
  assert.equal(client.state.state, 'waiting')
})

test('[C5] a closing server gets no new requests and still answers the earlier ones', async () => {
  const { client, wire, clock } = setUpOpen()
  const before = client.call('account.games')
  const request = wire.hear('account.games')
  wire.say('server.closing', { reason: 'restart', reconnectInMs: 2_000 })
  const after = client.call('ping')
  assert.deepEqual(wire.waiting, [])
  wire.answer(request, { games: [] })
  assert.deepEqual(await before, { games: [] })
  wire.cut()
  clock.advance(1_999)
  assert.equal(wire.dials, 1)
  clock.advance(501)
  wire.welcome()
  wire.answer(wire.hear('ping'), { now: 5 })
  assert.deepEqual(await after, { now: 5 })
})

test('[C5] the client closes the connection if a closing server does not', () => {
  const { client, wire, clock } = setUpOpen()
  wire.say('server.closing', { reason: 'restart', reconnectInMs: 2_000 })
  clock.advance(2_000)
  assert.equal(wire.isConnected, false)
  assert.ok(client.state.state === 'waiting')
  assert.ok(client.state.retryAt < clock.now() + 500)
})

test('[C5] announced closes in quick succession do not count as failed attempts', () => {
  const { client, wire, clock } = setUpOpen()
  for (let time = 0; time < 5; time++) {
    wire.say('server.closing', { reason: 'upgrade', reconnectInMs: 1_000 })
    wire.cut()
    assert.ok(client.state.state === 'waiting')
    assert.equal(client.state.attempt, 0)
    assert.ok(client.state.retryAt < clock.now() + 1_500)
    clock.advance(1_500)
    wire.welcome()
  }
})

test('[C6] a refused hello closes the client with the reason', async () => {
  const { client, wire } = setUp({ token: 'forged' })
  const asked = client.call('ping')
  wire.open()
  wire.refuse(wire.hear('hello'), 'bad-token')
  assert.ok(client.state.state === 'closed')
  assert.equal(client.state.error?.name, 'bad-token')
  await assert.rejects(asked, { name: 'bad-token', code: 4010, retry: 'never' })
  await assert.rejects(client.call('ping'), { name: 'bad-token' })
})

test('[C6] a temporarily refused hello is repeated', () => {
  const { client, wire, clock } = setUp()
  wire.open()
  wire.refuse(wire.hear('hello'), 'rate-limited', { retryAfterMs: 3_000 })
  assert.equal(client.state.state, 'waiting')
  clock.advance(2_999)
  assert.equal(wire.dials, 1)
  clock.advance(501)
  wire.welcome()
  assert.equal(client.state.state, 'open')
})

test('[C6] a hello refused with too-many or internal is repeated', () => {
  for (const name of ['too-many', 'internal'] as const) {
    const { client, wire, clock } = setUp()
    wire.open()
    wire.refuse(wire.hear('hello'), name)
    assert.equal(client.state.state, 'waiting')
    clock.advance(500)
    wire.welcome()
    assert.equal(client.state.state, 'open')
  }
})

test('[C6] a peer that does not send JSON-RPC is not accepted as a server', () => {
  const { client, wire } = setUp()
  wire.open()
  wire.sayText('HTTP/1.1 400 Bad Request')
  assert.ok(client.state.state === 'waiting')
  assert.match(client.state.reason, /no Oxo server/)
})

test('[C7] listeners get every state until they are removed', () => {
  const { client, wire, clock } = setUp()
  const states: string[] = []
  const leave = client.onState(({ state }) => states.push(state))
  wire.welcome()
  wire.cut()
  clock.advance(500)
  leave()
  client.close()
  assert.deepEqual(states, ['open', 'waiting', 'connecting'])
})

test('[C7] a client closed in its token listener leaves no connection and no timer', () => {
  const wire = setUp().wire
  const clock = new VirtualClock()
  const client = connect('ws://server', {
    transport: wire.dial,
    clock,
    random: seededRandom(1),
    onToken: () => client.close(),
  })
  wire.welcome()
  clock.advance(60_000)
  assert.equal(client.state.state, 'closed')
  assert.equal(wire.isConnected, false)
})

test('[C8] each new token is given to the host, and the account becomes known', async () => {
  const tokens: string[] = []
  const { client, wire, clock } = setUp({ onToken: (token) => tokens.push(token) })
  const ready = client.ready()
  assert.equal(client.account, null)
  wire.welcome()
  wire.answer(wire.hear('ping'), { now: 1 })
  assert.deepEqual(await ready, { id: 'me', name: 'Me' })
  wire.cut()
  clock.advance(500)
  wire.welcome()
  wire.cut()
  clock.advance(1_000)
  wire.welcome({ token: 'token-2' })
  assert.deepEqual(tokens, ['token-1', 'token-2'])
  assert.equal(client.token, 'token-2')
})

test('[C8] a rename keeps the account', async () => {
  const { client, wire } = setUpOpen()
  const renamed = client.rename('Grace')
  await Promise.resolve()
  const hello = wire.hear('hello')
  assert.deepEqual(hello.params, { protocol: [1], name: 'Grace' })
  wire.answer(hello, { ...helloAnswer, account: { id: 'me', name: 'Grace' } })
  assert.equal((await renamed).name, 'Grace')
  assert.equal(client.account?.name, 'Grace')
})

/** Lets every request be sent that waits for an earlier one. */
const settle = (): Promise<unknown> => new Promise(setImmediate)

test('[C29] a refused name is not requested again: the client connects as before', async () => {
  const { client, wire, clock } = setUpOpen()
  const renamed = client.rename('a\u200bb')
  await Promise.resolve()
  wire.refuse(wire.hear('hello'), 'bad-name')
  await assert.rejects(renamed, { name: 'bad-name' })
  wire.cut()
  clock.advance(500)
  assert.deepEqual(wire.welcome().params, { protocol: [1], token: 'token-1' })
  assert.deepEqual([client.state.state, client.account?.name], ['open', 'Me'])
})

test('[C29] an unanswered rename is repeated on the next connection, and its refusal does not close the client', async () => {
  const { client, wire, clock } = setUpOpen()
  const [first, second] = [client.rename('a\u200bb'), client.rename('Grace')]
  await settle()
  wire.cut()
  clock.advance(500)
  assert.deepEqual(wire.welcome().params, { protocol: [1], token: 'token-1' })
  wire.refuse(wire.hear('hello'), 'bad-name')
  await assert.rejects(first, { name: 'bad-name' })
  const hello = wire.hear('hello')
  assert.equal(hello.params['name'], 'Grace')
  wire.answer(hello, { ...helloAnswer, account: { id: 'me', name: 'Grace' } })
  assert.equal((await second).name, 'Grace')
  assert.deepEqual([client.state.state, client.account?.name], ['open', 'Grace'])
})

test('[C32] each hello carries the newest token that the host knows', () => {
  const found = [null, 'of another page', 'renamed', undefined]
  const { client, wire, clock } = setUp({ findToken: () => found.shift() })
  wire.open()
  assert.deepEqual(wire.hear('hello').params, { protocol: [1] })
  for (const [token, given] of [
    ['of another page', 'token-1'],
    ['renamed', 'token-2'],
    ['token-2', 'token-3'],
  ] as const) {
    wire.cut()
    assert.ok(client.state.state === 'waiting')
    clock.advance(client.state.retryAt - clock.now())
    assert.equal(wire.welcome({ token: given }).params['token'], token)
  }
  assert.equal(client.token, 'token-3')
})

test('an address that no transport of this host supports is refused at once', () => {
  assert.throws(() => connect('localhost:1952'), TypeError)
  assert.throws(() => connect('tcp://localhost'), TypeError)
})

test('an error that this version does not know keeps its code and its retry advice', () => {
  const error = OxoError.parse({ code: 4999, message: 'new', data: { name: 'brand-new', retry: 'refresh' } })
  assert.deepEqual([error.name, error.code, error.retry, error.message], ['internal', 4999, 'refresh', 'new'])
})

test('a listener for one kind of notification gets only that kind, until it is removed', () => {
  const { client, wire } = setUpOpen()
  const heard: string[] = []
  const leave = client.on('lobby.changed', ({ game }) => heard.push(game))
  wire.say('lobby.changed', { game: 'a', summary: null })
  wire.say('game.presence', { game: 'b', online: { X: true, O: true }, watching: 0 })
  leave()
  wire.say('lobby.changed', { game: 'c', summary: null })
  assert.deepEqual(heard, ['a'])
})
