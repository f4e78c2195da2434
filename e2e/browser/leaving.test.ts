/** Pages that are left before their answers arrive: the client unsubscribes from everything they watched. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { BrowserServer } from './test-server.ts'
import { PageConnection } from './page-connection.ts'
import { Visitor } from './visitor.ts'

test('[C30] a lobby that is left before its list arrives is no longer watched', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const line = await PageConnection.tap(visitor.page)
  await visitor.goto('/')
  line.hold(/"games"/)
  await visitor.press('Open games')
  await line.hears('lobby.watch')
  await visitor.press('Oxo')
  line.release()
  await line.hears('lobby.unwatch')
  await visitor.leave()
})

test('[C30] a lobby that is left, entered and left again stops watching the game that it previewed', async () => {
  await using server = await BrowserServer.open()
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  const game = await ada.create({ public: true, seat: 'X' })
  await grace.join(game.id)
  await using visitor = await Visitor.open(server.url)
  const line = await PageConnection.tap(visitor.page)
  await visitor.goto('/')
  // The lists arrive, the board does not.
  line.hold(/"board"/)
  await visitor.press('Open games')
  await line.hears('game.watch')
  await visitor.press('Oxo')
  await visitor.press('Open games')
  await line.hears('game.watch', 2)
  line.release()
  await visitor.reads('Ada is to move')
  await visitor.press('Oxo')
  await line.hears('game.unwatch')
  assert.equal(
    line.methods.findLast((method) => method.startsWith('game.')),
    'game.unwatch',
  )
  await visitor.leave()
})

test('[C30] a visitor who goes back and forth faster than the boards arrive sees the current game, with its later moves', async () => {
  await using server = await BrowserServer.open()
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  const [first, second] = [await ada.create({ seat: 'X' }), await ada.create({ seat: 'X' })]
  for (const game of [first, second]) await grace.join(game.id)
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  const line = await PageConnection.tap(page)
  await visitor.goto(`/games/${first.id}`)
  await visitor.cell(0, 0).waitFor()
  line.hold(/"board"/)
  await page.evaluate((address) => {
    history.pushState(null, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
  }, `/games/${second.id}`)
  for (let time = 0; time < 2; time++) {
    await page.goBack()
    await page.goForward()
  }
  await page.goBack()
  line.release()
  await visitor.cell(0, 0, 'empty').waitFor()
  await first.until(({ players }) => players.O !== null)
  await first.move(0, 0)
  await visitor.sees(0, 0, 'X')
  await visitor.leave()
})

test('[B46] a page without content names its reason and leads on; a game that loads has the outline of a board', async () => {
  await using server = await BrowserServer.open()
  using ada = connect(server.url, { name: 'Ada' })
  const { id } = await ada.create()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  const line = await PageConnection.tap(page)
  await visitor.goto('/nothing/here')
  await visitor.standsAt('There is nothing at this address.')
  await visitor.press('Play here')
  await visitor.standsAt('Your move: X')
  await visitor.goto('/games/unknown-game-000000000')
  await visitor.standsAt('There is no such game.')
  await page.getByRole('main').getByRole('link', { name: 'Open games' }).click()
  await visitor.reads('Nobody is waiting.')
  line.hold(/"board"/)
  await visitor.goto(`/games/${id}`)
  await visitor.standsAt('One moment')
  const outline = await page.locator('.outline').boundingBox()
  line.release()
  await visitor.cell(0, 0).waitFor()
  assert.deepEqual(await page.locator('.board').boundingBox(), outline, 'the board has the place of its outline')
  await visitor.leave(/404/)
})
