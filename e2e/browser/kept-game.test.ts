/** The first page says what is played, and keeps it: over a reload, a new tab, and a reload before the bot has answered. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAtOneScreen } from './one-screen.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

const marksOf = (board: string): number => board.replaceAll('.', '').length

test('[B33] a game against the bot continues after a reload, with its rules, side and strength', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  for (const part of ['Against Casual bot', 'Tic-tac-toe, 3 in a row', 'You play X'])
    await page.getByRole('button', { name: part }).waitFor()
  await visitor.press('Tic-tac-toe, 3 in a row')
  await page.getByRole('dialog').waitFor()
  assert.ok(await page.getByRole('radio', { name: 'The bot, here' }).isChecked())
  await page.getByRole('radio', { name: 'Gomoku', exact: true }).check()
  await page.getByRole('radio', { name: 'Perfect' }).check()
  await page.getByRole('radio', { name: 'O', exact: true }).check()
  await visitor.press('Start')
  await visitor.standsAt('Your move: O')
  await visitor.tap(3, 3)
  await visitor.sees(3, 3, 'O')
  await visitor.standsAt('Your move: O')
  const board = await visitor.board()
  assert.equal(marksOf(board), 3)
  await page.reload()
  await visitor.standsAt('Your move: O')
  assert.equal(await visitor.board(), board)
  for (const part of ['Against Perfect bot', 'Gomoku, 5 in a row', 'You play O'])
    await page.getByRole('button', { name: part }).waitFor()
  // A corner, which the bot does not take.
  await visitor.tap(14, 14)
  await visitor.sees(14, 14, 'O')
  await visitor.standsAt('Your move: O')
  assert.equal(marksOf(await visitor.board()), 5)
  await visitor.leave()
})

test('[B33] a reload before the bot has answered loses neither the move nor the answer', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await visitor.tap(1, 1)
  await page.waitForFunction(() => localStorage['oxo:here'].includes('"moved"'))
  await page.reload()
  await visitor.sees(1, 1, 'X')
  await visitor.standsAt('Your move: X')
  assert.equal(marksOf(await visitor.board()), 2)
  await visitor.leave()
})

test('[B33] two at one screen continue in a new tab; what cannot be read is a new game', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await startAtOneScreen(visitor)
  await visitor.tap(0, 0)
  await visitor.standsAt('O is to move')
  await page.waitForFunction(() => localStorage['oxo:here'].includes('"moved"'))
  await visitor.reopen('/')
  await visitor.standsAt('O is to move')
  await visitor.sees(0, 0, 'X')
  await visitor.page.getByRole('button', { name: 'Two at this screen' }).waitFor()
  const stored = await visitor.page.evaluate(() => String(localStorage['oxo:here']))
  for (const kept of [
    stored.replace('"place":"screen"', '"place":"moon"'),
    '{"wish":{},"game":"a","entries":[]}',
    '{"wish":1,"game":2,"entries":[{"at":1,"event":{"type":"moved"}}]}',
    '[]',
  ]) {
    await visitor.page.evaluate((text) => (localStorage['oxo:here'] = text), kept)
    await visitor.page.reload()
    await visitor.standsAt('Your move: X')
    assert.equal(await visitor.board(), '.........')
  }
  await visitor.leave()
})
