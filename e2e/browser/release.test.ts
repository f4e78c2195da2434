/** Lazy parts of the page that fail to load at first, and a new release that replaces another under an open page. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempDisposableSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { builtPages, BrowserServer, openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

/** Failures to load a script: no network, a gateway without its server, a captive portal. */
const obstacles: Readonly<Record<string, (route: Route) => Promise<void>>> = {
  'a network failure': (route) => route.abort(),
  'a 504 from a proxy': (route) => route.fulfill({ status: 504, contentType: 'text/html', body: '<h1>504</h1>' }),
  'a captive portal': (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Welcome</h1>' }),
}

/** How each part is requested, and what shows that it has loaded. */
const parts: Readonly<
  Record<string, { readonly open: (page: Page) => Promise<void>; readonly loaded: (page: Page) => Promise<void> }>
> = {
  settings: {
    open: (page) => page.getByRole('button', { name: 'Settings' }).click(),
    loaded: (page) => page.getByRole('dialog').waitFor(),
  },
  lobby: {
    open: (page) => page.getByRole('link', { name: 'Open games' }).click(),
    loaded: (page) => page.getByRole('heading', { name: 'Open games' }).waitFor(),
  },
  dialog: {
    open: (page) => page.getByRole('button', { name: 'New game' }).click(),
    loaded: (page) => page.getByRole('dialog').waitFor(),
  },
}

for (const [name, obstruct] of Object.entries(obstacles))
  test(`[B29] ${name} keeps a part from loading only while it lasts`, async () => {
    const server = await openBrowserServer()
    for (const [part, { open, loaded }] of Object.entries(parts)) {
      await using visitor = await Visitor.open(server.url, { serviceWorkers: 'block' })
      const { page } = visitor
      await visitor.goto('/')
      await visitor.cell(0, 0).waitFor()
      await page.waitForLoadState('networkidle')
      await page.route('**/*.js', obstruct)
      await open(page)
      await visitor.reads('The server cannot do this now.')
      await page.unroute('**/*.js')
      await open(page)
      await loaded(page)
      assert.ok(await visitor.cell(0, 0).or(page.getByRole('main')).first().isVisible(), part)
    }
  })

test('[B29] a page whose parts failed to load retries by itself', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { serviceWorkers: 'block' })
  const { page } = visitor
  await page.route('**/*.js', (route) => route.abort())
  await visitor.goto('/games/main')
  await page.waitForLoadState('networkidle')
  assert.equal(await page.getByRole('gridcell').count(), 0)
  await page.unroute('**/*.js')
  await visitor.cell(1, 1).waitFor()
})

test('[B29] a language that failed to load is loaded when the network is back', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { serviceWorkers: 'block', locale: 'de' })
  const { page } = visitor
  await page.route('**/assets/de-*.js', (route) => route.abort())
  await visitor.goto('/')
  await page.getByRole('button', { name: 'Settings' }).waitFor()
  await page.waitForLoadState('networkidle')
  await page.unroute('**/assets/de-*.js')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.getByRole('button', { name: 'Einstellungen' }).waitFor()
})

/** Replaces the pages in `folder` with a release that is marked by a CSS class. */
function release(folder: string, mark: string): void {
  rmSync(folder, { recursive: true, force: true })
  cpSync(builtPages, folder, { recursive: true })
  const index = join(folder, 'index.html')
  for (const end of ['.br', '.gz']) rmSync(`${index}${end}`)
  writeFileSync(index, readFileSync(index, 'utf8').replace('</style>', `\n.${mark}{color:red}</style>`))
}

for (const serviceWorkers of ['allow', 'block'] as const)
  test(`[B29] a page that is never closed notices a new release (service workers: ${serviceWorkers})`, async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-pages-'))
    const pages = join(folder.path, 'web')
    release(pages, 'one')
    await using server = await BrowserServer.open(pages)
    await using visitor = await Visitor.open(server.url, { serviceWorkers })
    const { page } = visitor
    await visitor.goto('/games/main')
    await visitor.cell(1, 1).waitFor()
    await page.waitForLoadState('networkidle')
    const notice = page.getByRole('group', { name: 'There is a newer version of this page.' })
    // A restart with the same release shows no notice.
    await server.kill()
    await visitor.reads(/No connection|Trying to connect/)
    await server.start()
    await visitor.standsAt('X is to move')
    await page.waitForLoadState('networkidle')
    assert.equal(await notice.count(), 0)
    await server.kill()
    release(pages, 'two')
    await visitor.reads(/No connection|Trying to connect/)
    await server.start()
    await notice.waitFor()
    await page.getByRole('button', { name: 'Reload' }).click()
    await visitor.cell(1, 1).waitFor()
    assert.ok(
      await page.evaluate(() =>
        [...document.querySelectorAll('style')].some((style) => style.textContent.includes('.two{')),
      ),
    )
    await page.waitForLoadState('networkidle')
    assert.equal(await notice.count(), 0)
  })
