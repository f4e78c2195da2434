/** Ids that are names of JavaScript's own properties are ordinary ids. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Play, settle } from './testing/play.ts'

const ids = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'null', '0']

for (const game of new Set(ids))
  test(`[S1] a game called ${game} is a game like any other, and changes no other`, async () => {
    const play = await Play.open()
    const [ann, ben, eve] = [play.sit(), play.sit(), play.sit()]
    assert.equal(await eve.refused('game.get', { game }), 'no-such-game')
    await eve.ask('lobby.watch', {})
    const made = await ann.ask('game.create', { game, public: true })
    assert.deepEqual([made.game, made.version], [game, 1])
    await play.pass(1_000)
    assert.deepEqual(
      (await eve.ask('lobby.list', {})).games.map((row) => row.game),
      [game],
    )
    await eve.ask('game.watch', { game })
    await ben.ask('game.join', { game })
    const [mover, other] = made.players.X === null ? [ben, ann] : [ann, ben]
    await mover.ask('game.move', { game, x: 0, y: 0 })
    await other.ask('game.resign', { game })
    await settle()
    assert.equal(eve.news('game.changed').at(-1)?.['game'], game)
    const { entries } = await eve.ask('game.record', { game })
    assert.deepEqual(
      entries.map(({ version }) => version),
      [1, 2, 3, 4],
    )
    assert.deepEqual(
      (await ann.ask('account.games', {})).games.map((row) => row.game),
      [game],
    )
    assert.equal((await eve.ask('game.get', { game: 'main' })).version, 1)
    assert.equal(await eve.refused('game.get', { game: `${game}-2` }), 'no-such-game')
    assert.equal(({} as Record<string, unknown>)['version'], undefined)
  })
