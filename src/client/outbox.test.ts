import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../protocol/index.ts'
import { helloMs, inFlightMax, noticeMs } from './limits.ts'
import { collect, makeGame, setUp, setUpOpen } from './testing/client-stand.ts'

const move = { game: 'g', x: 1, y: 1 }

test('[C9] a request made without a connection waits for one', async () => {
  const { client, wire } = setUp()
  const asked = client.call('game.get', { game: 'g' })
  wire.welcome()
  wire.answer(wire.hear('game.get'), makeGame())
  assert.deepEqual(await asked, makeGame())
})

test('[C10] a command lost before the server received it is sent again unchanged', async () => {
  const { client, wire, clock } = setUpOpen()
  const asked = client.call('game.move', { ...move, version: 2 })
  wire.cut()
  clock.advance(500)
  wire.welcome()
  const again = wire.hear('game.move')
  assert.deepEqual(again.params, { ...move, version: 2 })
  wire.answer(again, makeGame(3, '....X....'))
  assert.equal((await asked).version, 3)
})

test('[C10] a command whose answer was lost is sent again unchanged, with the same id', async () => {
  const { client, wire, clock } = setUpOpen()
  const asked = client.call('game.move', { ...move, version: 2 })
  const first = wire.hear('game.move')
  wire.cut()
  clock.advance(500)
  wire.welcome()
  const again = wire.hear('game.move')
  assert.deepEqual(again, first)
  wire.answer(again, makeGame(4, 'O...X....'))
  assert.equal((await asked).version, 4)
})

test('[C10] unanswered requests are sent again in their original order', () => {
  const { client, wire, clock } = setUpOpen()
  void client.call('game.get', { game: 'g' })
  void client.call('game.create', { game: 'h' })
  wire.cut()
  void client.call('lobby.play')
  clock.advance(500)
  wire.welcome()
  assert.deepEqual(wire.waiting, ['game.get', 'game.create', 'lobby.play'])
})

test('[C11] a command without a version is not sent twice: its outcome is unknown', async () => {
  const { client, wire, clock } = setUpOpen()
  const asked = client.call('game.move', move)
  wire.cut()
  await assert.rejects(asked, { name: 'outcome-unknown', retry: 'refresh' })
  clock.advance(500)
  wire.welcome()
  assert.deepEqual(wire.waiting, [])
})

test('[C11] a command without a version that was never sent is sent', () => {
  const { client, wire } = setUp()
  void client.call('game.move', move)
  wire.cut('no route')
  client.wake()
  wire.welcome()
  wire.hear('game.move')
})

test('[C11] a command without a version is repeated only after a refusal that says it was not executed', async () => {
  const { client, wire, clock } = setUpOpen()
  const asked = client.call('game.move', move)
  wire.refuse(wire.hear('game.move'), 'unavailable')
  wire.cut()
  clock.advance(500)
  wire.welcome()
  wire.refuse(wire.hear('game.move'), 'outcome-unknown')
  await assert.rejects(asked, { name: 'outcome-unknown' })
})

test('[C12] after a temporary refusal the client waits as long as the server says', async () => {
  const { client, wire, clock } = setUpOpen()
  const asked = client.call('game.move', { ...move, version: 2 })
  wire.refuse(wire.hear('game.move'), 'rate-limited', { retryAfterMs: 700 })
  clock.advance(699)
  assert.deepEqual(wire.waiting, [])
  clock.advance(501)
  wire.refuse(wire.hear('game.move'), 'outcome-unknown')
  clock.advance(1_000)
  wire.answer(wire.hear('game.move'), makeGame(3))
  assert.equal((await asked).version, 3)
})

test('[C12] a temporarily refused request is repeated within two seconds, however often it was refused', () => {
  const { client, wire, clock } = setUpOpen()
  client.call('game.move', { ...move, version: 2 }).catch(() => {})
  for (let time = 0; time < 8; time++) {
    wire.refuse(wire.hear('game.move'), 'unavailable')
    clock.advance(2_000)
  }
  assert.equal(wire.waiting.length, 1)
  client.close()
})

