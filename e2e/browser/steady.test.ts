/** Nothing moves under the eye. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from './house.ts'
import { seatTwo } from './seats.ts'
import { Visitor } from './visitor.ts'

test('[B12] nothing moves under the eye: on the first page, while a bot answers, in a game, when the network goes and comes', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url)
  await visitor.goto('/')
  await visitor.tap(0, 0)
  await visitor.page.getByRole('gridcell', { name: /O, last move/ }).waitFor()
  await using game = await seatTwo(house)
  await game.X.tap(0, 0)
  await game.O.sees(0, 0, 'X')
  await game.O.context.setOffline(true)
  await game.O.reads('offline')
  await game.O.context.setOffline(false)
  await game.O.page.getByRole('group', { name: 'Connection' }).waitFor({ state: 'hidden' })
  for (const { page, watchman } of [visitor, game.X, game.O]) {
    await page.evaluate(() => new Promise(requestAnimationFrame))
    assert.deepEqual(watchman.shifts, [])
  }
})
