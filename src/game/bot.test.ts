import assert from 'node:assert/strict'
import test from 'node:test'
import { seededRandom } from '../base/index.ts'
import { parseGamePosition } from './board.ts'
import { chooseMove, isQuick } from './bot.ts'
import { evolve } from './evolve.ts'
import type { Outcome } from './game.ts'
import { type Level, levels } from './player.ts'
import { parseRules, presets, type Rules } from './rules.ts'
import { after, eventOf, openCommand } from './testing/play.ts'

const random = seededRandom(1952)

function play(rules: Rules, X: Level, O: Level): Outcome | null {
  let game = after(openCommand(rules))
  while (game.turn !== null) {
    const choice = chooseMove(game, { X, O }[game.turn], random)
    game = evolve(game, eventOf(game, { type: 'move', by: null, ...choice }))
  }
  return game.outcome
}

function winners(rules: Rules, X: Level, O: Level): ReadonlySet<string> {
  return new Set(Array.from({ length: 50 }, () => play(rules, X, O)?.winner ?? 'draw'))
}

for (const text of [...Object.keys(presets), '1,1,1', '1,5,3+misere', '6,5,4+shared', '6,5,4+wild+gravity']) {
  for (const level of levels) {
    test(`a ${level} bot plays ${text} to its end`, () => {
      const rules = parseRules(text) as Rules
      assert.notEqual(play(rules, level, level), null)
    })
  }
}

test('a perfect bot never loses tic-tac-toe, from either side', () => {
  assert.deepEqual(winners(presets.tictactoe, 'perfect', 'perfect'), new Set(['draw']))
  for (const other of ['random', 'casual'] as const) {
    assert.ok(!winners(presets.tictactoe, 'perfect', other).has('O'))
    assert.ok(!winners(presets.tictactoe, other, 'perfect').has('X'))
  }
})

for (const name of ['wild', 'notakto'] as const) {
  test(`a perfect bot always wins ${name} as X`, () => {
    assert.deepEqual(winners(presets[name], 'perfect', 'casual'), new Set(['X']))
  })
}

const obvious = [
  ['tictactoe', 'XX./OO./...', 'wins before it parries', { x: 2, y: 0 }],
  ['tictactoe', 'X../OO./..X', 'parries', { x: 2, y: 1 }],
  ['connect-four', '......./......./......./X....../X....../XOO.O..', 'wins before it parries', { x: 0, y: 2 }],
  ['connect-four', '......./......./......./......./X....../XOO.OX.', 'parries in the gap', { x: 3, y: 5 }],
  ['gomoku', `OOOO.${'.'.repeat(10)}/XXXX.${'.'.repeat(10)}${`/${'.'.repeat(15)}`.repeat(13)}`, 'wins', { x: 4, y: 1 }],
] as const
for (const [name, text, what, place] of obvious) {
  for (const level of ['casual', 'perfect'] as const) {
    test(`a ${level} bot ${what} in ${name}`, () => {
      const position = parseGamePosition(presets[name], text)
      assert.ok(position)
      for (let time = 0; time < 20; time++) assert.deepEqual(chooseMove(position, level, random), place)
    })
  }
}

test('a casual bot does not complete a line that loses', () => {
  const position = parseGamePosition(presets.misere, 'XX./O.O/...')
  assert.ok(position)
  for (let time = 0; time < 20; time++) assert.notDeepEqual(chooseMove(position, 'casual', random), { x: 2, y: 0 })
})

test('of all choices on the presets, only exhaustive search on more than nine cells is not quick', () => {
  const slow = Object.entries(presets).filter(([, rules]) => levels.some((level) => !isQuick(rules, level)))
  assert.deepEqual(
    slow.map(([name]) => name),
    ['tictactoe-4'],
  )
  assert.ok(isQuick(presets['tictactoe-4'], 'casual'))
})
