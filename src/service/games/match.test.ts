/** Matches: the score through rematches, after a restart, and with a bot. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryJournal } from '../../journal/index.ts'
import { type Person, Play, settle } from '../testing/play.ts'

/** The player resigns, and both agree on a rematch. Resolves with its id. */
async function loseAndContinue(loser: Person, winner: Person, game: string): Promise<string> {
  await loser.ask('game.resign', { game })
  await loser.ask('game.offer', { game, what: 'rematch' })
  const { next } = await winner.ask('game.answer', { game, what: 'rematch' })
  assert(next !== undefined)
  return next
}

test('[S61] each rematch continues the match, for spectators and after a restart, and after its end a new one begins', async () => {
  const journal = new MemoryJournal()
  const play = await Play.open({ journal })
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  const { game: first, match } = await ann.ask('game.create', { match: 3 })
  assert.deepEqual(match, { length: 3, game: 1, X: 0, O: 0, drawn: 0, over: false })
  await bob.ask('game.join', { game: first })

  const second = await loseAndContinue(bob, ann, first)
  assert.partialDeepStrictEqual((await eve.ask('game.get', { game: first })).match, {
    game: 1,
    X: 1,
    O: 0,
    over: false,
  })
  const view = await eve.ask('game.watch', { game: second })
  assert.deepEqual(view.match, { length: 3, game: 2, X: 0, O: 1, drawn: 0, over: false })
  assert.equal(view.players.O?.id, (await ann.ask('hello', {})).account.id)

  const third = await loseAndContinue(bob, ann, second)
  assert.partialDeepStrictEqual((await eve.ask('game.get', { game: second })).match, {
    game: 2,
    X: 0,
    O: 2,
    over: true,
  })
  const restarted = (await Play.open({ journal, seed: 2 })).sit()
  assert.partialDeepStrictEqual((await restarted.ask('game.get', { game: second })).match, { X: 0, O: 2, over: true })
  assert.deepEqual((await restarted.ask('game.get', { game: third })).match, match)
})

test('[S61] a drawn game counts for nobody, and a match that nobody wins is drawn', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  let { game } = await ann.ask('game.create', { match: 3 })
  await bob.ask('game.join', { game })
  for (let number = 1; number <= 3; number++) {
    await ann.ask('game.offer', { game, what: 'draw' })
    const { match } = await bob.ask('game.answer', { game, what: 'draw' })
    assert.deepEqual(match, { length: 3, game: number, X: 0, O: 0, drawn: number, over: number === 3 })
    await ann.ask('game.offer', { game, what: 'rematch' })
    ;({ next: game = '' } = await bob.ask('game.answer', { game, what: 'rematch' }))
  }
  assert.partialDeepStrictEqual((await bob.ask('game.get', { game })).match, { game: 1, drawn: 0, over: false })
})

test('[S61] a bot plays a match, and lists show it', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'random' }, match: 5 })
  await ann.ask('game.resign', { game })
  await ann.ask('game.offer', { game, what: 'rematch' })
  await settle()
  const { next = '' } = await ann.ask('game.get', { game })
  assert.partialDeepStrictEqual((await ann.ask('game.get', { game: next })).match, { length: 5, game: 2, X: 1, O: 0 })
  const { games } = await ann.ask('account.games', {})
  const shown = games.map((row) => row.match && [row.match.game, row.match.X, row.match.O])
  assert.deepEqual(shown, [
    [2, 1, 0],
    [1, 0, 1],
  ])
})

test('[S9] [S61] a wish for a match finds a match of the same length only, and a key belongs to it', async () => {
  const play = await Play.open()
  const [ann, bob, cat, dan] = [play.sit(), play.sit(), play.sit(), play.sit()]
  const { game, match } = await ann.ask('lobby.play', { key: 'hers', match: 5 })
  assert.partialDeepStrictEqual(match, { length: 5, game: 1 })
  assert.partialDeepStrictEqual((await bob.ask('lobby.list', {})).games[0]?.match, { length: 5 })
  assert.notEqual((await bob.ask('lobby.play', {})).game, game)
  assert.notEqual((await cat.ask('lobby.play', { match: 3 })).game, game)
  assert.equal((await dan.ask('lobby.play', { match: 5 })).game, game)
  assert.equal(await ann.refused('lobby.play', { key: 'hers', match: 3 }), 'id-taken')
  assert.equal((await ann.ask('lobby.play', { key: 'hers', match: 5 })).game, game)
})
