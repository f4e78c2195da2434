import assert from 'node:assert/strict'
import test from 'node:test'
import { placeOf, presets } from '../../game/index.ts'
import { starsOf } from './stars.ts'

const placesOf = (width: number, height: number): readonly string[] =>
  starsOf({ width, height }).map((cell) => {
    const { x, y } = placeOf({ ...presets.gomoku, width, height }, cell)
    return `${x},${y}`
  })

test('[B60] star points are those of the boards that players know: five on 15 × 15, nine on 19 × 19', () => {
  assert.deepEqual(placesOf(15, 15), ['3,3', '11,3', '7,7', '3,11', '11,11'])
  assert.deepEqual(placesOf(9, 9), ['2,2', '6,2', '4,4', '2,6', '6,6'])
  assert.deepEqual(placesOf(19, 19), ['3,3', '9,3', '15,3', '3,9', '9,9', '15,9', '3,15', '9,15', '15,15'])
})

test('[B60] a side without a middle has no star point there, and a board with a short side has none', () => {
  assert.deepEqual(placesOf(10, 15), ['2,3', '7,3', '2,11', '7,11'])
  assert.deepEqual(placesOf(25, 8), [])
})
