/** Boards that look like those that players know: a frame and star points, slots and discs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presets } from '../../src/game/index.ts'
import { findBarriers } from './accessibility.ts'
import { startAtOneScreen } from './one-screen.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B60] gomoku has a frame and star points, connect four has slots and discs, tic-tac-toe has neither', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { viewport: { width: 1440, height: 900 } })
  const { page } = visitor
  await visitor.goto('/')
  await page.getByRole('grid').waitFor()
  assert.equal(await page.locator('.options').count(), 0)

  await startAtOneScreen(visitor, 'Gomoku')
  const stars = page.locator('.star')
  await stars.first().waitFor()
  assert.equal(await stars.count(), 5)
  await page.locator('.options.large').waitFor({ state: 'attached' })
  await visitor.tap(7, 7)
  await visitor.sees(7, 7, 'X')
  assert.equal(await stars.count(), 4, 'a star point is under a mark')

  await startAtOneScreen(visitor, 'Connect four')
  await page.locator('.options.slots').waitFor({ state: 'attached' })
  assert.equal(await stars.count(), 0)
  await visitor.tap(3, 0)
  const { height } = presets['connect-four']
  await visitor.sees(3, height - 1, 'X')
  const discs = page.locator('.cells .mark')
  const look = () =>
    discs.first().evaluate((disc) => {
      const { backgroundColor, stroke, borderRadius } = getComputedStyle(disc)
      return { backgroundColor, stroke, borderRadius }
    })
  const disc = await look()
  assert.equal(disc.borderRadius, '50%')
  assert.notEqual(disc.backgroundColor, 'rgba(0, 0, 0, 0)')
  assert.notEqual(disc.backgroundColor, disc.stroke)
  assert.deepEqual(visitor.monitor.shifts, [])
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    assert.deepEqual(await findBarriers(page), [], colorScheme)
  }
  await page.emulateMedia({ forcedColors: 'active' })
  assert.equal((await look()).backgroundColor, 'rgba(0, 0, 0, 0)')
  await visitor.leave()
})
