import assert from 'node:assert/strict'
import test from 'node:test'
import { cellOf, makePlace, makePosition, parsePlace, parseGamePosition, placeOf } from './board.ts'
import { presets } from './rules.ts'

test('[G1] every cell has one place and every place one cell', () => {
  const rules = presets['connect-four']
  for (let cell = 0; cell < 42; cell++) assert.equal(cellOf(rules, placeOf(rules, cell)), cell)
  assert.deepEqual(placeOf(rules, 9), { x: 2, y: 1 })
})

for (const text of ['1 2', '1,2', ' 1 , 2 ', '01\t2']) {
  test(`"${text}" is a place`, () => {
    const place = parsePlace(text)
    assert.deepEqual(place, { x: 1, y: 2 })
    assert.equal(makePlace(place), '1,2')
  })
}

for (const text of ['', '1', '12', '1 2 3', '-1 2', '1.5 2', '1,,2', 'a b', '1e1 2', '99999 1']) {
  test(`"${text}" is no place`, () => {
    assert.equal(parsePlace(text), null)
  })
}

const positions = [
  ['tictactoe', '.../.../...', 'X'],
  ['tictactoe', 'X../.O./..X', 'O'],
  ['wild', 'OO./.../...', 'X'],
  ['notakto', 'X../.X./...', 'X'],
  ['connect-four', '......./......./......./......./..O..../..X....', 'X'],
] as const
for (const [name, text, turn] of positions) {
  test(`[G2] ${name} ${text} is a position with ${turn} to move`, () => {
    const position = parseGamePosition(presets[name], text)
    assert.equal(position?.turn, turn)
    assert.equal(position && makePosition(position), text)
  })
}

const impossible = [
  ['tictactoe', '.../...'],
  ['tictactoe', '..../.../..'],
  ['tictactoe', '.../.../..Z'],
  ['tictactoe', 'O../.../...'],
  ['tictactoe', 'XX./.../...'],
  ['notakto', 'O../.../...'],
  ['connect-four', '......./......./......./......./..X..../.......'],
] as const
for (const [name, text] of impossible) {
  test(`${name} ${text} is no position`, () => {
    assert.equal(parseGamePosition(presets[name], text), null)
  })
}
