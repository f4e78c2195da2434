import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../src/base/index.ts'
import { findUnmatched } from './matching.ts'

type Fits = Readonly<Record<string, readonly string[]>>
const unmatched = (fits: Fits): readonly string[] => findUnmatched(Object.keys(fits), (item) => fits[item] ?? [])

test('an item moves to another candidate if that frees one for a later item', () => {
  assert.deepEqual(unmatched({ one: ['a', 'b'], two: ['a'] }), [])
  assert.deepEqual(unmatched({ one: ['a', 'b', 'd'], two: ['a', 'c'], three: ['a'], four: ['b'] }), [])
})

test('exactly the items without a candidate are returned', () => {
  assert.deepEqual(unmatched({ one: ['a'], two: ['a'] }), ['two'])
  assert.deepEqual(unmatched({ one: ['a', 'b'], two: ['a', 'b'], three: ['b', 'a'], four: ['c'] }), ['three'])
  assert.deepEqual(unmatched({ none: [] }), ['none'])
})

test('the matching is as large as an exhaustive search finds', () => {
  const random = seededRandom(1952)
  for (let round = 0; round < 500; round++) {
    const items = Array.from({ length: 5 }, () => Array.from({ length: random.below(4) }, () => random.below(5)))
    const left = findUnmatched(
      items.map((_, index) => index),
      (index) => items[index] ?? [],
    )
    assert.equal(items.length - left.length, mostPlaced(items, new Set()), JSON.stringify(items))
  }
})

function mostPlaced([first, ...rest]: readonly (readonly number[])[], taken: ReadonlySet<number>): number {
  if (first === undefined) return 0
  const placed = first
    .filter((place) => !taken.has(place))
    .map((place) => 1 + mostPlaced(rest, new Set([...taken, place])))
  return Math.max(mostPlaced(rest, taken), ...placed)
}
