/** Runs one contract against both sources of randomness, and against sources with deliberate bugs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeId, type Random, seededRandom, systemRandom } from './index.ts'

const draws = 4_000

/** The contract of every source. For a correct source each check fails less than once in a million runs. */
const contract: Readonly<Record<string, (random: Random) => void>> = {
  'draws are whole numbers below any bound': (random) => {
    for (const bound of [1, 2, 3, 7, 255, 256, 65_537, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32])
      for (let draw = 0; draw < 200; draw++) {
        const number = random.below(bound)
        assert.ok(Number.isInteger(number) && number >= 0 && number < bound, `${number} of ${bound}`)
      }
  },
  'each number is drawn as often as any other': (random) => {
    for (const bound of [2, 3, 10]) {
      const counts = Array.from({ length: bound }, () => 0)
      for (let draw = 0; draw < draws; draw++) {
        const number = random.below(bound)
        counts[number] = (counts[number] ?? 0) + 1
      }
      // 5.5 standard deviations.
      const spread = 5.5 * Math.sqrt((draws / bound) * (1 - 1 / bound))
      for (const count of counts) assert.ok(Math.abs(count - draws / bound) < spread, `${counts.join()} of ${bound}`)
    }
  },
  'draws cover all of a large range': (random) => {
    const numbers = Array.from({ length: 200 }, () => random.below(2 ** 32))
    assert.ok(numbers.some((number) => number >= 2 ** 31) && numbers.some((number) => number < 2 ** 31))
    assert.ok(new Set(numbers.map((number) => number % 1_000)).size > 100, 'the low digits are drawn too')
  },
  'bytes have the length asked for, differ each time, and take every value': (random) => {
    for (const length of [0, 1, 22, 32, 1_000]) assert.equal(random.bytes(length).length, length)
    const [one, other] = [random.bytes(22), random.bytes(22)]
    assert.notDeepEqual(one, other)
    const kept = [...one]
    random.bytes(22)
    assert.deepEqual([...one], kept)
    assert.equal(new Set(random.bytes(10_000)).size, 256)
  },
  'ids have 22 URL-safe characters, begin with a letter, and are unique': (random) => {
    const ids = Array.from({ length: 2_000 }, () => makeId(random))
    for (const id of ids) assert.match(id, /^[A-Za-z][A-Za-z0-9_-]{21}$/)
    assert.equal(new Set(ids).size, ids.length)
  },
}

for (const [title, run] of Object.entries(contract)) {
  test(`system randomness: ${title}`, () => run(systemRandom))
  test(`seeded randomness: ${title}`, () => {
    for (let seed = 0; seed < 5; seed++) run(seededRandom(seed))
  })
}

test('a seed determines all draws', () => {
  const draw = (seed: number): readonly number[] => {
    const random = seededRandom(seed)
    return [random.below(10), ...random.bytes(20), random.below(2 ** 32)]
  }
  assert.deepEqual(draw(1952), draw(1952))
  assert.notDeepEqual(draw(1952), draw(1953))
})

const right = seededRandom(1)
const plants: Readonly<Record<string, Partial<Random>>> = {
  'draws the bound itself': { below: (bound) => right.below(bound + 1) },
  'draws fractions': { below: (bound) => (right.below(1_000) / 1_000) * bound },
  'prefers small numbers': { below: (bound) => Math.min(right.below(bound), right.below(bound)) },
  'draws from half of the range': { below: (bound) => right.below(Math.min(bound, 2 ** 31)) },
  'draws round numbers only': {
    below: (bound) => (bound > 1_000 ? Math.floor(right.below(bound) / 1_000) * 1_000 : right.below(bound)),
  },
  'returns one byte too few': { bytes: (length) => right.bytes(Math.max(0, length - 1)) },
  'returns the same bytes again': { bytes: (length) => new Uint8Array(length).fill(7) },
  'returns only ASCII bytes': { bytes: (length) => right.bytes(length).map((byte) => byte & 0x7f) },
}
for (const [plant, wrong] of Object.entries(plants))
  test(`the contract fails on a source of randomness that ${plant}`, () => {
    assert.throws(() => {
      for (const run of Object.values(contract)) run({ ...right, ...wrong })
    }, assert.AssertionError)
  })