test('[C12] a final refusal rejects at once, with the server’s error', async () => {
  const { client, wire } = setUpOpen()
  const asked = client.call('game.move', { ...move, version: 2 })
  wire.refuse(wire.hear('game.move'), 'stale', { version: 5 })
  await assert.rejects(asked, {
    name: 'stale',
    code: 4091,
    retry: 'refresh',
    message: 'scripted stale',
    detail: { version: 5 },
  })
})

test('[C13] a request is given up in time, and its error says whether it may have been executed', async () => {
  const { client, wire, clock } = setUpOpen({ giveUpMs: 3_000 })
  const move2 = client.call('game.move', { ...move, version: 2 })
  const get = client.call('game.get', { game: 'g' })
  wire.cut()
  const create = client.call('game.create', { game: 'h' })
  clock.advance(2_999)
  const late = client.call('ping')
  clock.advance(1)
  await assert.rejects(move2, { name: 'outcome-unknown' })
  await assert.rejects(get, { name: 'unavailable' })
  await assert.rejects(create, { name: 'unavailable' })
  clock.advance(2_999)
  await assert.rejects(late, { name: 'unavailable' })
})

test('[C13] the outcome stays unknown even if a repeat is refused', async () => {
  const { client, wire, clock } = setUpOpen({ giveUpMs: 30_000 })
  const [lost, unknown, refused] = [2, 3, 4].map((version) => client.call('game.move', { ...move, version }))
  wire.hear('game.move')
  wire.refuse(wire.hear('game.move'), 'outcome-unknown')
  wire.refuse(wire.hear('game.move'), 'unavailable')
  wire.cut()
  clock.advance(2_000)
  wire.welcome()
  for (const method of wire.waiting) wire.refuse(wire.hear(method), 'unavailable')
  wire.cut()
  clock.advance(28_000)
  await assert.rejects(lost ?? Promise.resolve(), { name: 'outcome-unknown' })
  await assert.rejects(unknown ?? Promise.resolve(), { name: 'outcome-unknown' })
  await assert.rejects(refused ?? Promise.resolve(), { name: 'unavailable' })
})

test('[C13] a late answer to a given-up request still updates the game', async () => {
  const { client, wire, clock } = setUpOpen({ giveUpMs: 3_000 })
  const watched = client.game('g')
  wire.answer(wire.hear('game.watch'), makeGame(2))
  const handle = await watched
  const asked = handle.move(0, 0)
  const request = wire.hear('game.move')
  clock.advance(3_000)
  await assert.rejects(asked, { name: 'outcome-unknown' })
  // The client that made a change gets no notification of it: only this answer carries the new view.
  wire.answer(request, makeGame(3, 'X........'))
  assert.equal(handle.view.version, 3)
})

test('[C13] any other answer to a given-up request is ignored', async () => {
  const { client, wire, clock } = setUpOpen({ giveUpMs: 3_000 })
  const asked = client.call('ping')
  const request = wire.hear('ping')
  clock.advance(3_000)
  await assert.rejects(asked, { name: 'unavailable' })
  wire.answer(request, { now: 1 })
  assert.equal(client.state.state, 'open')
})

test('[C14] closing rejects all unanswered and all later requests', async () => {
  const { client, wire } = setUpOpen()
  const command = client.call('game.move', { ...move, version: 2 })
  const read = client.call('ping')
  client.close()
  client.close()
  await assert.rejects(command, { name: 'outcome-unknown' })
  await assert.rejects(read, { name: 'unavailable' })
  await assert.rejects(client.call('ping'), { name: 'unavailable' })
  assert.equal(wire.isConnected, false)
})

