/** The end of a game, as it is seen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAtOneScreen } from './one-screen.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B41] the line that won is struck through in its colour, and the other marks are paler', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await startAtOneScreen(visitor)
  const moves = [
    [0, 1],
    [0, 0],
    [2, 2],
    [1, 0],
    [1, 2],
    [2, 0],
  ] as const
  for (const [x, y] of moves) await visitor.tap(x, y)
  await visitor.standsAt('O won: 3 in a row')
  await page.getByRole('button', { name: 'Play again' }).waitFor()
  const look = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { stroke, strokeOpacity } = getComputedStyle(element)
        return { stroke, strokeOpacity: Number(strokeOpacity) }
      })
  const [strike, won] = [await look('.strike line'), await look('.won .mark')]
  assert.deepEqual(strike, won)
  assert.notEqual(strike.stroke, (await look('.brand .mark-X')).stroke)
  const paler = page.locator('.cell:not(.won) .mark').first()
  await page.waitForFunction(
    (mark) => mark !== null && Number(getComputedStyle(mark).strokeOpacity) < 0.5,
    await paler.elementHandle(),
  )
  // The stroke goes past the middle of its last cells.
  const [line, cells] = [await page.locator('.strike line').boundingBox(), await page.locator('.cells').boundingBox()]
  assert.ok(line !== null && cells !== null && line.width > cells.width * 0.85, `${line?.width} of ${cells?.width} px`)
  await visitor.leave()
})
