/** Handles that are closed while the same game, or the lobby, is opened again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameHandle } from './index.ts'
import { makeGame, setUpOpen, type Stage } from './testing/stage.ts'

interface Opened extends Stage {
  readonly game: GameHandle
}

async function open(): Promise<Opened> {
  const stage = setUpOpen()
  const opening = stage.client.game('g')
  stage.wire.answer(stage.wire.hear('game.watch'), makeGame())
  return { ...stage, game: await opening }
}

/** Whoever had a handle hears of it as before. */
async function assertHears({ wire }: Stage, opening: Promise<GameHandle>): Promise<void> {
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

test('[C30] a seat in a game whose handle is closed meanwhile is heard of', async () => {
  const stage = await open()
  const { client, wire, game } = stage
  const playing = client.play()
  game.close()
  const [play, unwatch] = [wire.hear('lobby.play'), wire.hear('game.unwatch')]
  wire.answer(unwatch, {})
  wire.answer(play, makeGame())
  await assertHears(stage, playing)
})

test('[C30] what is to be forgotten, and waits for its turn, does not overtake who looks again', async () => {
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

test('[C30] a game that nobody opens again is not asked for again', async () => {
  const { client, wire, game } = await open()
  const other = client.game('h')
  game.close()
  wire.answer(wire.hear('game.watch'), makeGame(2, '.........', { game: 'h' }))
  wire.answer(wire.hear('game.unwatch'), {})
  await other
  assert.deepEqual(wire.waiting, [])
})

test('[C30] the lobby that is left while it is entered again is watched again, with the newest wish', async () => {
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
  // Whoever left it before has nothing to do with this one.
  first.close()
  assert.deepEqual(wire.waiting, [])
})

test('[C14] what the host has closed itself is not worth asking again', async () => {
  const { client, game } = await open()
  const waiting = game.until(({ outcome }) => outcome !== null)
  game.close()
  await assert.rejects(waiting, { name: 'unavailable', retry: 'never', message: 'the game was closed' })
  client.close()
  await assert.rejects(client.call('ping'), { name: 'unavailable', retry: 'never', message: 'the client was closed' })
})
