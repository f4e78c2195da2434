import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameView } from './index.ts'
import { makeGame, setUp, setUpOpen, type ClientStand } from './testing/client-stand.ts'

/** A client that watches one game of the history "one", and the ids passed to its `onReplaced` listener. */
async function watch(): Promise<ClientStand & { readonly replaced: string[] }> {
  const stage = setUp()
  const replaced: string[] = []
  stage.client.onReplaced((journal) => replaced.push(journal))
  stage.wire.welcome({ journal: 'one' })
  const opening = stage.client.game('g')
  stage.wire.answer(stage.wire.hear('game.watch'), makeGame(9, 'XOX......'))
  await opening
  return { ...stage, replaced }
}

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

test('[C27] in another history a client accepts the server’s view, whatever its version, and notifies its host', async () => {
  const { client, wire, clock, replaced } = await watch()
  const handle = client.resume(makeGame())
  const heard: GameView[] = []
  void (async () => {
    for await (const view of handle) heard.push(view)
  })()
  await settle()
  wire.cut()
  clock.advance(500)
  wire.welcome({ journal: 'two' })
  assert.deepEqual([replaced, client.journal], [['two'], 'two'])
  wire.answer(wire.hear('game.watch'), makeGame(3, '....X....'))
  await settle()
  assert.equal(handle.view.version, 3)
  // Later views are compared by version again.
  wire.say('game.changed', makeGame(2))
  assert.equal(handle.view.version, 3)
  wire.say('game.changed', makeGame(4, 'O...X....'))
  await settle()
  assert.deepEqual(
    heard.map(({ version }) => version),
    [9, 3, 4],
  )
})

test('[C27] the same history on the next connection replaces nothing', async () => {
  const { client, wire, clock, replaced } = await watch()
  const handle = client.resume(makeGame())
  for (const hello of [{ journal: 'one' }, {}, { journal: 'one' }]) {
    wire.cut()
    clock.advance(4_000)
    wire.welcome(hello)
    // This node lags: its view is older.
    wire.answer(wire.hear('game.watch'), makeGame(3, '....X....'))
    assert.equal(handle.view.version, 9)
  }
  assert.deepEqual(replaced, [])
})

test('[C27] a game that does not exist in the other history ends its handle', async () => {
  const { client, wire, clock } = await watch()
  const handle = client.resume(makeGame())
  wire.cut()
  clock.advance(500)
  wire.welcome({ journal: 'two' })
  wire.refuse(wire.hear('game.watch'), 'no-such-game')
  await settle()
  assert.equal(handle.ended?.name, 'no-such-game')
})

test('[C27] an older view from a server outside a cluster means an older journal: every game is replaced', async () => {
  const older = [makeGame(3, '....X....'), makeGame(9, 'OXO......')]
  for (const view of older) {
    const { client, wire, clock, replaced } = await watch()
    const handle = client.resume(makeGame())
    const moved = handle.move(1, 1).catch(({ name }: Error) => name)
    wire.hear('game.move')
    wire.cut()
    clock.advance(500)
    wire.welcome({ journal: 'one', alone: true })
    wire.hear('game.move')
    wire.answer(wire.hear('game.watch'), view)
    assert.equal(await moved, 'stale')
    assert.deepEqual([handle.view, replaced], [view, ['one']])
    // The host is notified once.
    wire.cut()
    clock.advance(1_000)
    wire.welcome({ journal: 'one', alone: true })
    wire.answer(wire.hear('game.watch'), view)
    assert.deepEqual(replaced, ['one'])
  }
})

test('[C27] a notification that overtakes the answer does not count as another history', async () => {
  const { client, wire, clock, replaced } = await watch()
  const handle = client.resume(makeGame())
  wire.cut()
  clock.advance(500)
  wire.welcome({ journal: 'one', alone: true })
  const asked = wire.hear('game.watch')
  wire.say('game.changed', makeGame(10, 'XOXX.....'))
  wire.answer(asked, makeGame(9, 'XOX......'))
  assert.deepEqual([handle.view.version, replaced], [10, []])
})

test('[C28] commands decided on another history reject with stale and are not sent; other requests are sent', async () => {
  const { client, wire, clock } = await watch()
  const handle = client.resume(makeGame())
  const moves = [handle.move(1, 1), handle.move(2, 2), client.call('game.resign', { game: 'h', version: 4 })]
  const made = client.create({ game: 'new' })
  const read = client.call('game.get', { game: 'h' })
  const outcomes = Promise.allSettled(moves)
  wire.cut()
  clock.advance(500)
  wire.welcome({ journal: 'two' })
  assert.deepEqual(wire.waiting, ['game.create', 'game.get', 'game.watch'])
  wire.answer(wire.hear('game.create'), makeGame(1, '.........', { game: 'new' }))
  wire.answer(wire.hear('game.get'), makeGame(1, '.........', { game: 'h' }))
  wire.answer(wire.hear('game.watch'), makeGame(3, '....X....'))
  assert.deepEqual([(await made).id, (await read).game], ['new', 'h'])
  for (const outcome of await outcomes) {
    assert.equal(outcome.status, 'rejected')
    assert.deepEqual([outcome.reason.name, outcome.reason.retry], ['stale', 'refresh'])
  }
  assert.deepEqual([handle.pending, handle.shown.board], [false, '....X....'])
  // A new move is decided at the new view.
  handle.move(0, 0).catch(() => {})
  assert.equal(wire.hear('game.move').params['version'], 3)
})

test('[C28] stored views of another history are detected at the first hello', async () => {
  const replaced: string[] = []
  const account = { id: 'me', name: 'Me' }
  const { client, wire } = setUp({ token: 'token-1', account, journal: 'one' })
  client.onReplaced((journal) => replaced.push(journal))
  assert.equal(client.journal, 'one')
  const handle = client.resume(makeGame(9, 'XOX......'))
  const repeated = handle.repeat({ method: 'game.move', params: { game: 'g', version: 9 } })
  const outcome = repeated.catch(({ name }: Error) => name)
  wire.welcome({ journal: 'two' })
  assert.deepEqual([wire.waiting, replaced], [['game.watch'], ['two']])
  wire.answer(wire.hear('game.watch'), makeGame(2))
  assert.deepEqual([await outcome, handle.view.version], ['stale', 2])
})

test('[C27] the first history id that a client gets does not count as another history', () => {
  const { client, wire, clock } = setUpOpen()
  client.onReplaced(() => assert.fail('nothing was replaced'))
  wire.cut()
  clock.advance(500)
  wire.welcome({ journal: 'one' })
  assert.equal(client.journal, 'one')
})
