import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameSummary } from '../../client/index.ts'
import { presets } from '../../game/index.ts'
import { groupBy, type Played, playedOf, type GameResult, streaksOf, tallyOf } from './figures.ts'

const ada = { id: 'a', name: 'Ada' }
const grace = { id: 'g', name: 'Grace' }
const over: GameSummary = {
  game: 'game-1',
  rules: presets.tictactoe,
  status: 'over',
  players: { X: ada, O: grace },
  outcome: { winner: 'X', by: 'resignation' },
  at: 1,
}

const play = (result: GameResult, opponent = grace): Played => ({ summary: over, opponent, result })

test('[B55] a game is won, drawn or lost for its player', () => {
  assert.deepEqual(playedOf(over, 'a'), play('won', grace))
  assert.deepEqual(playedOf(over, 'g'), play('lost', ada))
  assert.equal(playedOf({ ...over, outcome: { winner: null, by: 'full' } }, 'a')?.result, 'drawn')
})

test('[B55] games that were withdrawn, of others, and against oneself are not counted', () => {
  assert.equal(playedOf({ ...over, outcome: { winner: null, by: 'withdrawal' } }, 'a'), null)
  assert.equal(playedOf(over, 'b'), null)
  assert.equal(playedOf({ ...over, players: { X: ada, O: ada } }, 'a'), null)
  assert.equal(playedOf({ ...over, players: { X: ada, O: null } }, 'a'), null)
})

test('[B55] a draw and a defeat end a streak', () => {
  assert.deepEqual(streaksOf([]), { current: 0, best: 0 })
  assert.deepEqual(streaksOf([play('won'), play('won')]), { current: 2, best: 2 })
  const games = (['won', 'drawn', 'won', 'won', 'won', 'lost', 'won'] as const).map((result) => play(result))
  assert.deepEqual(streaksOf(games), { current: 1, best: 3 })
  assert.equal(streaksOf(games.slice(1)).current, 0)
})

test('[B55] results are counted by group, the largest group first', () => {
  const games = [play('won', ada), play('lost', grace), play('drawn', grace)]
  const groups = groupBy(games, (game) => game.opponent.id)
  assert.deepEqual(groups.map(tallyOf), [
    { won: 0, drawn: 1, lost: 1 },
    { won: 1, drawn: 0, lost: 0 },
  ])
})
