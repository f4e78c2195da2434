import assert from 'node:assert/strict'
import test from 'node:test'
import facts from '../../spec/puzzles.json' with { type: 'json' }
import { makePosition, placeOf, put } from './board.ts'
import { outcomeOf } from './evolve.ts'
import type { Cell } from './game.ts'
import { pliesOf } from './move.ts'
import type { Player } from './player.ts'
import { answerMove, dayOf, makePuzzle, type Puzzle, puzzleMoves, puzzleRules, startOfDay } from './puzzle.ts'
import { makeRules, type Rules } from './rules.ts'
import { type BoardSolver, openSolver } from './solver.ts'
import { symmetries, transform } from './symmetry.ts'

/** 2 December 2026. */
const firstDay = 20_789
const days = Array.from({ length: 400 }, (_, index) => firstDay + index)

const solvers = new Map<string, BoardSolver>()

function solverOf(rules: Rules): BoardSolver {
  const name = makeRules(rules)
  const solver = solvers.get(name) ?? openSolver(rules)
  solvers.set(name, solver)
  return solver
}

/** Whether X, to move, can win in `moves` own moves, by plain search with the real rules and no solver. */
function canWin(rules: Rules, board: string, moves: number): boolean {
  return moves > 0 && pliesOf({ rules, board, turn: 'X' }).some(({ cell }) => wins(rules, board, cell, moves))
}

function wins(rules: Rules, board: string, cell: Cell, moves: number): boolean {
  const moved = put(board, cell, 'X')
  const end = outcomeOf(rules, moved, { cell, player: 'X' })
  if (end !== null) return end.winner === 'X'
  return pliesOf({ rules, board: moved, turn: 'O' }).every((reply) => {
    const answered = put(moved, reply.cell, 'O')
    return outcomeOf(rules, answered, { cell: reply.cell, player: 'O' }) === null && canWin(rules, answered, moves - 1)
  })
}

for (const { date, day, rules, board, solution } of facts.puzzles) {
  test(`[B51] the puzzle of ${date} is that of spec/puzzles.json`, () => {
    const puzzle = makePuzzle(day)
    const { x, y } = placeOf(puzzle.rules, puzzle.solution)
    assert.deepEqual(
      { rules: makeRules(puzzle.rules), board: makePosition(puzzle), solution: [x, y] },
      { rules, board, solution },
    )
  })
}

test('[B51] each day has a puzzle that X wins in three moves and not sooner, by one first move', () => {
  for (const day of days) {
    const solver = solverOf(puzzleRules(day))
    const { rules, board, solution } = makePuzzle(day, solver)
    const name = `day ${day}: ${makePosition({ rules, board })}`
    assert.ok(!canWin(rules, board, puzzleMoves - 1), name)
    assert.ok(wins(rules, board, solution, puzzleMoves), name)
    const others = pliesOf({ rules, board, turn: 'X' }).filter(({ cell }) => cell !== solution)
    for (const { cell } of others) assert.notEqual(solver.solve(put(board, cell, 'X')).result, 'loss', name)
  }
})

test('[B51] no puzzle of a year repeats another one, turned or mirrored', () => {
  const last = new Map<string, number>()
  for (const day of days) {
    const { rules, board } = makePuzzle(day, solverOf(puzzleRules(day)))
    const [least] = symmetries(rules)
      .map((image) => transform(board, image))
      .toSorted()
    const name = `${makeRules(rules)} ${least}`
    assert.ok(day - (last.get(name) ?? -Infinity) > 365, `day ${day} repeats day ${last.get(name)}`)
    last.set(name, day)
  }
})

/** Plays the first right moves until X has won. @returns the number of moves of X */
function playOut(puzzle: Puzzle): number {
  let { board } = puzzle
  for (let moves = 1; ; moves++) {
    const [best] = openSolver(puzzle.rules).bestMoves(board)
    const answer = answerMove({ rules: puzzle.rules, board }, best?.cell ?? -1)
    assert.ok(answer.isRight)
    assert.equal(answer.result, 'win')
    if (answer.line !== null) return moves
    board = answer.board
  }
}

test('[B51] after the solution the best defence loses at the third move; any other move is answered and not won', () => {
  for (const day of days.slice(0, 14)) {
    const puzzle = makePuzzle(day, solverOf(puzzleRules(day)))
    assert.equal(playOut(puzzle), puzzleMoves)
    for (const { cell } of pliesOf({ ...puzzle, turn: 'X' })) {
      const { isRight, result, board, last } = answerMove(puzzle, cell)
      assert.equal(isRight, cell === puzzle.solution)
      assert.equal(result === 'win', isRight)
      assert.equal(board[last], 'O' satisfies Player)
    }
  }
})

test('[B51] a day of UTC has one number from its first millisecond to its last', () => {
  const start = startOfDay(firstDay)
  assert.equal(start, 1_796_169_600_000)
  assert.equal(dayOf(start), firstDay)
  assert.equal(dayOf(start - 1), firstDay - 1)
  assert.equal(dayOf(startOfDay(firstDay + 1) - 1), firstDay)
})
