import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setUp, makeGame } from './testing/stage.ts'

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
