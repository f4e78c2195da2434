/** Set phrases and reactions between two people in a game. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBarriers } from './accessibility.ts'
import { seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

const placesOf = ({ page }: Visitor) =>
  page.locator('.player, .board, .aside > *').evaluateAll((parts) =>
    parts.map((part) => {
      const { x, y, width, height } = part.getBoundingClientRect()
      return [x, y, width, height]
    }),
  )

test('[B56] what one says stands beside the name on both pages, is announced, and moves nothing', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server, {}, { viewport: { width: 360, height: 740 } })
  const { X, O } = game
  const voice = O.page.locator('p[role=status].unseen')
  const saidOn = ({ page }: Visitor, at: 'first' | 'last') => page.locator('.player')[at]().locator('.said')
  await O.reads('here')
  const before = await placesOf(O)
  // By keyboard alone.
  await X.page.getByRole('button', { name: 'Say something' }).press('Enter')
  const panel = X.page.getByRole('dialog', { name: 'Say something' })
  await panel.getByRole('button', { name: 'Hello!' }).waitFor()
  assert.equal(await panel.getByRole('button').count(), 13)
  assert.deepEqual(await findBarriers(X.page), [])
  for (const box of await panel
    .getByRole('button')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect())))
    assert.ok(box.height >= 44 && box.width >= 44, `${box.width} × ${box.height}`)
  await panel.getByRole('button', { name: 'Good luck!' }).press('Enter')
  await panel.waitFor({ state: 'detached' })
  await saidOn(O, 'first').getByText('Good luck!').waitFor()
  await saidOn(X, 'last').getByText('Good luck!').waitFor()
  assert.match((await voice.textContent()) ?? '', /Ada.*: Good luck!/)
  assert.deepEqual(await placesOf(O), before)
  assert.deepEqual(await findBarriers(O.page), [])
  assert.deepEqual(O.monitor.shifts, [])
  assert.ok(
    await X.page.getByRole('button', { name: 'Say something' }).evaluate((one) => one === document.activeElement),
  )
  await saidOn(O, 'first').waitFor({ state: 'detached' })

  await O.page.getByRole('button', { name: 'Say something' }).click()
  await O.page.getByRole('checkbox', { name: /^Mute/ }).check()
  await O.page.getByRole('button', { name: 'Applause' }).click()
  await saidOn(X, 'first').getByRole('img', { name: 'Applause' }).waitFor()
  await O.page.reload()
  await O.reads('here')
  await X.page.getByRole('button', { name: 'Say something' }).click()
  await X.page.getByRole('button', { name: 'Thanks!' }).click()
  await saidOn(X, 'last').getByText('Thanks!').waitFor()
  // Whatever arrives on this connection arrived after it.
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  assert.equal(await O.page.locator('.said').count(), 0)
  await X.leave()
  await O.leave()
})

test('[B56] nothing can be said to a bot or by a spectator', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  await using eve = await Visitor.open(server.url)
  await eve.goto(`/games/${game.game}`)
  await eve.reads('You are watching')
  assert.equal(await eve.page.getByRole('button', { name: 'Say something' }).count(), 0)
  await eve.goto('/')
  await eve.standsAt('Your move: X')
  assert.equal(await eve.page.getByRole('button', { name: 'Say something' }).count(), 0)
  await eve.leave()
})
