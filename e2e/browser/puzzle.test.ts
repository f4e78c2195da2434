/** The puzzle of the day. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import facts from '../../spec/puzzles.json' with { type: 'json' }
import { placeOf } from '../../src/game/index.ts'
import { openCells } from '../../src/game/move.ts'
import { answerMove, makePuzzle, type Puzzle } from '../../src/game/puzzle.ts'
import { bestMoves } from '../../src/game/solver.ts'
import { openBrowserServer } from './test-server.ts'
import { assertOpenToAll } from './themes.ts'
import { Visitor } from './visitor.ts'

async function tapCell({ rules }: Puzzle, visitor: Visitor, cell: number): Promise<void> {
  const { x, y } = placeOf(rules, cell)
  await visitor.tap(x, y)
}

/** Plays right moves until X has won. @param confirms whether each takes two taps, as the visitor's settings say. */
async function solvePuzzle(puzzle: Puzzle, visitor: Visitor, confirms = false): Promise<void> {
  let { board } = puzzle
  for (const line of ['X to move and win in 2', 'X to move and win now', 'Solved']) {
    const [best] = bestMoves({ rules: puzzle.rules, board, turn: 'X' })
    assert.ok(best !== undefined)
    if (confirms) {
      await tapCell(puzzle, visitor, best.cell)
      await visitor.reads('Choose the cell again to play.')
      await visitor.page.getByRole('button', { name: /^Play column \d, row \d$/ }).waitFor()
      assert.deepEqual([await visitor.board(), await visitor.page.locator('.held').count()], [board, 1])
    }
    await tapCell(puzzle, visitor, best.cell)
    await visitor.standsAt(line)
    board = answerMove({ rules: puzzle.rules, board }, best.cell).board
    assert.equal(await visitor.board(), board)
  }
}

test('[B51] the page has the puzzle of the day; wrong moves are answered, the solution counts and can be shared', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page, context } = visitor
  const [, fixed] = facts.puzzles
  assert.ok(fixed !== undefined)
  await page.clock.setFixedTime(`${fixed.date}T23:59:00Z`)
  await visitor.goto('/games')
  await visitor.press('Puzzle of the day')
  await visitor.standsAt('X to move and win in 3')
  const puzzle = makePuzzle(fixed.day)
  assert.equal(await visitor.board(), fixed.board.replaceAll('/', ''))
  await visitor.isKept()

  const wrong = openCells(puzzle.rules, puzzle.board).find((cell) => cell !== puzzle.solution)
  assert.ok(wrong !== undefined)
  const answer = answerMove(puzzle, wrong)
  const sentence = answer.result === 'draw' ? 'Not this one: now O can draw.' : 'Not this one: now O wins.'
  await tapCell(puzzle, visitor, wrong)
  await visitor.reads(sentence)
  assert.match((await page.getByRole('status').textContent()) ?? '', /^O: column \d, row \d\. Not this one/)
  assert.equal(await visitor.board(), answer.board)
  await assertOpenToAll(visitor, 'a wrong move')
  await visitor.press('Try again')
  assert.equal(await visitor.board(), puzzle.board)
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'gridcell')

  await solvePuzzle(puzzle, visitor)
  await visitor.reads('Solved at try 2.')
  await visitor.reads('Days in a row: 1')
  await assertOpenToAll(visitor, 'the solution')
  await visitor.press('Copy the result')
  await visitor.reads('Copied')
  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    `Oxo, puzzle of December 2, 2026: Solved at try 2. Days in a row: 1.\n${server.url}/puzzle`,
  )

  await context.setOffline(true)
  await page.clock.setFixedTime(`${fixed.date.slice(0, 8)}03T00:00:00Z`)
  await page.evaluate(() => (localStorage['oxo:settings'] = JSON.stringify({ board: { confirms: true } })))
  await page.reload()
  await visitor.standsAt('X to move and win in 3')
  await visitor.reads('Days in a row: 1')
  const next = makePuzzle(fixed.day + 1)
  assert.equal(await visitor.board(), next.board)
  await solvePuzzle(next, visitor, true)
  await visitor.reads('Solved at the first try.')
  await visitor.reads('Days in a row: 2')
  await page.setViewportSize({ width: 320, height: 640 })
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
})
