import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClock } from './game-flags.ts'
import { Stop } from '../server/stop.ts'

test('a clock is minutes and an increment, or a time for each move', () => {
  assert.deepEqual(parseClock('5+3'), { initialMs: 300_000, incrementMs: 3_000 })
  assert.deepEqual(parseClock('0.5+0'), { initialMs: 30_000, incrementMs: 0 })
  assert.deepEqual(parseClock('30s'), { perMoveMs: 30_000 })
})

test('anything else is refused, also an invalid clock', () => {
  for (const text of ['', '5', '5+', '+3', '0+3', '0s', '-1+0', '99999+0', 'fast'])
    assert.throws(() => parseClock(text), Stop, text)
})
