/** The page without a network, and as an installed app. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrowserServer, openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B8] without server and network the page opens, says that it is offline, and offers games against the bot and on one screen', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const { page, context } = visitor
  await visitor.goto('/')
  await visitor.isKept()
  await server.kill()
  await context.setOffline(true)
  await page.reload()
  // Chromium 150 forgets the emulated offline state on navigation.
  await context.setOffline(false)
  await context.setOffline(true)
  await visitor.reads('You are offline. Games against the bot and on one screen work all the same.')
  await visitor.tap(1, 1)
  await visitor.sees(1, 1, 'X')
  await page.getByRole('gridcell', { name: /O, last move/ }).waitFor()
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'Two at this screen' }).check()
  await page.getByRole('radio', { name: 'Connect four', exact: true }).check()
  await visitor.press('Start')
  await visitor.standsAt('X is to move')
  await visitor.tap(3, 0)
  await visitor.sees(3, 5, 'X')
  await visitor.tap(3, 0)
  await visitor.sees(3, 4, 'O')
  await visitor.leave()
})

test('[B8] the address of a game opens without a network too, and the game continues when the server is back', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/games/main')
  await visitor.cell(1, 1).waitFor()
  await visitor.isKept()
  await server.kill()
  await page.reload()
  await visitor.reads(/No connection\. Next try in|Trying to connect/)
  await server.start()
  await visitor.standsAt('X is to move')
  await visitor.leave()
})

test('[B8] the page is installable', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  await visitor.isKept()
  const session = await visitor.context.newCDPSession(visitor.page)
  const manifest = await session.send('Page.getAppManifest')
  assert.deepEqual(manifest.errors, [])
  assert.equal((JSON.parse(manifest.data ?? '{}') as { readonly display?: string }).display, 'standalone')
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // These windows are incognito, which by itself prevents installation.
  assert.deepEqual(
    installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
    [],
  )
  await visitor.leave()
})

test('[B8] a new release replaces the cached one', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await visitor.isKept()
  await page.evaluate(async () => void (await caches.open('oxo-older')))
  const before = await page.evaluate(() => caches.keys())
  assert.ok(before.includes('oxo-older') && before.length === 2)
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.unregister()
  })
  await page.reload()
  await visitor.isKept()
  assert.deepEqual(
    await page.evaluate(() => caches.keys()),
    before.filter((name) => name !== 'oxo-older'),
  )
  await visitor.leave()
})
