import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameHandle } from './index.ts'
import { makeGame, setUp } from './testing/client-stand.ts'

const account = { id: 'me', name: 'Me' }

test('[C24] a move on a stored view shows without a connection, and is sent when there is one', async () => {
  const { client, wire } = setUp({ token: 'token-1', account })
  const handle = client.resume(makeGame())
  const moved = handle.move(1, 1)
  assert.equal(handle.shown.board, '....X....')

  wire.welcome()
  const move = wire.hear('game.move')
  wire.answer(wire.hear('game.watch'), makeGame())
  assert.deepEqual(move.params, { game: 'g', version: 2, x: 1, y: 1 })
  wire.answer(move, makeGame(3, '....X....'))
  assert.equal((await moved).version, 3)
})

test('[C24] the server’s view replaces an older stored view', () => {
  const { client, wire } = setUp({ token: 'token-1', account })
  const handle = client.resume(makeGame())
  wire.welcome()
  wire.answer(wire.hear('game.watch'), makeGame(4, 'X...O....'))
  assert.equal(handle.view.version, 4)
})

test('[C24] a stored game that no longer exists ends its handle with the reason', () => {
  const { client, wire } = setUp({ token: 'token-1', account })
  wire.welcome()
  const handle = client.resume(makeGame())
  wire.refuse(wire.hear('game.watch'), 'no-such-game')
  return Promise.resolve().then(() => assert.equal(handle.ended?.name, 'no-such-game'))
})

test('[C24] ready resolves only when the server has confirmed the account', async () => {
  const { client, wire } = setUp({ token: 'token-1', account: { id: 'me', name: 'Old' } })
  const ready = client.ready()
  wire.welcome()
  wire.answer(wire.hear('ping'), { now: 0 })
  assert.equal((await ready).name, 'Me')
})

test('[C25] unanswered commands are given to the host, and another client repeats them unchanged', async () => {
  const kept: Pick<GameHandle, 'view' | 'unanswered'>[] = []
  const onUnanswered = ({ view, unanswered }: GameHandle): void => void kept.push({ view, unanswered })
  const first = setUp({ token: 'token-1', account, onUnanswered })
  first.client
    .resume(makeGame())
    .move(1, 1)
    .catch(() => {})
  first.client.close()
  await new Promise(setImmediate)
  assert.equal(kept.length, 1, 'closing does not change what is unanswered')
  const { view, unanswered } = structuredClone(kept.pop()) ?? assert.fail()

  const second = setUp({ token: 'token-1', account, onUnanswered })
  const handle = second.client.resume(view)
  const [moved] = unanswered.map((command) => handle.repeat(command))
  assert.deepEqual([handle.shown.board, handle.unanswered], ['....X....', unanswered])
  second.wire.welcome()
  const move = second.wire.hear('game.move')
  assert.deepEqual(move.params, { game: 'g', version: 2, x: 1, y: 1 })
  second.wire.answer(second.wire.hear('game.watch'), makeGame(4, 'O...X....'))
  second.wire.answer(move, makeGame(4, 'O...X....'))
  assert.equal((await moved)?.board, 'O...X....')
  assert.deepEqual(
    kept.map(({ unanswered: each }) => each.length),
    [1, 0],
  )
})

test('[C25] each of several repeated commands waits for the previous one', async () => {
  const { client, wire } = setUp({ token: 'token-1', account })
  const handle = client.resume(makeGame(2, '.........', { seats: 'open', players: { X: null, O: null } }))
  const commands = [0, 1].map((x) => ({ method: 'game.move' as const, params: { game: 'g', version: 2 + x, x, y: 0 } }))
  const [first, second] = commands.map((command) => handle.repeat(command))
  assert.equal(handle.shown.board, 'XO.......')
  wire.welcome()
  wire.refuse(wire.hear('game.move'), 'stale')
  await assert.rejects(first ?? assert.fail(), { name: 'stale' })
  await assert.rejects(second ?? assert.fail(), { name: 'stale', message: /before this one/ })
  assert.deepEqual(handle.unanswered, [])
})
