/** One's own games elsewhere: on the first page, as a number in the bar and in the title, and in the lobby. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { identify } from './seats.ts'
import { BrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B34] a friend who joins and moves is seen on every page of the other one', async () => {
  await using server = await BrowserServer.open()
  const identity = await identify(server, 'Ada')
  using grace = connect(server.url, { name: 'Grace' })
  await using visitor = await Visitor.open(server.url, { identity, name: 'Ada' })
  const { page } = visitor
  await visitor.goto('/')
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'A friend, by link' }).check()
  await page.getByRole('radio', { name: 'O', exact: true }).check()
  await visitor.press('Start')
  const game = await visitor.game()
  await visitor.press('Oxo')
  const own = page.getByRole('region', { name: 'Your games' })
  await own.getByText('Waiting for an opponent').waitFor()
  assert.equal(await page.title(), 'Oxo')

  const theirs = await grace.join(game)
  await own.getByText('Grace').first().waitFor()
  await theirs.move(1, 1)
  await own.getByText('Your move: O').waitFor()
  await page.getByRole('img', { name: 'Your games that wait for you: 1' }).waitFor()
  assert.equal(await page.title(), '(1) Oxo')
  await page.reload()
  await page.getByRole('img', { name: 'Your games that wait for you: 1' }).waitFor()

  await page.getByRole('link', { name: /^Open games/ }).click()
  await page.getByRole('heading', { name: 'Your games' }).waitFor()
  await visitor.press('Continue')
  await visitor.standsAt('Your move: O')
  await page.getByRole('img', { name: /wait for you/ }).waitFor({ state: 'detached' })
  await visitor.tap(0, 0)
  await theirs.until(({ board }) => board[0] === 'O')
  await theirs.resign()
  await visitor.standsAt('You won')
  await visitor.press('Oxo')
  await own.waitFor({ state: 'detached' })
  await visitor.leave()
})

test('[B34] a visitor without an account has no connection on the first page', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const sockets: string[] = []
  visitor.page.on('websocket', (socket) => sockets.push(socket.url()))
  await visitor.goto('/')
  await visitor.standsAt('Your move: X')
  await visitor.page.waitForTimeout(500)
  assert.deepEqual(sockets, [])
  await visitor.leave()
})
