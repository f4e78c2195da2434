/** A handle is closed while the same game, or the lobby, is being opened again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameHandle } from './index.ts'
import { makeGame, setUpOpen, type ClientStand } from './testing/client-stand.ts'

interface Opened extends ClientStand {
  readonly game: GameHandle
}

async function open(): Promise<Opened> {
  const stage = setUpOpen()
  const opening = stage.client.game('g')
  stage.wire.answer(stage.wire.hear('game.watch'), makeGame())
  return { ...stage, game: await opening }
}

/** Asserts that the client watches the game again and its handle gets the new view. */
async function assertHears({ wire }: ClientStand, opening: Promise<GameHandle>): Promise<void> {
  wire.answer(wire.hear('game.watch'), makeGame(3, 'X........'))
  const game = await opening
  assert.equal(game.view.version, 3)
  assert.deepEqual(wire.waiting, [])
}

test('[C30] a game that is closed while it is opened again is watched again, whichever answer comes first', async () => {
  for (const isUnwatchFirst of [false, true]) {
    const stage = await open()
    const { client, wire, game } = stage
    const again = client.game('g')
    game.close()
    const [watch, unwatch] = [wire.hear('game.watch'), wire.hear('game.unwatch')]
    if (isUnwatchFirst) wire.answer(unwatch, {})
    wire.answer(watch, makeGame())
    if (!isUnwatchFirst) wire.answer(unwatch, {})
    await assertHears(stage, again)
  }
})

test('[C30] a game joined while its old handle is closed is watched again', async () => {
  const stage = await open()
  const { client, wire, game } = stage
  const playing = client.play()
  game.close()
  const [play, unwatch] = [wire.hear('lobby.play'), wire.hear('game.unwatch')]
  wire.answer(unwatch, {})
  wire.answer(play, makeGame())
  await assertHears(stage, playing)
})

test('[C30] a delayed unwatch does not end a later watch of the same game', async () => {
  const stage = await open()
  const { client, wire, clock, game } = stage
  game.close()
  wire.refuse(wire.hear('game.unwatch'), 'rate-limited', { retryAfterMs: 10 })
  const again = client.game('g')
  wire.answer(wire.hear('game.watch'), makeGame())
  await again
  clock.advance(3_000)
  wire.answer(wire.hear('game.unwatch'), {})
  await assertHears(stage, again)
})

test('[C30] a game that is not opened again is not watched again', async () => {
  const { client, wire, game } = await open()
  const other = client.game('h')
  game.close()
  wire.answer(wire.hear('game.watch'), makeGame(2, '.........', { game: 'h' }))
  wire.answer(wire.hear('game.unwatch'), {})
  await other
  assert.deepEqual(wire.waiting, [])
})

test('[C30] a lobby closed while it is opened again is watched again, with the newest parameters', async () => {
  const { client, wire } = setUpOpen()
  const entering = client.lobby()
  wire.answer(wire.hear('lobby.watch'), { games: [] })
  const first = await entering
  const again = client.lobby({ rules: 'gomoku' })
  first.close()
  wire.answer(wire.hear('lobby.watch'), { games: [] })
  const second = await again
  wire.answer(wire.hear('lobby.unwatch'), {})
  assert.deepEqual(wire.hear('lobby.watch').params, { rules: 'gomoku' })
  assert.notEqual(second, first)
  // Closing the old handle again does not affect the new one.
  first.close()
  assert.deepEqual(wire.waiting, [])
})

test('[C14] errors of handles and clients that the host closed say: do not retry', async () => {
  const { client, game } = await open()
  const waiting = game.until(({ outcome }) => outcome !== null)
  game.close()
  await assert.rejects(waiting, { name: 'unavailable', retry: 'never', message: 'the game was closed' })
  client.close()
  await assert.rejects(client.call('ping'), { name: 'unavailable', retry: 'never', message: 'the client was closed' })
})
