/** Parts of the page that did not come the first time, and a release that takes the place of another under an open page. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempDisposableSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { builtPages, House, openHouse } from './house.ts'
import { Visitor } from './visitor.ts'

/** What stands in the way of a script: no network, a gateway without its server, a hotel that greets. */
const obstacles: Readonly<Record<string, (route: Route) => Promise<void>>> = {
  'a network that is gone': (route) => route.abort(),
  'the 504 of a proxy': (route) => route.fulfill({ status: 504, contentType: 'text/html', body: '<h1>504</h1>' }),
  'the page of a hotel': (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Welcome</h1>' }),
}

/** How each part is asked for, and what shows that it is there. */
const parts: Readonly<
  Record<string, { readonly ask: (page: Page) => Promise<void>; readonly come: (page: Page) => Promise<void> }>
> = {
  settings: {
    ask: (page) => page.getByRole('button', { name: 'Settings' }).click(),
    come: (page) => page.getByRole('dialog').waitFor(),
  },
  lobby: {
    ask: (page) => page.getByRole('link', { name: 'Open games' }).click(),
    come: (page) => page.getByRole('heading', { name: 'Open games' }).waitFor(),
  },
  dialog: {
    ask: (page) => page.getByRole('button', { name: 'New game' }).click(),
    come: (page) => page.getByRole('dialog').waitFor(),
  },
}

for (const [name, obstruct] of Object.entries(obstacles))
  test(`[B29] ${name} keeps a part away only as long as it lasts`, async () => {
    const house = await openHouse()
    for (const [part, { ask, come }] of Object.entries(parts)) {
      await using visitor = await Visitor.open(house.url, { serviceWorkers: 'block' })
      const { page } = visitor
      await visitor.goto('/')
      await visitor.cell(0, 0).waitFor()
      await page.waitForLoadState('networkidle')
      await page.route('**/*.js', obstruct)
      await ask(page)
      await visitor.reads('The server cannot do this now.')
      await page.unroute('**/*.js')
      await ask(page)
      await come(page)
      assert.ok(await visitor.cell(0, 0).or(page.getByRole('main')).first().isVisible(), part)
    }
  })

test('[B29] a page whose parts did not come gets them by itself', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url, { serviceWorkers: 'block' })
  const { page } = visitor
  await page.route('**/*.js', (route) => route.abort())
  await visitor.goto('/games/main')
  await page.waitForLoadState('networkidle')
  assert.equal(await page.getByRole('gridcell').count(), 0)
  await page.unroute('**/*.js')
  await visitor.cell(1, 1).waitFor()
})

test('[B29] words of a language that did not come are there when the network is back', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url, { serviceWorkers: 'block', locale: 'de' })
  const { page } = visitor
  await page.route('**/assets/de-*.js', (route) => route.abort())
  await visitor.goto('/')
  await page.getByRole('button', { name: 'Settings' }).waitFor()
  await page.waitForLoadState('networkidle')
  await page.unroute('**/assets/de-*.js')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.getByRole('button', { name: 'Einstellungen' }).waitFor()
})

/** Another release of the pages, at the same place. */
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
    await using house = await House.open(pages)
    await using visitor = await Visitor.open(house.url, { serviceWorkers })
    const { page } = visitor
    await visitor.goto('/games/main')
    await visitor.cell(1, 1).waitFor()
    await page.waitForLoadState('networkidle')
    const notice = page.getByRole('group', { name: 'There is a newer version of this page.' })
    // The same release after a restart is nothing to tell.
    await house.kill()
    await visitor.reads(/No connection|Trying to connect/)
    await house.start()
    await visitor.standsAt('X is to move')
    await page.waitForLoadState('networkidle')
    assert.equal(await notice.count(), 0)
    await house.kill()
    release(pages, 'two')
    await visitor.reads(/No connection|Trying to connect/)
    await house.start()
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
