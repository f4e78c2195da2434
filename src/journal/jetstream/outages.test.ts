import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settleMs } from './limits.ts'
import { Outages } from './outages.ts'

test('[S50] an outage lasts from the last answered request until some time after the next answer', () => {
  const outages = new Outages(0)
  outages.answered(10_000, 10_005)
  outages.unanswered()
  assert.equal(outages.overlapMs(0, 13_000), 0)
  outages.unanswered()
  assert.equal(outages.overlapMs(0, 13_000), 3_000)
  assert.equal(outages.overlapMs(12_000, 13_000), 1_000)
  outages.answered(16_000, 16_020)
  const end = 16_020 + settleMs
  assert.equal(outages.overlapMs(0, 100_000), end - 10_000)
  assert.equal(outages.overlapMs(15_000, 100_000), end - 15_000)
  assert.equal(outages.overlapMs(end, 100_000), 0)
})

test('[S50] one lost answer is not an outage, and the overlap of two outages is counted once', () => {
  const outages = new Outages(0)
  outages.unanswered()
  outages.answered(1_000, 1_001)
  outages.unanswered()
  outages.answered(2_000, 2_001)
  assert.equal(outages.overlapMs(0, 10_000), 0)
  outages.unanswered()
  outages.unanswered()
  outages.answered(5_000, 5_000)
  outages.unanswered()
  outages.unanswered()
  outages.answered(8_000, 8_000)
  assert.equal(outages.overlapMs(0, 100_000), 8_000 + settleMs - 2_000)
})
