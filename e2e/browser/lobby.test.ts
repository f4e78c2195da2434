/** The lobby updates live: open games, games being played, and the preview of one game. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameHandle } from '../../src/client/index.ts'
import { connect } from '../../src/client/node/index.ts'
import { BrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B6] games appear in the lobby, change as they are played, are filtered by rules, and disappear', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/games')
  await visitor.reads('Nobody is waiting.')
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  const gomoku = await grace.create({
    public: true,
    rules: 'gomoku',
    clock: { initialMs: 600_000, incrementMs: 5_000 },
  })
  await visitor.reads(/^Gomoku · 10 min \+ 5 s a move · since \d+:\d\d/)
  const game = await ada.create({ public: true, seat: 'X' })
  const theirs = await grace.join(game.id)
  await visitor.reads('Ada against Grace')
  const now = page.getByRole('listitem').filter({ hasText: /Ada. against/ })
  await now.getByText('is to move').filter({ hasText: 'Ada' }).waitFor()
  await game.move(1, 1)
  await now.getByText('is to move').filter({ hasText: 'Grace' }).waitFor()
  assert.equal(await now.locator('.picture .mark-X').evaluate((path) => path.getAttribute('d') !== ''), true)
  await page.getByRole('combobox', { name: 'Rules' }).selectOption('gomoku')
  await page.getByText('Ada against').waitFor({ state: 'hidden' })
  await visitor.reads('Gomoku · 10 min + 5 s a move')
  await page.getByRole('combobox', { name: 'Rules' }).selectOption('')
  await visitor.reads('Ada against Grace')
  await theirs.resign()
  await visitor.reads('No game is being played in public right now.')
  gomoku.close()
  grace.close()
  await visitor.reads('Nobody is waiting.')
  await visitor.leave()
})

test('[B6] the boards of the first six live games follow them, and the next one moves up when one ends', async () => {
  await using server = await BrowserServer.open()
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  const play = async (): Promise<GameHandle> => {
    const game = await ada.create({ public: true, seat: 'X' })
    await grace.join(game.id)
    return game
  }
  const games = await Promise.all(Array.from({ length: 7 }, play))
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/games')
  await page.getByRole('heading', { name: 'Being played 7' }).waitFor()
  const rows = page.getByRole('listitem').filter({ hasText: /Ada. against/ })
  const boards = rows.locator('.picture')
  const rowOf = (game: GameHandle | undefined) => rows.filter({ has: page.locator(`a[href="/games/${game?.id}"]`) })
  await boards.nth(5).waitFor()
  assert.equal(await boards.count(), 6)
  const counts = await Promise.all(games.map((game) => rowOf(game).locator('.picture').count()))
  const waiting = games[counts.indexOf(0)]
  const shown = games.find((game) => game !== waiting)
  await shown?.move(1, 1)
  await rowOf(shown).getByText('is to move').filter({ hasText: 'Grace' }).waitFor()
  assert.match((await rowOf(shown).locator('.picture .mark-X').getAttribute('d')) ?? '', /^M1/)
  await shown?.resign()
  await page.getByRole('heading', { name: 'Being played 6' }).waitFor()
  await rowOf(waiting).locator('.picture').waitFor()
  await visitor.leave()
})

test('[B1] a visitor who joins from the lobby is asked for a name and gets the seat', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  using ada = connect(server.url, { name: 'Ada' })
  await visitor.goto('/games')
  const game = await ada.create({ public: true, seat: 'X' })
  await visitor.press('Join')
  await visitor.page.getByRole('textbox', { name: 'Name' }).fill('Grace')
  await visitor.press('Continue')
  assert.equal(await visitor.game(), game.id)
  await visitor.standsAt('Ada is to move')
  await game.move(0, 0)
  await visitor.standsAt('Your move: O')
  await visitor.tap(1, 1)
  await visitor.standsAt('Ada is to move')
  assert.equal(await visitor.page.title(), 'Ada is to move · Oxo'.replace('Ada', '\u2068Ada\u2069'))
  await visitor.leave()
})

test('the back button closes a dialog together with its page', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await visitor.press('Open games')
  await visitor.press('New game')
  await page.getByRole('dialog').waitFor()
  await page.goBack()
  await visitor.standsAt('Your move: X')
  assert.equal(await page.getByRole('dialog').count(), 0)
  await visitor.tap(1, 1)
  await visitor.sees(1, 1, 'X')
  await visitor.leave()
})

test('[B35] who looks for somebody sees the open games that fit, can join one, and can cancel', async () => {
  await using server = await BrowserServer.open()
  using grace = connect(server.url, { name: 'Grace' })
  await grace.create({ public: true, clock: { initialMs: 60_000, incrementMs: 0 } })
  await using visitor = await Visitor.open(server.url, { name: 'Ada' })
  const { page } = visitor
  await visitor.goto('/')
  await visitor.press('Play someone')
  await visitor.standsAt('Waiting for an opponent')
  await page.getByRole('heading', { name: 'Looking for somebody' }).waitFor()
  assert.equal(await page.getByText('Link to this game').count(), 0)
  assert.equal(await page.getByRole('img', { name: 'QR code of the link' }).count(), 0)
  const fitting = page.getByRole('listitem').filter({ hasText: 'Grace' })
  await fitting.getByRole('button', { name: 'Join' }).waitFor()
  await visitor.press('Cancel')
  await visitor.standsAt('The game was withdrawn')

  await visitor.press('Oxo')
  await visitor.press('Play someone')
  await fitting.getByRole('button', { name: 'Join' }).waitFor()
  await page.waitForTimeout(600)
  await fitting.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('timer').first().waitFor()
  using other = connect(server.url)
  const { games } = await other.lobby()
  assert.deepEqual(
    games.filter(({ status }) => status === 'open'),
    [],
  )
  await visitor.leave()
})
