import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addSolved, addWrong, isDaySolved, progressOn, streakOf } from './progress.ts'

test('[B51] a streak grows by each day that is solved, and ends with a day that is not', () => {
  const first = addSolved(progressOn(10, null))
  assert.equal(streakOf(first), 1)
  const morning = progressOn(11, first)
  assert.ok(!isDaySolved(morning))
  assert.equal(streakOf(morning), 1)
  const second = addSolved(morning)
  assert.equal(streakOf(second), 2)
  assert.deepEqual(addSolved(second), second)
  assert.equal(streakOf(progressOn(13, second)), 0)
  assert.equal(streakOf(addSolved(progressOn(13, second))), 1)
})

test('[B51] wrong tries count for their day, and only before its solution', () => {
  const tried = addWrong(addWrong(progressOn(10, null)))
  assert.equal(progressOn(10, tried).wrong, 2)
  assert.equal(progressOn(11, tried).wrong, 0)
  const solved = addSolved(tried)
  assert.equal(addWrong(solved).wrong, 2)
})

test('[B51] the solution of an earlier day, after a change of the clock, leaves the streak as it is', () => {
  const solved = addSolved(progressOn(10, null))
  assert.equal(addSolved(progressOn(9, solved)).solved, 10)
})

test('[B51] what cannot be read counts as nothing', () => {
  for (const stored of [null, 7, 'x', [], { day: 10, wrong: -1, solved: 'x', streak: 1.5 }])
    assert.deepEqual(progressOn(10, stored), { day: 10, wrong: 0, solved: null, streak: 0 })
})
