/** A finished game: its replay, review, verification, export and printing. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { connect, type GameRecord, verifyRecord } from '../../src/client/node/index.ts'
import { isMissing } from './firefox.ts'
import { type BrowserServer, openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

/** O answers X 1 1 at an edge, which loses. */
const moves = [
  [1, 1],
  [1, 0],
  [0, 0],
  [2, 2],
  [0, 2],
  [2, 0],
  [0, 1],
] as const

/** The id of a game that Ada has won against Grace. */
async function playOne(server: BrowserServer): Promise<string> {
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  const game = await ada.create({ seat: 'X' })
  const theirs = await grace.join(game.id)
  for (const [index, [x, y]] of moves.entries())
    await (index % 2 === 0 ? game : theirs).move(x, y, { version: index + 2 })
  return game.id
}

test('[B9] a game is replayed with the slider, the buttons, the arrow keys and the list of moves', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto(`/games/${await playOne(server)}`)
  await visitor.reads('Move 7 of 7')
  const isAfter = async (count: number): Promise<void> => {
    await visitor.reads(`Move ${count} of 7`)
    assert.equal((await visitor.board()).replaceAll('.', '').length, count)
  }
  await page.keyboard.press('ArrowLeft')
  await isAfter(6)
  await page.getByRole('slider', { name: 'Position' }).fill('2')
  await isAfter(2)
  await page.getByRole('slider', { name: 'Position' }).press('ArrowRight')
  await isAfter(3)
  await visitor.press('First position')
  await isAfter(0)
  await visitor.press('Next move')
  await isAfter(1)
  await page.getByRole('button', { name: /^5\s*X\s*column 1, row 3/ }).click()
  await isAfter(5)
  await visitor.press('Last position')
  await isAfter(7)
  await visitor.leave()
})

test('[B10] every move shows its value, and the blunder is marked', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto(`/games/${await playOne(server)}`)
  const items = page.getByRole('region', { name: 'Review' }).getByRole('listitem')
  await items.nth(6).filter({ hasText: 'X wins' }).waitFor()
  await items.nth(0).filter({ hasText: 'draw' }).waitFor()
  await items.nth(1).filter({ hasText: 'Blunder. Best: column 1, row 1; column 3, row 1' }).waitFor()
  assert.equal(await page.getByText('Blunder').count(), 1)
  await visitor.leave()
})

test('a game that is too large to solve has a list of its moves too', async () => {
  const server = await openBrowserServer()
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  const game = await ada.create({ seat: 'X', rules: 'gomoku' })
  const theirs = await grace.join(game.id)
  await game.until((view) => view.players.O !== null)
  await game.move(7, 7)
  await theirs.until((view) => view.board.includes('X'))
  await theirs.move(0, 14)
  await theirs.resign()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto(`/games/${game.id}`)
  await page.getByRole('heading', { name: 'Moves' }).waitFor()
  await page.getByRole('button', { name: /^1\s*X\s*column 8, row 8/ }).click()
  await visitor.reads('Move 1 of 2')
  assert.equal((await visitor.board()).replaceAll('.', ''), 'X')
  await page.getByRole('button', { name: /^2\s*O\s*column 1, row 15/ }).click()
  await visitor.reads('Move 2 of 2')
  await visitor.leave()
})

test('[B61] the result is a picture and an animated replay, stored where the device shares no files', async (t) => {
  const server = await openBrowserServer()
  const game = await playOne(server)
  await using visitor = await Visitor.open(server.url, { viewport: { width: 360, height: 740 } })
  const { page } = visitor
  await visitor.goto(`/games/${game}`)
  await visitor.reads('Move 7 of 7')
  const take = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), visitor.press(name)])
    return { name: download.suggestedFilename(), content: readFileSync(await download.path()) }
  }
  const picture = await take('Picture')
  assert.equal(picture.name, `oxo-${game}.png`)
  assert.equal(picture.content.subarray(1, 4).toString(), 'PNG')
  const replay = await take('Animated replay')
  assert.equal(replay.name, `oxo-${game}.svg`)
  // The browser reads it as an image, and has drawn the end at once for who asks for less motion.
  const image = await visitor.context.newPage()
  await image.goto(`data:image/svg+xml;base64,${replay.content.toString('base64')}`)
  assert.equal(await image.locator('.m').count(), 7)
  assert.equal(await image.locator('.l').evaluate((strike) => getComputedStyle(strike).animationName), 'none')
  if (!isMissing(t, 'media')) {
    await image.emulateMedia({ reducedMotion: 'no-preference' })
    assert.equal(await image.locator('.l').evaluate((strike) => getComputedStyle(strike).animationName), 'a')
  }
  await image.close()
  await page.evaluate(() => {
    const given: string[] = []
    Object.assign(globalThis, { given })
    Object.assign(navigator, {
      canShare: () => true,
      share: async ({ files }: ShareData) => void given.push(...(files ?? []).map(({ name }) => name)),
    })
  })
  await visitor.press('Animated replay')
  await page.waitForFunction(() => (globalThis as unknown as { given: string[] }).given.length === 1)
  await visitor.leave()
})

