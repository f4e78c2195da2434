import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameHandle } from './index.ts'
import { makeGame, setUp } from './testing/stage.ts'

const account = { id: 'me', name: 'Me' }

test('[C24] a move on a kept view shows without a connection, and is made when there is one', async () => {
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

test('[C24] the server’s view replaces a kept one that is older', () => {
  const { client, wire } = setUp({ token: 'token-1', account })
  const handle = client.resume(makeGame())
  wire.welcome()
  wire.answer(wire.hear('game.watch'), makeGame(4, 'X...O....'))
  assert.equal(handle.view.version, 4)
})

test('[C24] a kept game that is gone ends its handle with the reason', () => {
  const { client, wire } = setUp({ token: 'token-1', account })
  wire.welcome()
  const handle = client.resume(makeGame())
  wire.refuse(wire.hear('game.watch'), 'no-such-game')
  return Promise.resolve().then(() => assert.equal(handle.ended?.name, 'no-such-game'))
})

test('[C24] the account counts as met only when the server has said so', async () => {
  const { client, wire } = setUp({ token: 'token-1', account: { id: 'me', name: 'Old' } })
  const ready = client.ready()
  wire.welcome()
  wire.answer(wire.hear('ping'), { now: 0 })
  assert.equal((await ready).name, 'Me')
})

test('[C25] commands without an answer are told, and repeated by another client they are the same commands', async () => {
  const kept: Pick<GameHandle, 'view' | 'unanswered'>[] = []
  const onUnanswered = ({ view, unanswered }: GameHandle): void => void kept.push({ view, unanswered })
  const first = setUp({ token: 'token-1', account, onUnanswered })
  first.client
    .resume(makeGame())
    .move(1, 1)
    .catch(() => {})
  first.client.close()
  await new Promise(setImmediate)
  assert.equal(kept.length, 1, 'closing is no answer')
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

test('[C25] of several repeated commands each waits for the one before it', async () => {
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
