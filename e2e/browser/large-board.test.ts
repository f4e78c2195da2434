/** Boards that do not fit: the opponent's move comes into sight, a small cell is tapped twice, a mouse drags the board. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { isMissing } from './firefox.ts'
import { seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import type { Visitor } from './visitor.ts'

const rules = { width: 25, height: 25, line: 5 }
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
/** A board ignores taps for half a second after it has appeared. */
const settledMs = 800

/** Whether the middle of a cell is inside the part of the board that the screen shows. */
function isInSight(visitor: Visitor, x: number, y: number): Promise<boolean> {
  return visitor.cell(x, y).evaluate((cell) => {
    const [at, frame] = [cell.getBoundingClientRect(), document.querySelector('.frame')?.getBoundingClientRect()]
    const [left, top] = [at.x + at.width / 2, at.y + at.height / 2]
    return frame !== undefined && left > frame.left && left < frame.right && top > frame.top && top < frame.bottom
  })
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 50, what)
    await setTimeout(100)
  }
}

test('[B32] an opponent’s move outside the visible part comes into sight, and can be found again', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server, { rules }, phone)
  const { X, O } = game
  await setTimeout(settledMs)
  assert.equal(await isInSight(O, 24, 24), false)
  await X.page.evaluate(() => document.querySelector('.frame')?.scrollTo(9_999, 9_999))
  await X.touch(24, 24)
  await O.sees(24, 24, 'X')
  await until(() => isInSight(O, 24, 24), 'the move is out of sight')
  const find = O.page.getByRole('button', { name: 'Show the last move' })
  assert.equal(await find.count(), 0)
  await O.page.evaluate(() => document.querySelector('.frame')?.scrollTo(0, 0))
  await find.click()
  await until(() => isInSight(O, 24, 24), 'the button does not show the move')
  await find.waitFor({ state: 'detached' })
  await X.leave()
  await O.leave()
})

test('[B32] a cell that is too small for a finger is chosen by one tap and taken by another', async (t) => {
  if (isMissing(t, 'fingers')) return t.skip()
  const server = await openBrowserServer()
  await using game = await seatTwo(server, { rules }, phone)
  const { X, O } = game
  await X.press('Show the whole board')
  await setTimeout(settledMs)
  await X.cell(3, 4).tap()
  await X.reads('Choose the cell again to play.')
  await X.cell(5, 4).tap()
  await setTimeout(300)
  assert.equal((await X.board()).replaceAll('.', ''), '')
  await X.cell(5, 4).tap()
  await X.sees(5, 4, 'X')
  await O.sees(5, 4, 'X')
  await X.leave()
  await O.leave()
})

test('[B32] a mouse drags a zoomed board, and places no mark by that', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server, { rules }, { viewport: { width: 900, height: 700 } })
  const { X, O } = game
  const { page } = X
  for (let press = 0; press < 3; press++) await X.press('Zoom in')
  await setTimeout(settledMs)
  const placeOf = () =>
    page.evaluate(() => [document.querySelector('.frame')?.scrollLeft, document.querySelector('.frame')?.scrollTop])
  const before = await placeOf()
  const box = await page.locator('.frame').boundingBox()
  assert.ok(box !== null)
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 60, y - 40, { steps: 5 })
  await page.mouse.up()
  const after = await placeOf()
  assert.deepEqual(
    [Math.round((after[0] ?? 0) - (before[0] ?? 0)), Math.round((after[1] ?? 0) - (before[1] ?? 0))],
    [60, 40],
  )
  await page.mouse.move(x + 50, y + 50)
  assert.deepEqual(await placeOf(), after, 'the board moves without a pressed button')
  assert.equal((await X.board()).replaceAll('.', ''), '')
  await page.mouse.click(x, y)
  await page.getByRole('gridcell', { name: /, X/ }).waitFor()
  await X.leave()
  await O.leave()
})
