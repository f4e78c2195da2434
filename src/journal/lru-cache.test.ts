import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LruCache } from './lru-cache.ts'

const max = 10

test('at least the last max / 2 values are kept', () => {
  const cache = new LruCache<number, string>(max)
  for (let key = 0; key < 1_000; key++) {
    cache.set(key, `value ${key}`)
    for (let last = Math.max(0, key - max / 2 + 1); last <= key; last++) assert.equal(cache.get(last), `value ${last}`)
  }
})

test('a value that is read again and again is kept, and a deleted one is not', () => {
  const cache = new LruCache<number, string>(max)
  cache.set(-1, 'kept')
  for (let key = 0; key < 1_000; key++) {
    cache.set(key, 'another')
    assert.equal(cache.get(-1), 'kept')
  }
  cache.delete(-1)
  assert.equal(cache.get(-1), undefined)
})

test('there are never more than max values', () => {
  const cache = new LruCache<number, string>(max)
  for (let key = 0; key < 1_000; key++) {
    cache.set(key, 'value')
    let kept = 0
    // Counts from the newest key down, so that a hit does not evict a value that was not counted yet.
    for (let each = key; each >= 0 && each > key - 3 * max; each--) if (cache.get(each) !== undefined) kept++
    assert.ok(kept <= max, `${kept} values are kept`)
  }
})