test('[B9] a record is downloaded, verified in the browser and outside, and copied as text', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = visitor
  const game = await playOne(server)
  await visitor.goto(`/games/${game}`)
  await visitor.press('Verify record')
  await visitor.reads('The record is whole: 9 entries, each chained to the one before.')
  const [download] = await Promise.all([page.waitForEvent('download'), visitor.press('Download record')])
  assert.equal(download.suggestedFilename(), `oxo-${game}.json`)
  const record = JSON.parse(readFileSync(await download.path(), 'utf8')) as GameRecord
  assert.equal(record.entries.length, 9)
  assert.equal(await verifyRecord(record), null)
  await visitor.press('Copy the result')
  await visitor.reads('Copied')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(
    copied.replaceAll(/[\u2066-\u2069]/g, ''),
    /^Oxo, Tic-tac-toe: Ada won: 3 in a row\n❌⭕⭕\n❌❌⬜\n❌⬜⭕\nhttp/,
  )
  assert.ok(copied.endsWith(`/games/${game}`))
  await visitor.leave()
})

test('[B9] a page without the clipboard API, as without TLS, can still copy a game', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url.replace('127.0.0.1', 'house.test'))
  const { page } = visitor
  await visitor.goto(`/games/${await playOne(server)}`)
  assert.equal(await page.evaluate(() => isSecureContext), false)
  await visitor.press('Copy the result')
  await visitor.reads('Copied')
  await visitor.press('Settings')
  const field = page.getByRole('textbox', { name: 'Name' })
  await field.press('Control+V')
  assert.match((await field.inputValue()).replaceAll(/[\u2066-\u2069]/g, ''), /^Oxo, Tic-tac-toe: Ada won/)
  await visitor.leave(/untrustworthy|origin-keyed/)
})

test('[B9] a record changed in transit is detected', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const upstream = socket.connectToServer()
    upstream.onMessage((message) => {
      const text = String(message)
      socket.send(text.includes('"entries"') ? text.replace('"x":0,"y":0', '"x":2,"y":1') : text)
    })
  })
  await visitor.goto(`/games/${await playOne(server)}`)
  await visitor.press('Verify record')
  await visitor.reads('Entry 5 does not fit the ones before it.')
  await visitor.leave()
})

test('[B9] a printed game has its board in light colours and its moves, and no buttons', async (t) => {
  if (isMissing(t, 'media')) return t.skip()
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto(`/games/${await playOne(server)}`)
  await visitor.reads('Blunder')
  await page.evaluate(() => void (document.documentElement.dataset['theme'] = 'dark'))
  await page.emulateMedia({ media: 'print' })
  // The lines of the board are a background, which browsers print only on request.
  for (const part of ['.cells', '.cell', '.last'])
    assert.equal(await styleOf(page, part, 'printColorAdjust'), 'exact', part)
  assert.equal(await styleOf(page, '.cell .mark-X', 'stroke'), 'rgb(198, 61, 39)')
  assert.equal(await styleOf(page, 'body', 'backgroundColor'), 'rgb(255, 255, 255)')
  for (const name of ['Copy the result', 'Verify record', 'Settings'])
    assert.equal(await page.getByRole('button', { name }).isVisible(), false, name)
  assert.equal(await page.getByText('Blunder').isVisible(), true)
  await visitor.standsAt('Ada won: 3 in a row')
  await visitor.leave()
})

function styleOf(page: Page, part: string, name: 'printColorAdjust' | 'stroke' | 'backgroundColor'): Promise<string> {
  return page
    .locator(part)
    .first()
    .evaluate((element, property) => getComputedStyle(element)[property], name)
}

test('[B50] a review draws the best moves of the position shown, and names them to screen readers', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto(`/games/${await playOne(server)}`)
  const best = page.getByRole('gridcell', { name: /best move/ })
  await page.getByRole('button', { name: /^1\s*X/ }).click()
  assert.equal(await best.count(), 0)
  await page.getByRole('checkbox', { name: 'Show the best moves' }).check()
  await best.first().waitFor()
  assert.deepEqual(await cellsOf(best), ['0', '2', '6', '8'])
  await visitor.press('Last position')
  await best.first().waitFor({ state: 'detached' })
  await visitor.leave()
})

test('[B50] a hint in a game against a bot draws the best moves, and goes with the next move', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await visitor.tap(1, 1)
  await visitor.press('Hint')
  const best = page.getByRole('gridcell', { name: /best move/ })
  await best.first().waitFor()
  await visitor.reads(/^Best: column/)
  await best.first().click()
  await best.first().waitFor({ state: 'detached' })
  await visitor.leave()
})

function cellsOf(cells: Locator): Promise<readonly (string | undefined)[]> {
  return cells.evaluateAll((all) => all.map((cell) => (cell as HTMLElement).dataset['cell']))
}
