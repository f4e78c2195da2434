/** Layout shifts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMissing } from './firefox.ts'
import { openBrowserServer } from './test-server.ts'
import { seatTwo } from './seats.ts'
import { Visitor } from './visitor.ts'

test('[B12] the layout never shifts: on the first page, while a bot answers, in a game, when the network fails and returns', async (t) => {
  if (isMissing(t, 'layoutShifts')) return t.skip()
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  await visitor.tap(0, 0)
  await visitor.page.getByRole('gridcell', { name: /O, last move/ }).waitFor()
  await using game = await seatTwo(server)
  await game.X.tap(0, 0)
  await game.O.sees(0, 0, 'X')
  await game.O.context.setOffline(true)
  await game.O.reads('offline')
  await game.O.context.setOffline(false)
  await game.O.page.getByRole('group', { name: 'Connection' }).waitFor({ state: 'hidden' })
  for (const { page, monitor } of [visitor, game.X, game.O]) {
    await page.evaluate(() => new Promise(requestAnimationFrame))
    assert.deepEqual(monitor.shifts, [])
  }
})
