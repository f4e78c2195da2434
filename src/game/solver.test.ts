import fc from 'fast-check'
import assert from 'node:assert/strict'
import test from 'node:test'
import facts from '../../spec/values.json' with { type: 'json' }
import { emptyBoard, placeOf, type GamePosition, put } from './board.ts'
import { outcomeOf } from './evolve.ts'
import type { Ply } from './game.ts'
import { pliesOf } from './move.ts'
import { opponent } from './player.ts'
import { checkRules, markRules, parseRules, type Rules } from './rules.ts'
import { bestMoves, solve } from './solver.ts'

function start(rules: Rules): GamePosition {
  return { rules, board: emptyBoard(rules), turn: 'X' }
}

for (const fact of facts.facts) {
  const rules = parseRules(fact.rules) as Rules
  test(`${fact.rules} is a ${fact.result} for X`, () => {
    assert.equal(solve(start(rules)).result, fact.result)
  })
  if (fact.openings === undefined) continue
  test(`${fact.rules}: only the openings of spec/values.json keep the value`, () => {
    const keeping = pliesOf(start(rules)).filter((ply) => scoreAfter(start(rules), ply, solved) === signs[fact.result])
    const places = [...new Set(keeping.map(({ cell }) => cell))].map((cell) => placeOf(rules, cell))
    assert.deepEqual(
      places.map(({ x, y }) => [x, y]),
      fact.openings,
    )
  })
}

const signs: Readonly<Record<string, number>> = { win: 1, draw: 0, loss: -1 }

/** The score of a ply for its player; calls `score` for the next position if the game is not over. */
function scoreAfter(position: GamePosition, { cell, mark }: Ply, score: (next: GamePosition) => number): number {
  const { rules, turn } = position
  const board = put(position.board, cell, mark)
  const outcome = outcomeOf(rules, board, { cell, player: turn })
  if (outcome === null) return 0 - score({ rules, board, turn: opponent(turn) })
  return outcome.winner === null ? 0 : outcome.winner === turn ? 1 : -1
}

function solved(position: GamePosition): number {
  return signs[solve(position).result] ?? 0
}

/** Plain minimax with the real rules: slow, and obviously correct. */
function searched(position: GamePosition): { readonly sign: number; readonly plies: number } {
  const values = pliesOf(position).map((ply) => {
    let plies = 1
    const sign = scoreAfter(position, ply, (next) => {
      const value = searched(next)
      plies += value.plies
      return value.sign
    })
    return { sign, plies }
  })
  // The winner shortens the game, the loser prolongs it.
  return values.reduce((best, value) =>
    value.sign > best.sign || (value.sign === best.sign && (value.plies - best.plies) * value.sign < 0) ? value : best,
  )
}

const smallRules: fc.Arbitrary<Rules> = fc
  .record({
    width: fc.integer({ min: 1, max: 4 }),
    height: fc.integer({ min: 1, max: 3 }),
    line: fc.integer({ min: 1, max: 4 }),
    gravity: fc.boolean(),
    misere: fc.boolean(),
    marks: fc.constantFrom(...markRules),
    exact: fc.boolean(),
  })
  .filter((rules) => checkRules(rules) === undefined)

/** A position after some moves of a game that is not over. */
const positions = fc.tuple(smallRules, fc.array(fc.nat(), { maxLength: 9 })).map(([rules, draws]) => {
  let position = start(rules)
  for (const draw of draws) {
    const plies = pliesOf(position)
    const { cell, mark } = plies[draw % plies.length] ?? { cell: 0, mark: 'X' }
    const board = put(position.board, cell, mark)
    if (outcomeOf(rules, board, { cell, player: position.turn }) !== null) break
    position = { rules, board, turn: opponent(position.turn) }
  }
  return position
})

const few = positions.filter(({ board }) => board.split('.').length - 1 <= 6)

test('the solver agrees with plain minimax, in value and in length', () => {
  fc.assert(
    fc.property(few, (position) => {
      const value = solve(position)
      const { sign, plies } = searched(position)
      assert.deepEqual([signs[value.result], value.plies], [sign, plies])
    }),
    { seed: 1952, numRuns: 300 },
  )
})

test('the best moves are exactly those that keep the value and the length', () => {
  fc.assert(
    fc.property(few, (position) => {
      const value = searched(position)
      const best = pliesOf(position).filter((ply) => {
        let plies = 1
        const sign = scoreAfter(position, ply, (next) => {
          const reply = searched(next)
          plies += reply.plies
          return reply.sign
        })
        return sign === value.sign && plies === value.plies
      })
      assert.deepEqual(
        bestMoves(position),
        best.toSorted((a, b) => a.cell - b.cell),
      )
    }),
    { seed: 1952, numRuns: 100 },
  )
})