test('[C15] the client chooses the id of a new game, so that a repeat is safe', async () => {
  const { client, wire, clock } = setUpOpen()
  const made = client.create({ rules: 'gomoku' })
  const first = wire.hear('game.create')
  assert.match(String(first.params['game']), /^[\w-]{22}$/)
  wire.cut()
  clock.advance(500)
  wire.welcome()
  const again = wire.hear('game.create')
  assert.deepEqual(again, first)
  wire.answer(again, makeGame(1))
  assert.equal((await made).view.version, 1)
})

test('the games of an account come page by page', async () => {
  const { client, wire } = setUpOpen()
  const summary = { ...makeGame(), status: 'over', at: 1 }
  const found = collect(client.games({ status: 'over' }))
  wire.answer(wire.hear('account.games'), { games: [{ ...summary, game: 'a' }], next: 'p2' })
  await new Promise(setImmediate)
  const second = wire.hear('account.games')
  assert.deepEqual(second.params, { status: 'over', cursor: 'p2' })
  wire.answer(second, { games: [{ ...summary, game: 'b' }] })
  assert.deepEqual(
    (await found).map(({ game }) => game),
    ['a', 'b'],
  )
})

test('[C9] the client keeps no more requests in flight than a server accepts', async () => {
  const { client, wire } = setUpOpen()
  const asked = Array.from({ length: 300 }, () => client.call('ping'))
  assert.equal(wire.waiting.length, 254)
  for (let answered = 0; answered < 300; answered++) wire.answer(wire.hear('ping'), { now: answered })
  assert.deepEqual((await Promise.all(asked)).map(({ now }) => now).slice(-2), [298, 299])
})

test('[C9] a duplicate answer does not make room for another request', () => {
  const { client, wire } = setUpOpen()
  for (let asked = 0; asked < 300; asked++) client.call('ping').catch(() => {})
  const first = wire.hear('ping')
  wire.answer(first, {})
  wire.answer(first, {})
  assert.equal(wire.waiting.length, 254)
})

test('[C9] the limits that a client assumes are the limits of the server', () => {
  assert.equal(inFlightMax, limits.requestsInFlight - 2)
  assert.equal(helloMs, limits.handshakeMs)
  assert.equal(noticeMs, limits.noticeMs)
})

test('[C34] a request whose signal aborts rejects with the signal’s reason and is not sent again', async () => {
  const { client, wire, clock } = setUp()
  const why = new Error('not wanted any more')
  const wish = new AbortController()
  const asked = client.call('game.move', { ...move, version: 2 }, { signal: wish.signal })
  const other = client.call('game.get', { game: 'g' })
  wish.abort(why)
  await assert.rejects(asked, why)
  wire.welcome()
  assert.deepEqual(wire.waiting, ['game.get'])
  wire.answer(wire.hear('game.get'), makeGame())
  await other

  const late = new AbortController()
  const sent = client.call('game.get', { game: 'g' }, { signal: late.signal })
  wire.cut()
  late.abort(why)
  await assert.rejects(sent, why)
  clock.advance(500)
  wire.welcome()
  assert.deepEqual(wire.waiting, [])
  await assert.rejects(client.create({}, { signal: late.signal }), why)
  assert.deepEqual(wire.waiting, [])
})

test('[C34] a wait for a state or for the account ends when its signal aborts', async () => {
  const { client, wire } = setUp()
  const soon = new AbortController()
  const ready = client.ready({ signal: soon.signal })
  soon.abort()
  await assert.rejects(ready, { name: 'AbortError' })
  wire.welcome()
  const opening = client.game('g')
  wire.answer(wire.hear('game.watch'), makeGame())
  const game = await opening
  const wish = new AbortController()
  const over = game.until(({ outcome }) => outcome !== null, { signal: wish.signal })
  wish.abort()
  await assert.rejects(over, { name: 'AbortError' })
  await assert.rejects(game.move(0, 0, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  const unanswered = { method: 'game.move', params: { game: game.id, x: 0, y: 0, version: 1 } } as const
  await assert.rejects(game.repeat(unanswered, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.equal(game.shown.board, '.........')
  assert.equal((await game.until(() => true, { signal: wish.signal })).version, 2)
})
