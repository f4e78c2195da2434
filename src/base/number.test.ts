import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeNumber } from './index.ts'

test('a number has a comma between thousands, as a locale would write it', () => {
  for (const value of [0, 7, 999, 1_000, 12_345, 999_999, 1_000_000, 2 ** 53 - 1, -1_234_567])
    assert.equal(makeNumber(value), value.toLocaleString('en-US'))
})
