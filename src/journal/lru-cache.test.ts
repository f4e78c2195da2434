import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LruCache } from './lru-cache.ts'

const max = 10

test('what was used last is there, at least half of the most', () => {
  const recent = new LruCache<number, string>(max)
  for (let key = 0; key < 1_000; key++) {
    recent.set(key, `value ${key}`)
    for (let last = Math.max(0, key - max / 2 + 1); last <= key; last++) assert.equal(recent.get(last), `value ${last}`)
  }
})

test('what is asked for again and again stays, and what is deleted does not', () => {
  const recent = new LruCache<number, string>(max)
  recent.set(-1, 'kept')
  for (let key = 0; key < 1_000; key++) {
    recent.set(key, 'another')
    assert.equal(recent.get(-1), 'kept')
  }
  recent.delete(-1)
  assert.equal(recent.get(-1), undefined)
})

test('there are never more than the most', () => {
  const recent = new LruCache<number, string>(max)
  for (let key = 0; key < 1_000; key++) {
    recent.set(key, 'value')
    let there = 0
    // From the newest on: what is found moves nothing that was not found yet.
    for (let each = key; each >= 0 && each > key - 3 * max; each--) if (recent.get(each) !== undefined) there++
    assert.ok(there <= max, `${there} are there`)
  }
})
