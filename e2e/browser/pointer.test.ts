/** What the mouse shows: which cell a click would take, and that a click would do nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import type { Visitor } from './visitor.ts'

/** The shape of the pointer at a cell, and the cells that are tinted as the next place. */
async function pointAt(
  visitor: Visitor,
  x: number,
  y: number,
): Promise<readonly [cursor: string, cells: readonly string[]]> {
  const cell = visitor.cell(x, y)
  await cell.hover()
  await visitor.page.waitForTimeout(50)
  const cursor = await cell.evaluate((element) => getComputedStyle(element).cursor)
  return [
    cursor,
    await visitor.page.locator('.target').evaluateAll((cells) => cells.map((each) => each.ariaLabel ?? '')),
  ]
}

test('[B32] only the player to move is shown a target, and none on a taken cell', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  assert.deepEqual(await pointAt(X, 0, 0), ['pointer', ['column 1, row 1, empty']])
  assert.deepEqual(await pointAt(O, 0, 0), ['default', []])
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  assert.deepEqual(await pointAt(X, 1, 1), ['default', []])
  assert.deepEqual(await pointAt(O, 0, 0), ['default', []])
  assert.deepEqual(await pointAt(O, 1, 1), ['pointer', ['column 2, row 2, empty']])
  await X.leave()
  await O.leave()
})

test('[B32] where marks fall, the cell on which the mark lands is the target', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server, { rules: 'connect-four' })
  const { X, O } = game
  assert.deepEqual(await pointAt(X, 3, 0), ['pointer', ['column 4, row 6, empty']])
  await X.tap(3, 0)
  await O.sees(3, 5, 'X')
  assert.deepEqual(await pointAt(O, 3, 5), ['pointer', ['column 4, row 5, empty']])
  await X.leave()
  await O.leave()
})
