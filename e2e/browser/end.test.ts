/** The end of a game, as it is seen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAtOneScreen, winTopRow } from './one-screen.ts'
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

test('[B47] the score of a sitting counts each game once, over a reload, and a new game starts a new one', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await startAtOneScreen(visitor)
  assert.equal(await page.getByText('draws').count(), 0)
  await winTopRow(visitor)
  await visitor.reads('X 1 · draws 0 · O 0')
  await page.reload()
  await visitor.reads('X 1 · draws 0 · O 0')
  await visitor.press('Play again')
  await visitor.reads('X 1 · draws 0 · O 0')
  await winTopRow(visitor)
  await visitor.reads('X 2 · draws 0 · O 0')
  await startAtOneScreen(visitor)
  await page.getByText('draws').waitFor({ state: 'detached' })
  await visitor.leave()
})

test('[B47] against the bot the sides alternate', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await page.getByRole('button', { name: 'You play X' }).waitFor()
  const heading = page.getByRole('heading', { level: 1 })
  for (let taps = 0; taps < 9 && !(await page.getByRole('button', { name: 'Play again' }).isVisible()); taps++) {
    await heading.filter({ hasText: /Your move|won|lost|Draw/i }).waitFor()
    const empty = page.getByRole('gridcell', { name: /empty/ })
    if ((await empty.count()) > 0 && /Your move/.test((await heading.textContent()) ?? '')) await empty.first().click()
  }
  await page.getByText(/You \d · draws \d · Casual bot \d/).waitFor()
  await visitor.press('Play again')
  await page.getByRole('button', { name: 'You play O' }).waitFor()
  await visitor.standsAt('Your move: O')
  assert.equal((await visitor.board()).replaceAll('.', ''), 'X')
  await visitor.leave()
})
