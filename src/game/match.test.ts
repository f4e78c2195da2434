import assert from 'node:assert/strict'
import test from 'node:test'
import { continueMatch, isMatchOver, type Match, type MatchLength, scoreMatch, startMatch } from './index.ts'
import { after, invite, openCommand, verdict } from './testing/play.ts'

const match = (length: MatchLength, X: number, O: number, drawn: number): Match => ({ length, X, O, drawn })

const rows: readonly (readonly [title: string, given: Match, then: 'continues' | 'over'])[] = [
  ['has just begun', startMatch(3), 'continues'],
  ['one player leads', match(3, 1, 0, 0), 'continues'],
  ['nobody can catch up', match(3, 0, 2, 0), 'over'],
  ['level with one game left', match(3, 1, 1, 0), 'continues'],
  ['the leader can still be caught', match(3, 1, 0, 1), 'continues'],
  ['a lead with no game left', match(3, 1, 0, 2), 'over'],
  ['level with no game left: drawn', match(3, 1, 1, 1), 'over'],
  ['all drawn', match(3, 0, 0, 3), 'over'],
  ['three of five', match(5, 3, 1, 0), 'over'],
  ['two of five with two left', match(5, 2, 1, 0), 'continues'],
  ['two of five with one left', match(5, 0, 2, 2), 'over'],
  ['four of seven', match(7, 1, 4, 0), 'over'],
]

for (const [title, given, then] of rows) {
  test(`[G36] a match: ${title}`, () => {
    assert.equal(isMatchOver(given) ? 'over' : 'continues', then)
  })
}

test('[G36] a game counts for its winner, a drawn one apart, and one that was withdrawn not at all', () => {
  const before = match(5, 1, 0, 1)
  assert.deepEqual(scoreMatch(before, { winner: 'O', by: 'resignation' }), match(5, 1, 1, 1))
  assert.deepEqual(scoreMatch(before, { winner: null, by: 'full' }), match(5, 1, 0, 2))
  assert.deepEqual(scoreMatch(before, { winner: null, by: 'withdrawal' }), before)
  assert.deepEqual(scoreMatch(before, null), before)
})

test('[G36] the next game of a match has the score of the players, who have changed seats; after the end all is zero', () => {
  assert.deepEqual(continueMatch(match(5, 2, 0, 1)), match(5, 0, 2, 1))
  assert.deepEqual(continueMatch(match(3, 2, 0, 0)), match(3, 0, 0, 0))
})

test('[G36] a game keeps the match of its creation, and an open board has none', () => {
  assert.deepEqual(after(invite({ match: startMatch(7) })).match, match(7, 0, 0, 0))
  assert.equal(after(invite()).match, null)
  assert.equal(verdict(null, { ...openCommand(), match: startMatch(3) }), 'bad-rules')
})

test('[G14] [G36] a creation with another match is no repeat', () => {
  const game = after(invite({ match: startMatch(3) }))
  assert.equal(verdict(game, invite({ match: startMatch(3) })), 'done')
  assert.equal(verdict(game, invite({ match: startMatch(5) })), 'id-taken')
  assert.equal(verdict(game, invite()), 'id-taken')
})
