import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presetNames, presets, type Rules } from '../../game/index.ts'
import { sampleOf } from './sample.ts'

function rowsOf(rules: Rules): readonly string[] {
  const board = sampleOf(rules)
  assert.equal(board.length, rules.width * rules.height)
  return Array.from({ length: rules.height }, (_, y) => board.slice(y * rules.width, (y + 1) * rules.width))
}

const custom = (some: Partial<Rules>): Rules => ({ ...presets.tictactoe, ...some })

test('[B63] the sample of every preset has one whole line', () => {
  for (const name of presetNames) {
    const rules = presets[name]
    const marks = rowsOf(rules).filter((row) => row.includes('X'))
    assert.deepEqual(
      marks.map((row) => row.replaceAll('.', '')),
      ['X'.repeat(rules.line)],
      name,
    )
  }
})

test('[B63] the line lies where it can: in the middle, at the bottom where marks fall, upright on a high board', () => {
  assert.deepEqual(rowsOf(custom({ width: 5, height: 3, line: 3 })), ['.....', '.XXX.', '.....'])
  assert.deepEqual(rowsOf(custom({ width: 4, height: 2, line: 2, gravity: true })), ['....', '.XX.'])
  assert.deepEqual(rowsOf(custom({ width: 1, height: 4, line: 2 })), ['.', 'X', 'X', '.'])
  assert.deepEqual(rowsOf(custom({ width: 1, height: 4, line: 2, gravity: true })), ['.', '.', 'X', 'X'])
  assert.deepEqual(rowsOf(custom({ width: 2, height: 2, line: 3 })), ['..', '..'])
})
