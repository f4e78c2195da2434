/** What one tap must not do: nothing that ends or clears a game happens without a second press. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAtOneScreen } from './one-screen.ts'
import { seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B31] resigning asks first; a double tap is one press, and the question goes away by itself', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  const { page } = X
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  const resign = page.getByRole('button', { name: /^Resign/ })
  const before = await resign.boundingBox()
  await resign.dblclick({ delay: 20 })
  await page.getByRole('button', { name: 'Resign? Press again' }).waitFor()
  assert.deepEqual(await resign.boundingBox(), before, 'the question has another place than the button')
  await page.getByRole('button', { name: 'Resign', exact: true }).waitFor()
  await O.tap(1, 1)
  await X.sees(1, 1, 'O')
  await X.confirm('Resign')
  await X.standsAt('You lost: by resignation')
  await X.leave()
  await O.leave()
})

test('[B31] resigning works by keyboard, and a screen reader hears the question', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  const { page } = X
  await page.bringToFront()
  await page.getByRole('button', { name: 'Resign', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('status').filter({ hasText: 'Resign? Press again' }).waitFor()
  await page.waitForTimeout(600)
  await page.keyboard.press('Enter')
  await X.standsAt('You lost: by resignation')
  await O.standsAt('You won: by resignation')
  await X.leave()
  await O.leave()
})

test('[B31] a game of two at one screen is cleared only by a second press', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await startAtOneScreen(visitor)
  await visitor.tap(0, 0)
  await visitor.sees(0, 0, 'X')
  await visitor.press('Start over')
  await page.getByRole('button', { name: 'Start over? Press again' }).waitFor()
  assert.equal(await visitor.board(), 'X........')
  await page.waitForTimeout(600)
  await page.getByRole('button', { name: 'Start over? Press again' }).click()
  await visitor.cell(0, 0, 'empty').waitFor()
  await visitor.leave()
})
