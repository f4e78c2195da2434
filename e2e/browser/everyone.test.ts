/** Checks every page and dialog in both themes with axe. */
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { openBrowserServer } from './test-server.ts'
import { seatTwo } from './seats.ts'
import { assertOpenToAll } from './themes.ts'
import { Visitor } from './visitor.ts'

test('[B11] the first page, its dialogs, and a page that does not exist', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await visitor.cell(0, 0).waitFor()
  await assertOpenToAll(visitor, 'the first page')
  await visitor.tap(1, 1)
  await page.getByRole('gridcell', { name: /O, last move/ }).waitFor()
  await assertOpenToAll(visitor, 'a game against the bot')
  for (const button of ['New game', 'Settings', 'Play someone']) {
    await visitor.press(button)
    await page.getByRole('dialog').waitFor()
    await assertOpenToAll(visitor, button)
    await page.keyboard.press('Escape')
  }
  await visitor.goto('/nowhere')
  await visitor.reads('There is nothing at this address.')
  await assertOpenToAll(visitor, 'nowhere')
  await visitor.leave(/status of 404/)
})

test('[B11] the lobby, empty and with games', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/games')
  await visitor.page.getByRole('heading', { level: 1 }).waitFor()
  await assertOpenToAll(visitor, 'the lobby')
  using host = connect(server.url, { name: 'Ada' })
  using guest = connect(server.url, { name: 'Grace' })
  const open = await host.create({ public: true, rules: 'gomoku' })
  const live = await host.create({ public: true })
  await guest.join(live.id)
  await visitor.reads(/Gomoku/)
  await visitor.reads(/Grace/)
  await assertOpenToAll(visitor, 'the lobby with games')
  await Promise.all([open.resign().catch(() => null), live.resign()])
  await visitor.leave()
})

test('[B11] a game that waits, is played, is watched and is over', async () => {
  const server = await openBrowserServer()
  await using host = await Visitor.open(server.url, { name: 'Ada' })
  await host.goto('/')
  await host.press('Invite a friend')
  await host.game()
  await host.standsAt('Waiting for an opponent')
  await assertOpenToAll(host, 'an invitation')
  await using game = await seatTwo(server, { clock: { initialMs: 600_000, incrementMs: 0 } })
  const { X, O } = game
  await using spectator = await Visitor.open(server.url)
  await spectator.goto(`/games/${game.game}`)
  await X.tap(1, 1)
  await O.sees(1, 1, 'X')
  await X.press('Offer draw')
  await O.reads('Ada offers a draw')
  await assertOpenToAll(X, 'an offer of mine')
  await assertOpenToAll(O, 'an offer to me')
  await spectator.sees(1, 1, 'X')
  await assertOpenToAll(spectator, 'watching')
  await O.press('Decline')
  await X.confirm('Resign')
  await O.standsAt('You won')
  await assertOpenToAll(O, 'a game that is over')
  for (const visitor of [host, X, O, spectator]) await visitor.leave()
})

test('[B11] a right-to-left page, and a large board', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { locale: 'ar' })
  await visitor.goto('/')
  await visitor.page.locator('html[dir=rtl]').waitFor()
  await assertOpenToAll(visitor, 'Arabic')
  await visitor.leave()
  await using game = await seatTwo(server, { rules: { width: 25, height: 25, line: 5 } })
  await assertOpenToAll(game.X, '25 by 25')
  await game.X.leave()
})
