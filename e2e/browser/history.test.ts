/** One's finished games: their numbers, filters, pages and export. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { identify } from './seats.ts'
import { BrowserServer } from './test-server.ts'
import { assertOpenToAll } from './themes.ts'
import { Visitor } from './visitor.ts'

test('[B55] one sees, counts, filters and exports one’s finished games, a page at a time', async () => {
  await using server = await BrowserServer.open()
  const identity = await identify(server, 'Ada')
  await using visitor = await Visitor.open(server.url, { identity, name: 'Ada' })
  const { page } = visitor
  await visitor.goto('/history')
  await visitor.reads('You have not finished a game on this server yet.')
  await page.getByRole('main').getByRole('link', { name: 'Open games' }).waitFor()
  using ada = connect(server.url, { token: identity.token })
  using grace = connect(server.url, { name: 'Grace' })
  for (let game = 0; game < 101; game++) {
    const own = await ada.create({ rules: game === 0 ? 'gomoku' : 'tictactoe' })
    const theirs = await grace.join(own.id)
    await own.until(({ players }) => players.O !== null)
    await (game < 2 ? own : theirs).resign()
    own.close()
    theirs.close()
  }
  await visitor.goto('/games')
  await visitor.press('Your finished games')
  await visitor.reads('Your newest finished games were read: 100. There are older ones.')
  await visitor.reads('Won: 99. Drawn: 0. Lost: 1.')
  const rows = page.getByRole('region', { name: 'Games' }).getByRole('listitem')
  assert.equal(await rows.count(), 50)
  await visitor.press('Count all games')
  await visitor.reads('Won: 99. Drawn: 0. Lost: 2.')
  await visitor.reads('Won in a row: 99 now, 99 at most.')
  await assertOpenToAll(visitor, 'the history')
  await page.getByRole('combobox', { name: 'Result' }).selectOption('lost')
  await page.getByRole('combobox', { name: 'Rules' }).selectOption('Gomoku')
  await visitor.reads('Won: 0. Drawn: 0. Lost: 1.')
  const saved = page.waitForEvent('download')
  await visitor.press('Export these games')
  const file: unknown = JSON.parse(await readFile(await (await saved).path(), 'utf8'))
  assert.ok(Array.isArray(file) && file.length === 1)
  await page.setViewportSize({ width: 320, height: 640 })
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await rows.getByRole('link', { name: /^Review/ }).click()
  await visitor.standsAt('You lost')
  await visitor.leave()
})
