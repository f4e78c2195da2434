/** A board in a frame of another site. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { findBarriers } from './accessibility.ts'
import { openBrowser } from './browser.ts'
import { openBrowserServer } from './test-server.ts'

/** Firefox says by an error of the outer page that it has refused a frame. */
const notFramed = /blocked the loading of a resource \(frame-ancestors\)/

/** A page of another site with a frame of each address. */
async function openSite(page: Page, addresses: readonly string[]): Promise<AsyncDisposable> {
  const frames = addresses.map(
    (address) => `<iframe src="${address}" title="A game" width="320" height="380"></iframe>`,
  )
  const site = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(`<!doctype html><title>Another site</title>${frames.join('')}`)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  const address = site.address()
  assert.ok(typeof address === 'object' && address !== null)
  await page.goto(`http://localhost:${address.port}/`)
  return {
    async [Symbol.asyncDispose]() {
      site.closeAllConnections()
      site.close()
      await once(site, 'close')
    },
  }
}

test('[W45] another site shows a live board in a frame, without controls; no other page can be framed', async () => {
  const server = await openBrowserServer()
  using ada = connect(server.url, { name: 'Ada' })
  using bob = connect(server.url, { name: 'Bob' })
  const game = await ada.create({ seat: 'X' })
  const other = await bob.join(game.id)
  const context = await (await openBrowser()).newContext({ locale: 'en', viewport: { width: 1000, height: 900 } })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', ({ message }) => {
    if (!notFramed.test(message)) errors.push(message)
  })
  const addresses = [`/embed/games/${game.id}`, `/games/${game.id}`, '/embed/games/nowhere']
  await using _ = await openSite(
    page,
    addresses.map((address) => server.url + address),
  )
  const [board, whole, missing] = addresses.map((address) => page.frameLocator(`iframe[src="${server.url}${address}"]`))
  assert.ok(board !== undefined && whole !== undefined && missing !== undefined)
  await board
    .getByRole('status')
    .getByText(/Ada\W* is to move/)
    .waitFor()
  await game.move(1, 1)
  await board
    .getByRole('status')
    .getByText(/Bob\W* is to move/)
    .waitFor()
  assert.match((await board.locator('path.mark-X').getAttribute('d')) ?? '', /^M1\.28 1\.28/)
  assert.equal(await board.getByRole('button').count(), 0)
  const link = board.getByRole('link', { name: /Tic-tac-toe: .*Ada.* against .*Bob/ })
  assert.equal(await link.getAttribute('href'), `/games/${game.id}`)
  await board.locator('rect.last[x="1"][y="1"]').waitFor()
  assert.equal(await board.locator('.strike').count(), 0)
  for (const [player, x, y] of [
    [other, 0, 0],
    [game, 1, 0],
    [other, 0, 1],
    [game, 1, 2],
  ] as const) {
    await player.until(({ turn }) => turn === player.myPlayer)
    await player.move(x, y)
  }
  await board
    .getByRole('status')
    .getByText(/Ada\W* won: 3 in a row/)
    .waitFor()
  await board.locator('rect.last[x="1"][y="2"]').waitFor()
  assert.equal(await board.locator('.strike.mark-X line').getAttribute('x1'), '1')
  await missing.getByText('There is no such game.').waitFor()
  assert.equal(await whole.getByText('Ada').count(), 0)
  const frame = page.frames().find((each) => each.url().includes('/embed/games/'))
  assert.equal(await frame?.evaluate(() => JSON.stringify(localStorage)), '{}')
  for (const address of [addresses[0], addresses[2]])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${server.url}${address}`)
      await page.getByText(/3 in a row|There is no such game/).waitFor()
      assert.deepEqual(await findBarriers(page), [], `${address}, ${colorScheme}`)
    }
  assert.deepEqual(errors, [])
  await context.close()
})
