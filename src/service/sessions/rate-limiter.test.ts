import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { limits } from '../../protocol/index.ts'
import { RateLimiter } from './rate-limiter.ts'

function takeMany(bucket: RateLimiter, count: number, now: number): number {
  return Array.from({ length: count }, () => bucket.take(now)).filter((wait) => wait === 0).length
}

test('[S17] a burst is served at once, then the sustained rate applies', () => {
  const bucket = new RateLimiter(100, 200)
  assert.equal(takeMany(bucket, 1_000, 5), 200)
  assert.equal(takeMany(bucket, 1_000, 1_005), 100)
  assert.equal(takeMany(bucket, 1_000, 1_015), 1)
  assert.equal(takeMany(bucket, 1_000, 9_999_999), 200, 'a long pause saves no more than a burst')
})

test('[S17] a refusal says when to try again, and the request is served then', () => {
  const bucket = new RateLimiter(4, 1)
  assert.equal(bucket.take(0), 0)
  assert.equal(bucket.take(10), 240)
  assert.equal(bucket.take(250), 0)
})

test('[S43] concurrent refusals get different times, and all callers that obey are served', () => {
  const bucket = new RateLimiter(100, 200)
  const refusedAt = Array.from({ length: 500 }, () => bucket.take(0)).filter((waitMs) => waitMs > 0)
  assert.equal(refusedAt.length, 300)
  assert.deepEqual(
    refusedAt.filter((waitMs) => bucket.take(waitMs) > 0),
    [],
  )
})

test('[S43] however many are refused, no delay exceeds retryAfterMsMax', () => {
  const bucket = new RateLimiter(100, 1)
  const waits = Array.from({ length: 5_000 }, () => bucket.take(0))
  assert.equal(Math.max(...waits), limits.retryAfterMsMax)
  assert.equal(bucket.take(limits.retryAfterMsMax), 0)
})

test('[S43] an expensive request takes as many units as it costs, and one above the burst takes all', () => {
  const bucket = new RateLimiter(100, 20)
  assert.deepEqual([bucket.take(0, 10), bucket.take(0, 10)], [0, 0])
  assert.equal(bucket.take(0, 10), 100)
  assert.equal(bucket.take(200, 500), 0)
  assert.equal(bucket.take(200, 1), 5_000 - 190)
})

test('[S17] no interval serves more than its length and one burst allow, and waiting always helps', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 50 }),
      steps,
      (perSecond, burst, pauses) => {
        const bucket = new RateLimiter(perSecond, burst)
        const served: number[] = []
        let now = 0
        for (const pause of pauses) {
          now += pause
          const wait = bucket.take(now)
          if (wait > 0) {
            now += wait
            assert.equal(bucket.take(now), 0, 'the wait was too short')
          }
          served.push(now)
        }
        for (const [first, from] of served.entries())
          for (const [index, to] of served.entries()) {
            if (index < first) continue
            assert.ok(index - first + 1 <= burst + ((to - from) * perSecond) / 1000 + 1e-3)
          }
      },
    ),
    { seed: 1952, numRuns: 200 },
  )
})
